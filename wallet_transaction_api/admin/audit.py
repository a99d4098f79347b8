"""Audit records in the admin: to be read by whoever may, to be changed by nobody."""

from django.contrib import admin

from wallet_transaction_api.admin.pages import QuickAdmin, ReadOnly
from wallet_transaction_api.models import AuditRecord


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnly, QuickAdmin):
    """Read-only: the database's triggers would refuse a change anyway."""

    list_display = (
        *("created_at", "actor", "action", "subject_type", "subject_id", "wallet_id"),
        "request_id",
    )
    list_filter = ("subject_type", "action")
    search_fields = ("request_id__exact", "actor__exact")
    search_help_text = "The whole request id or the actor's name"
    fields = (
        *("created_at", "actor", "actor_id", "request_id", "action"),
        *("subject_type", "subject_id", "wallet_id", "before", "after"),
    )
    readonly_fields = fields
