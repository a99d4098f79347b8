"""Wallets in the admin: open with an opening balance, label, freeze, close. No balance is typed."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join

from wallet_transaction_api import money
from wallet_transaction_api.admin.forms import AmountField, LedgerForm
from wallet_transaction_api.admin.pages import LedgerAdmin, shown
from wallet_transaction_api.ledger import wallets
from wallet_transaction_api.models import Entry, Hold, Limit, Transaction, Wallet


class NewWalletForm(LedgerForm):
    """What a wallet starts with; a balance becomes an opening transaction."""

    balance = AmountField(zero=True, required=False, label="Opening balance", initial="0")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].initial = settings.DEFAULT_CURRENCY

    def clean_balance(self) -> Any:
        """Read an empty input as no opening balance."""
        return self.cleaned_data["balance"] or money.ZERO


class WalletForm(LedgerForm):
    """What staff may change of a wallet."""

    overdraft_limit = AmountField(zero=True, help_text="How far below zero it may go.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Staff who may only look see no inputs.
        limit: Any = self.fields.get("overdraft_limit")
        if limit is not None:
            limit.of(self.instance.currency)
            self.initial["overdraft_limit"] = self.instance.overdraft_limit


@admin.register(Wallet)
class WalletAdmin(LedgerAdmin):
    """Money moves by transactions: the balances of an existing wallet are read-only."""

    list_display = ("label", "owner", "currency", "shown_balance", "shown_available", "status")
    list_display_links = ("label",)
    list_select_related = ("owner",)
    list_filter = ("status", "created_at")
    search_fields = ("label", "owner__username", "=uuid")
    search_help_text = "Label, owner's username or uuid"
    raw_id_fields = ("owner",)
    new_fields = ("owner", "label", "currency", "balance", "metadata")
    amounts = ("shown_balance", "shown_held", "shown_available")
    fixed = (
        *("owner", "currency", *amounts),
        *("uuid", "version", "created_at", "updated_at", "history"),
    )

    def get_fields(self, request: HttpRequest, obj: Wallet | None = None) -> Any:
        """Return the inputs of a new wallet, or all of an existing one."""
        may_change = self.has_change_permission(request, obj)
        limit = "overdraft_limit" if may_change else "shown_overdraft_limit"
        return ("label", "status", limit, "metadata", *self.fixed) if obj else self.new_fields

    def get_readonly_fields(self, request: HttpRequest, obj: Wallet | None = None) -> Any:
        """Return what nobody changes."""
        return (*self.fixed, "shown_overdraft_limit") if obj else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Choose the form."""
        kwargs["form"] = WalletForm if obj else NewWalletForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Wallet, form: Any, change: bool) -> None:
        """Open the wallet, or edit what was changed on the form and nothing else."""
        obj.actor_id = request.user.pk
        if not change:
            obj.save(force_insert=True)
            return
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        if "overdraft_limit" in changes:
            changes["floor"] = money.negate(changes.pop("overdraft_limit"))
        if changes:
            wallets.edit(wallet_id=obj.pk, changes=changes, actor_id=request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Wallet | None = None) -> bool:
        """Offer no second closing."""
        closed = obj is not None and obj.status == Wallet.Status.CLOSED
        return not closed and super().has_delete_permission(request, obj)

    shown_balance = shown("balance", currency="currency")
    shown_held = shown("held", currency="currency")
    shown_available = shown("available", currency="currency")
    shown_overdraft_limit = shown("overdraft_limit", currency="currency")

    @admin.display(description="history")
    def history(self, obj: Wallet) -> str:
        """Link to its transactions, journal entries, holds and limits."""
        links = ((_list_of(model, obj), model._meta.verbose_name_plural) for model in _HISTORY)
        return format_html_join(" · ", '<a href="{}">{}</a>', links)


_HISTORY = (Transaction, Entry, Hold, Limit)


def _list_of(model: type[Model], obj: Wallet) -> str:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?wallet__id__exact={obj.pk}"
