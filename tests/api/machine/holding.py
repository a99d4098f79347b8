"""Holds, as requests to both, and the clock that they expire by."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.api.jsonapi.conftest import update
from tests.api.machine.asking import Asking, cents, of_wallet, pick, picks, upward
from wallet_transaction_api.ledger import holds
from wallet_transaction_api.models import Hold

#: As many as there are steps are fewer than the days for which a key is remembered.
lengths = st.sampled_from([timedelta(minutes=number) for number in (10, 30, 60, 300)])
JUST = timedelta(microseconds=1)


class Holding(Asking):
    """Each rule asks both, and compares what they say."""

    def __init__(self) -> None:
        super().__init__()
        self.holds: list[int] = []

    @rule(wallet=picks, amount=st.one_of(upward, upward, cents), length=lengths)
    def place(self, wallet: int, amount: Decimal, length: timedelta) -> None:
        """Place a hold."""
        key = pick(self.wallets, wallet)
        until = (self.model.now + length).isoformat()
        body = of_wallet("holds", key, amount=str(amount), expiresAt=until)
        placed = self.agree(self.model.place(key, amount), "POST", "/api/holds", body)
        if placed:
            self.holds.append(int(placed["id"]))
            self.model.placed(self.holds[-1], key, amount, length)

    @precondition(lambda self: self.holds)
    @rule(hold=picks, amount=st.none() | upward)
    def capture(self, hold: int, amount: Decimal | None) -> None:
        """Capture a hold, all of it or a part."""
        key = pick(self.holds, hold)
        part = {} if amount is None else {"captureAmount": str(amount)}
        body = update("holds", key, status="captured", **part)
        verdict = self.model.capture(key, amount)
        if self.agree(verdict, "PATCH", f"/api/holds/{key}", body):
            self.posts.append(Hold.objects.values_list("transaction", flat=True).get(pk=key))
            self.model.captured(key, self.posts[-1], amount)

    @precondition(lambda self: self.holds)
    @rule(hold=picks)
    def void(self, hold: int) -> None:
        """Void a hold."""
        key = pick(self.holds, hold)
        body = update("holds", key, status="voided")
        self.agree(self.model.void(key), "PATCH", f"/api/holds/{key}", body)

    @rule(length=lengths)
    def pass_time(self, length: timedelta) -> None:
        """Let time pass."""
        self.model.pass_time(length)

    @rule(is_over=st.booleans())
    def come_to_the_hour(self, is_over: bool) -> None:
        """Let the hour end, with all windows that end with it, or almost."""
        past = timedelta(minutes=self.model.now.minute, seconds=self.model.now.second)
        rest = timedelta(hours=1) - past - timedelta(microseconds=self.model.now.microsecond)
        self.model.pass_time(rest if is_over else rest - JUST)

    @precondition(lambda self: self.model.first_expiry())
    @rule(is_over=st.booleans())
    def come_to_an_expiry(self, is_over: bool) -> None:
        """Let the first hold expire, or almost."""
        rest = self.model.first_expiry() - self.model.now
        self.model.pass_time(rest if is_over else rest - JUST)

    @rule()
    def tidy(self) -> None:
        """Write of holds that they have expired: nobody sees a difference."""
        holds.expire()
