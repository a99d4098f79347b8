"""Random histories, played by the engine and by a model of a few lines; they always agree."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.books import assert_in_order
from wallet_transaction_api.ledger import amending, errors, posting, wallets
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Transaction, Wallet

cents = st.integers(-5000, 5000).map(lambda n: Decimal(f"{n}E-2"))


class Modelled:
    """What a wallet should be: its visible amounts, its limit, its status."""

    def __init__(self) -> None:
        self.amounts: dict[int, Decimal] = {}
        self.limit = Decimal(0)
        self.status = "active"

    @property
    def balance(self) -> Decimal:
        """Return the sum of what is visible."""
        return sum(self.amounts.values(), Decimal(0))

    def refusal(self, amount: Decimal) -> str:
        """Return the code that a movement by the amount is refused with, or nothing."""
        if self.status != "active":
            return f"wallet_{self.status}"
        overdrawn = amount < 0 and self.balance + amount < -self.limit
        return "insufficient_funds" if overdrawn else ""


class Engine(RuleBasedStateMachine):
    """Each rule does the same to both, and compares what came of it."""

    opened = Bundle("opened")
    posted = Bundle("posted")

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.owner = User.objects.create_user(uuid.uuid4().hex)
        self.model: dict[int, Modelled] = {}

    def teardown(self) -> None:
        """Forget this history."""
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def _agree(self, expected: str, action: Any) -> Any:
        """Do it; the refusal has to be the expected one."""
        if not expected:
            return action()
        with pytest.raises(errors.LedgerError) as caught:
            action()
        assert caught.value.code == expected
        return None

    @rule(target=opened, opening=cents)
    def open(self, opening: Decimal) -> Any:
        """Open a wallet."""
        label = uuid.uuid4().hex
        expected = "amount_invalid" if opening < 0 else ""
        wallet = self._agree(
            expected,
            lambda: wallets.open_wallet(owner_id=self.owner.pk, label=label, balance=opening),
        )
        if wallet is None:
            return multiple()
        self.model[wallet.pk] = Modelled()
        if opening:
            self.model[wallet.pk].amounts[wallet.transactions.get().pk] = opening
        return wallet.pk

    @rule(target=posted, wallet=opened, amount=cents)
    def post(self, wallet: int, amount: Decimal) -> Any:
        """Post to it."""
        modelled = self.model[wallet]
        expected = "amount_invalid" if not amount else modelled.refusal(amount)
        result = self._agree(
            expected, lambda: posting.post_one(Posting(wallet_id=wallet, amount=amount))
        )
        if result is None:
            return multiple()
        modelled.amounts[result.transaction_id] = amount
        return (wallet, result.transaction_id)

    @rule(item=posted, amount=cents)
    def amend(self, item: tuple[int, int], amount: Decimal) -> None:
        """Change a posted amount."""
        wallet, key = item
        modelled = self.model[wallet]
        difference = amount - modelled.amounts.get(key, Decimal(0))
        if key not in modelled.amounts:
            expected = "not_found"
        elif not amount:
            expected = "amount_invalid"
        else:
            expected = modelled.refusal(difference)
        if self._agree(
            expected, lambda: amending.amend(transaction_id=key, changes={"amount": amount})
        ):
            modelled.amounts[key] = amount

    @rule(item=posted)
    def reverse(self, item: tuple[int, int]) -> None:
        """Take a posted transaction back."""
        wallet, key = item
        modelled = self.model[wallet]
        known = key in modelled.amounts
        expected = modelled.refusal(-modelled.amounts[key]) if known else "not_found"
        self._agree(expected, lambda: amending.reverse(transaction_id=key))
        if not expected:
            del modelled.amounts[key]

    @rule(wallet=opened, status=st.sampled_from(["active", "frozen", "closed"]))
    def set_status(self, wallet: int, status: str) -> None:
        """Freeze, thaw, close, reopen."""
        modelled = self.model[wallet]
        closing = status == "closed" != modelled.status
        expected = "wallet_not_empty" if closing and modelled.balance else ""
        if self._agree(
            expected, lambda: wallets.edit(wallet_id=wallet, changes={"status": status})
        ):
            modelled.status = status

    @rule(wallet=opened, limit=st.integers(0, 5000).map(lambda n: Decimal(f"{n}E-2")))
    def set_limit(self, wallet: int, limit: Decimal) -> None:
        """Give it another overdraft limit."""
        modelled = self.model[wallet]
        expected = "overdraft_in_use" if modelled.balance < -limit else ""
        if self._agree(expected, lambda: wallets.edit(wallet_id=wallet, changes={"floor": -limit})):
            modelled.limit = limit

    @invariant()
    def agree_on_every_balance(self) -> None:
        """Compare what is stored with the model, and the books with themselves."""
        stored = dict(Wallet.objects.filter(owner=self.owner).values_list("id", "balance"))
        for key, modelled in self.model.items():
            assert stored[key] == modelled.balance
        rows = Transaction.objects.visible().filter(wallet__owner=self.owner)
        visible = dict(rows.values_list("id", "amount"))
        assert visible == {k: a for m in self.model.values() for k, a in m.amounts.items()}
        assert_in_order()


@pytest.mark.django_db
def test_the_engine_and_the_model_agree() -> None:
    run_state_machine_as_test(
        Engine,
        settings=settings(
            max_examples=10,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
