"""Holds in the admin: to be read; they are placed, captured and voided through the API."""

from django.contrib import admin

from wallet_transaction_api.admin.pages import QuickAdmin, ReadOnly, shown
from wallet_transaction_api.models import Hold


@admin.register(Hold)
class HoldAdmin(ReadOnly, QuickAdmin):
    """Read-only: what a hold sets aside is in its wallet's balances too."""

    list_display = (
        *("pk", "wallet", "shown_amount", "shown_status", "expires_at"),
        *("shown_captured_amount", "transaction", "created_at"),
    )
    list_select_related = ("wallet", "transaction")
    list_filter = ("status",)
    search_fields = ("transaction__txid__exact",)
    search_help_text = "The whole txid of the capture; a wallet's holds are linked from its page"
    fields = (
        *("wallet", "shown_amount", "shown_status", "expires_at"),
        *("shown_captured_amount", "transaction", "description", "metadata"),
        *("version", "created_at", "updated_at"),
    )
    readonly_fields = fields
    shown_amount = shown("amount")
    shown_captured_amount = shown("captured_amount")

    @admin.display(description="status")
    def shown_status(self, obj: Hold) -> str:
        """Tell it by the clock: a command only tidies up later."""
        return obj.current_status
