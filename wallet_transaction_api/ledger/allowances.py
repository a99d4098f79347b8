"""The limits of the wallets that a book has locked, and what was counted on them so far."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from wallet_transaction_api import sql
from wallet_transaction_api.ledger import hold_statements, limit_rules
from wallet_transaction_api.ledger.limit_rules import LimitState, Use


class Allowances:
    """Decides like the book: on what was decided before, and a refusal changes nothing."""

    def __init__(self) -> None:
        """Know of none yet."""
        self._limits: dict[int, LimitState] = {}
        self._changed: set[int] = set()

    def read(self, wallet_ids: Sequence[int]) -> None:
        """Read the limits of these wallets, which are locked; nothing is asked for none."""
        params = {f"wallet_m{index}": key for index, key in enumerate(wallet_ids)}
        build = hold_statements.limits_of
        rows = sql.fetch(build, len(wallet_ids), params=params) if wallet_ids else []
        self._limits |= {row["id"]: LimitState(**row) for row in rows}

    def counted(self, wallet_id: int, use: Use | None, *, at: datetime) -> list[LimitState]:
        """Return the wallet's limits as they are with this use, for `keep`; may refuse it."""
        if use is None:
            return []
        of_direction = self._of(wallet_id, use.direction)
        return [limit_rules.counted(limit, use, at=at) for limit in of_direction]

    def given_back(
        self, wallet_id: int, use: Use, *, placed_at: datetime, at: datetime
    ) -> list[LimitState]:
        """Return the wallet's limits as they are without this use, for `keep`."""
        return [
            limit_rules.given_back(limit, use, placed_at=placed_at, at=at)
            for limit in self._of(wallet_id, use.direction)
        ]

    def keep(self, limits: Iterable[LimitState]) -> None:
        """Take the limits for decided."""
        for limit in limits:
            if limit != self._limits[limit.id]:
                self._limits[limit.id] = limit
                self._changed.add(limit.id)

    def write(self) -> None:
        """Write what changed."""
        changed = [self._limits[key] for key in sorted(self._changed)]
        sql.execute_each(hold_statements.write_limit, [_columns(limit) for limit in changed])
        self._changed.clear()

    def _of(self, wallet_id: int, direction: str) -> list[LimitState]:
        return [
            limit
            for limit in self._limits.values()
            if (limit.wallet_id, limit.direction) == (wallet_id, direction)
        ]


def _columns(limit: LimitState) -> dict[str, object]:
    return {
        "limit": limit.id,
        "window_started_at": limit.window_started_at,
        "used_amount": limit.used_amount,
        "used_count": limit.used_count,
    }
