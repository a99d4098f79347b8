"""Transactions in the admin: post, amend, reverse."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from wallet_transaction_api import names
from wallet_transaction_api.admin.forms import AmountField, LedgerForm
from wallet_transaction_api.admin.pages import LedgerAdmin, shown
from wallet_transaction_api.ledger import amending
from wallet_transaction_api.models import Transaction


class TransactionForm(LedgerForm):
    """A signed amount in the wallet's currency; the wallet and the txid are fixed once posted."""

    amount = AmountField(help_text="Negative for a withdrawal.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            # A form submitted twice posts once: the second one's txid is taken.
            self.fields["txid"].initial = names.new()
        elif "amount" in self.fields:
            amount: Any = self.fields["amount"]
            amount.of(self.instance.wallet.currency)


@admin.register(Transaction)
class TransactionAdmin(LedgerAdmin):
    """Saving posts, changing the amount posts the difference, deleting reverses."""

    form = TransactionForm
    list_display = ("txid", "wallet", "shown_amount", "kind", "description", "created_at")
    list_select_related = ("wallet",)
    # No date hierarchy: it reads the whole table for its list of months.
    list_filter = ("created_at", "kind", ("deleted_at", admin.EmptyFieldListFilter))
    search_fields = ("txid__exact",)
    search_help_text = "The whole txid; a wallet's transactions are linked from its page"
    raw_id_fields = ("wallet",)
    # Reversed withdrawals raise the balance that reversed deposits need.
    lock_order = ("wallet_id", "amount")
    fixed = (
        *("wallet", "txid", "kind", "shown_balance_after"),
        *("version", "created_at", "updated_at", "deleted_at"),
    )

    def get_fields(self, request: HttpRequest, obj: Transaction | None = None) -> Any:
        """Return the inputs of a new transaction, or all of a posted one."""
        if obj is None:
            return ("wallet", "amount", "txid", "description", "metadata")
        amount = "amount" if self.has_change_permission(request, obj) else "shown_amount"
        return (amount, "description", "metadata", *self.fixed)

    def get_readonly_fields(self, request: HttpRequest, obj: Transaction | None = None) -> Any:
        """Return what nobody changes."""
        return (*self.fixed, "shown_amount") if obj else ()

    def save_model(self, request: HttpRequest, obj: Transaction, form: Any, change: bool) -> None:
        """Post the transaction, or amend what was changed on the form and nothing else."""
        obj.actor_id = request.user.pk
        if not change:
            obj.save(force_insert=True)
            return
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        if changes:
            amending.amend(transaction_id=obj.pk, changes=changes, actor_id=request.user.pk)

    def has_change_permission(self, request: HttpRequest, obj: Transaction | None = None) -> bool:
        """Show a reversed one without inputs."""
        return _is_live(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Transaction | None = None) -> bool:
        """Offer no second reversal."""
        return _is_live(obj) and super().has_delete_permission(request, obj)

    shown_amount = shown("amount")
    shown_balance_after = shown("balance_after")


def _is_live(obj: Transaction | None) -> bool:
    return obj is None or obj.deleted_at is None
