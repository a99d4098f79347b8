"""Limits, as requests to both."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.api.jsonapi.conftest import update
from tests.api.machine.asking import Asking, of_wallet, pick, picks
from tests.api.model.wallets import ModelLimit

directions = st.sampled_from(["debit", "credit"])
windows = st.sampled_from(["transaction", "hour", "day", "month"])
amounts = st.none() | st.integers(1, 3000).map(lambda number: Decimal(number).scaleb(-2))
counts = st.none() | st.integers(1, 2)


class Limiting(Asking):
    """Each rule asks both, and compares what they say."""

    def __init__(self) -> None:
        super().__init__()
        self.limits: list[int] = []

    @initialize(window=windows, amount=amounts)
    def start_limited(self, window: str, amount: Decimal | None) -> None:
        """Start with a limit of what leaves the wallet that stays open."""
        self.set_limit(0, "debit", window, amount or Decimal(30), None)

    @rule(wallet=picks, direction=directions, window=windows, amount=amounts, count=counts)
    def set_limit(
        self, wallet: int, direction: str, window: str, amount: Decimal | None, count: int | None
    ) -> None:
        """Set a limit."""
        key = pick(self.wallets, wallet)
        limit = ModelLimit(key, direction, window, amount, count)
        given = {"direction": direction, "window": window, **_most(amount, count)}
        body = of_wallet("limits", key, **given)
        made = self.agree(self.model.set_limit(limit), "POST", "/api/limits", body)
        if made:
            self.limits.append(int(made["id"]))
            self.model.limited(self.limits[-1], limit)

    @precondition(lambda self: self.limits)
    @rule(limit=picks, window=windows, amount=amounts, count=counts)
    def change_limit(
        self, limit: int, window: str, amount: Decimal | None, count: int | None
    ) -> None:
        """Change a limit."""
        key = pick(self.limits, limit)
        stored = self.model.limits().get(key, ModelLimit(0, "debit", "day", None, None))
        changed = replace(stored, window=window, max_amount=amount, max_count=count)
        body = update("limits", key, window=window, **_most(amount, count))
        verdict = self.model.change_limit(key, changed)
        if self.agree(verdict, "PATCH", f"/api/limits/{key}", body):
            self.model.limited(key, changed)

    @precondition(lambda self: self.limits)
    @rule(limit=picks)
    def remove_limit(self, limit: int) -> None:
        """Remove a limit."""
        key = pick(self.limits, limit)
        self.agree(self.model.remove_limit(key), "DELETE", f"/api/limits/{key}")


def _most(amount: Decimal | None, count: int | None) -> dict[str, Any]:
    return {"maxAmount": None if amount is None else str(amount), "maxCount": count}
