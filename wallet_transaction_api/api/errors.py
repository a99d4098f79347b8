"""How each refusal of the ledger is answered: the one table of statuses, per dialect.

A refusal not listed is answered like the nearest class that it derives from.
"""

from collections.abc import Mapping

from wallet_transaction_api.ledger import errors, hold_errors

#: Seconds that a client is asked to wait when the ledger could not be asked (RFC 9110, 10.2.3).
RETRY_AFTER = 1

#: The JSON:API face: 409 for a conflict with the state, 422 for a refused value.
JSONAPI: Mapping[type[errors.LedgerError], int] = {
    errors.LedgerError: 422,
    errors.InvalidInput: 422,
    errors.StateRefusal: 409,
    errors.InsufficientFunds: 422,
    errors.BalanceOutOfRange: 422,
    errors.WalletNotFound: 404,
    hold_errors.LimitExceeded: 422,
    errors.TransactionNotFound: 404,
    errors.TransferNotFound: 404,
    errors.CurrencyMismatch: 422,
    errors.CurrencyRetired: 422,
    errors.DestinationUnavailable: 422,
    errors.ExchangeNotPermitted: 403,
    errors.NotReversible: 403,
    hold_errors.HoldNotFound: 404,
    hold_errors.LimitNotFound: 404,
    errors.SelfCreditDisabled: 403,
    errors.IdempotencyKeyInvalid: 400,
    errors.IdempotencyInProgress: 409,
    errors.Unavailable: 503,
}

#: The user wallet and operations faces: 400 for whatever the request cannot have.
PLAIN: Mapping[type[errors.LedgerError], int] = {
    errors.LedgerError: 400,
    errors.WalletNotFound: 404,
    errors.TransactionNotFound: 404,
    errors.TransferNotFound: 404,
    errors.ExchangeNotPermitted: 403,
    errors.NotReversible: 403,
    hold_errors.HoldNotFound: 404,
    hold_errors.LimitNotFound: 404,
    errors.SelfCreditDisabled: 403,
    errors.IdempotencyKeyReused: 422,
    errors.IdempotencyInProgress: 409,
    errors.Unavailable: 503,
}


def status_of(refusal: errors.LedgerError, dialect: Mapping[type[errors.LedgerError], int]) -> int:
    """Return the HTTP status of a refusal in a dialect."""
    return next(dialect[kind] for kind in type(refusal).__mro__ if kind in dialect)
