"""Any story of holds, postings, edits and time, told on a limited wallet, keeps the books true."""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.conftest import Clock
from wallet_transaction_api.ledger import amending, errors, holds, limit_uses, limits, posting
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Entry, Hold, Limit, Transaction, Wallet

AMOUNTS = st.integers(1, 60).map(Decimal)
#: What to do, with how much, and to which of the things that are there.
STEPS = st.tuples(
    st.sampled_from(["hold", "hold", "capture", "void", "post", "amend", "reverse", "wait"]),
    AMOUNTS,
    st.integers(0, 9),
)


class Story:
    """A wallet with limits of every window, and the steps that may be taken on it."""

    def __init__(self, wallet: Wallet, clock: Clock) -> None:
        self.wallet = wallet
        self.clock = clock
        for direction in Limit.Direction.values:
            for window, most in (("hour", 90), ("day", 150), ("month", 400)):
                limits.set_limit(
                    wallet_id=wallet.pk,
                    direction=direction,
                    window=window,
                    max_amount=Decimal(most),
                    max_count=7,
                )

    def hold(self, amount: Decimal, which: int) -> None:
        """Hold for a while of minutes up to a day."""
        until = self.clock.now + timedelta(minutes=1 + which**3)
        holds.place(wallet_id=self.wallet.pk, amount=amount, expires_at=until)

    def capture(self, amount: Decimal, which: int) -> None:
        """Capture some hold, perhaps too much of it."""
        holds.capture(hold_id=self._some(Hold, which), amount=amount)

    def void(self, amount: Decimal, which: int) -> None:
        """Void some hold."""
        holds.void(hold_id=self._some(Hold, which))

    def post(self, amount: Decimal, which: int) -> None:
        """Pay in or out."""
        signed = amount if which % 2 else -amount
        posting.post_one(Posting(wallet_id=self.wallet.pk, amount=signed))

    def amend(self, amount: Decimal, which: int) -> None:
        """Amend some transaction, perhaps one of a hold."""
        key = self._some(Transaction, which)
        amending.amend(transaction_id=key, changes={"amount": amount if which % 2 else -amount})

    def reverse(self, amount: Decimal, which: int) -> None:
        """Reverse some transaction, perhaps one of a hold."""
        amending.reverse(transaction_id=self._some(Transaction, which))

    def wait(self, amount: Decimal, which: int) -> None:
        """Let time pass, an hour or a day; sometimes tidy up."""
        self.clock.tick(minutes=int(amount) * which)
        if which % 3 == 0:
            holds.expire()

    def assert_true(self) -> None:
        """Assert that the wallet and its limits are what the rows say."""
        wallet = Wallet.objects.get(pk=self.wallet.pk)
        pending = Hold.objects.filter(wallet=wallet, status="pending")
        visible = Transaction.objects.visible().filter(wallet=wallet)
        assert wallet.balance == sum(visible.values_list("amount", flat=True))
        entries = Entry.objects.filter(wallet=wallet).values_list("amount", flat=True)
        assert wallet.balance == sum(entries)
        assert wallet.held == sum(pending.values_list("amount", flat=True))
        assert wallet.available == wallet.balance - wallet.held
        assert wallet.available >= 0
        first = pending.order_by("expires_at").values_list("expires_at", flat=True).first()
        assert wallet.next_expiry_at == first
        for limit in Limit.objects.filter(wallet=wallet):
            self._assert_counted(limit)

    def _assert_counted(self, limit: Limit) -> None:
        """Holds that expired since nobody looked still count; everything else agrees exactly."""
        assert limit.window_started_at is not None
        used = limit_uses.used_since(limit.wallet_id, limit.direction, limit.window_started_at)
        assert (limit.used_amount, limit.used_count) == used
        assert limit.max_amount is not None
        assert limit.used_amount <= limit.max_amount

    def _some(self, model: Any, which: int) -> int:
        keys = model.objects.filter(wallet=self.wallet).order_by("pk").values_list("pk", flat=True)
        return int(keys[which % len(keys)]) if keys else 0


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, max_size=25))
def test_the_books_stay_true(
    open_wallet: Callable[..., Wallet], clock: Clock, steps: list[tuple[str, Decimal, int]]
) -> None:
    clock.tick(days=40)
    wallet = open_wallet("100.00", label=f"W{Wallet.objects.count()}")
    clock.tick(days=40)
    story = Story(wallet, clock)
    for verb, amount, which in steps:
        with contextlib.suppress(errors.LedgerError):
            getattr(story, verb)(amount, which)
    story.assert_true()
