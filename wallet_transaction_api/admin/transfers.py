"""Transfers in the admin: to be read; they are ordered and reversed through the API."""

from django.contrib import admin

from wallet_transaction_api.admin.pages import QuickAdmin, ReadOnly, shown
from wallet_transaction_api.models import Transfer


@admin.register(Transfer)
class TransferAdmin(ReadOnly, QuickAdmin):
    """Read-only: a row without its legs is no transfer."""

    list_display = (
        *("__str__", "source", "destination", "shown_amount", "shown_destination_amount"),
        *("actor", "created_at", "deleted_at"),
    )
    list_select_related = ("source", "destination", "actor")
    list_filter = (("deleted_at", admin.EmptyFieldListFilter),)
    search_fields = ("txid__exact",)
    search_help_text = "The whole txid"
    fields = (
        *("txid", "source", "destination", "shown_amount", "shown_destination_amount", "rate"),
        *("description", "metadata", "actor", "created_at", "updated_at", "deleted_at"),
    )
    readonly_fields = fields

    shown_amount = shown("amount", currency="source.currency")
    shown_destination_amount = shown("destination_amount", currency="destination.currency")
