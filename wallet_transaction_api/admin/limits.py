"""Limits in the admin: set, changed and removed by the ledger, under their wallet's lock."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from wallet_transaction_api.admin.forms import AmountField, CountField, LedgerForm
from wallet_transaction_api.admin.pages import LedgerAdmin, shown
from wallet_transaction_api.ledger import limits
from wallet_transaction_api.models import Limit


class LimitForm(LedgerForm):
    """An amount in the wallet's currency, a count, or both; the wallet is fixed once limited."""

    max_amount = AmountField(required=False, help_text="How much may leave or enter per window.")
    max_count = CountField(required=False, help_text="How many times per window.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and "max_amount" in self.fields:
            amount: Any = self.fields["max_amount"]
            amount.of(self.instance.wallet.currency)


@admin.register(Limit)
class LimitAdmin(LedgerAdmin):
    """What the running window has used already counts, and is computed, not typed."""

    form = LimitForm
    list_display = (
        *("pk", "wallet", "direction", "window", "shown_max_amount", "max_count"),
        *("shown_used_amount", "used_count", "window_started_at"),
    )
    list_select_related = ("wallet",)
    list_filter = ("direction", "window")
    search_fields = ("=wallet__uuid",)
    search_help_text = "The wallet's uuid; a wallet's limits are linked from its page"
    raw_id_fields = ("wallet",)
    lock_order = ("wallet_id", "pk")
    inputs = ("direction", "window", "max_amount", "max_count")
    fixed = (
        *("wallet", "shown_used_amount", "used_count", "window_started_at"),
        *("version", "created_at", "updated_at"),
    )
    shown_max_amount = shown("max_amount")
    shown_used_amount = shown("used_amount")

    def get_fields(self, request: HttpRequest, obj: Limit | None = None) -> Any:
        """Return the inputs of a new limit, or all of an existing one."""
        if obj is None:
            return ("wallet", *self.inputs)
        if self.has_change_permission(request, obj):
            return (*self.inputs, *self.fixed)
        return ("direction", "window", "shown_max_amount", "max_count", *self.fixed)

    def get_readonly_fields(self, request: HttpRequest, obj: Limit | None = None) -> Any:
        """Return what nobody changes."""
        return (*self.fixed, "shown_max_amount") if obj else ()

    def save_model(self, request: HttpRequest, obj: Limit, form: Any, change: bool) -> None:
        """Set the limit, or change what was changed on the form and nothing else."""
        given = {name: form.cleaned_data[name] for name in self.inputs}
        if not change:
            actor_id = request.user.pk
            obj.pk = limits.set_limit(wallet_id=obj.wallet_id, actor_id=actor_id, **given).pk
            return
        changes = {name: given[name] for name in form.changed_data}
        if changes:
            limits.change(limit_id=obj.pk, changes=changes, actor_id=request.user.pk)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Remove the limit."""
        limits.remove(limit_id=obj.pk, actor_id=request.user.pk)
