"""The chain of seals in the admin: to be read, and compared with a head kept elsewhere."""

from django.contrib import admin

from wallet_transaction_api.admin.pages import QuickAdmin, ReadOnly
from wallet_transaction_api.models import Seal


@admin.register(Seal)
class SealAdmin(ReadOnly, QuickAdmin):
    """Read-only: whether a seal still holds, `verify_ledger` tells."""

    list_display = ("number", "wallet", "first_sequence", "last_sequence", "digest", "created_at")
    list_select_related = ("wallet",)
    search_fields = ("=number",)
    search_help_text = "The number of the seal"
    fields = (
        *("number", "wallet", "first_sequence", "last_sequence"),
        *("previous", "digest", "created_at"),
    )
    readonly_fields = fields
