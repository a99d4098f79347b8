"""Refusals about holds and limits, as in `errors`. Pure, no framework."""

from wallet_transaction_api.ledger.errors import InvalidInput, LedgerError, StateRefusal


class HoldNotFound(LedgerError):
    """Hold not found."""

    code = "not_found"


class LimitNotFound(LedgerError):
    """Limit not found."""

    code = "not_found"


class ExpiryPassed(InvalidInput):
    """Expiry is not in the future."""

    attribute = "expiresAt"


class LimitMissing(InvalidInput):
    """Limit of nothing."""

    code = "required"
    attribute = "maxAmount"


class LimitVain(InvalidInput):
    """Limit that nothing could exceed."""

    attribute = "maxCount"


class HoldAlreadyCaptured(StateRefusal):
    """Hold already captured."""

    code = "hold_already_captured"
    attribute = "status"


class HoldAlreadyVoided(StateRefusal):
    """Hold already voided."""

    code = "hold_already_voided"
    attribute = "status"


class HoldExpired(StateRefusal):
    """Hold expired."""

    code = "hold_expired"
    attribute = "status"


class PartOfHold(StateRefusal):
    """Part of a hold."""

    code = "part_of_hold"
    attribute = "amount"


class LimitExceeded(StateRefusal):
    """Limit exceeded.

    `window_ends_at` in `data` is when the window ends; absent for a limit per transaction.
    """

    code = "limit_exceeded"
    attribute = "amount"
