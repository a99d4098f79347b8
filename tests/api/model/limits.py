"""Limits of the model."""

from tests.api.model.holds import Holds
from tests.api.model.wallets import NOT_FOUND, ModelLimit, Verdict


class Limits(Holds):
    """Limits by their ids, in their wallets; what is removed is absent."""

    def limits(self) -> dict[int, ModelLimit]:
        """Return all limits."""
        return {k: limit for w in self.wallets.values() for k, limit in w.limits.items()}

    def set_limit(self, limit: ModelLimit) -> Verdict:
        """Judge a new limit; the caller notes it by `limited`."""
        if limit.wallet not in self.wallets:
            return NOT_FOUND
        return self._settable(limit) or (201, "")

    def limited(self, key: int, limit: ModelLimit) -> None:
        """Note a limit that was set or changed."""
        self.wallets[limit.wallet].limits[key] = limit

    def change_limit(self, key: int, limit: ModelLimit) -> Verdict:
        """Judge what a limit shall become; the caller notes it by `limited`."""
        if key not in self.limits():
            return NOT_FOUND
        return self._settable(limit) or (200, "")

    def remove_limit(self, key: int) -> Verdict:
        """Remove a limit."""
        if key not in self.limits():
            return NOT_FOUND
        wallet = self.wallets[self.limits()[key].wallet]
        if wallet.status == "closed":
            return 409, "wallet_closed"
        del wallet.limits[key]
        return 204, ""

    def _settable(self, limit: ModelLimit) -> Verdict | None:
        if self.wallets[limit.wallet].status == "closed":
            return 409, "wallet_closed"
        if limit.max_amount is None and limit.max_count is None:
            return 422, "required"
        if limit.window == "transaction" and limit.max_count is not None:
            return 422, "invalid"
        return None
