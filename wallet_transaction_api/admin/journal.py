"""The journal in the admin: to be read by whoever may, to be changed by nobody."""

from django.contrib import admin

from wallet_transaction_api.admin.pages import QuickAdmin, ReadOnly, shown
from wallet_transaction_api.models import Entry


@admin.register(Entry)
class EntryAdmin(ReadOnly, QuickAdmin):
    """Read-only: the database's triggers would refuse a change anyway."""

    list_display = (
        *("__str__", "wallet", "shown_amount", "shown_balance_after"),
        *("reason", "actor", "created_at"),
    )
    list_select_related = ("wallet", "actor")
    list_filter = ("reason",)
    search_fields = ("transaction__txid__exact",)
    search_help_text = "The whole txid; a wallet's entries are linked from its page"
    fields = (
        *("wallet", "transaction", "sequence", "shown_amount", "shown_balance_after"),
        *("reason", "actor", "request_id", "created_at"),
    )
    readonly_fields = fields

    shown_amount = shown("amount")
    shown_balance_after = shown("balance_after")
