"""Refusals of the ledger: one class each, its docstring the message. Pure, no framework.

`code` is the word that every face answers with; `attribute` names the input at fault, where
there is one. Whatever else a client may want to know is in `data`.
"""

from typing import Any, ClassVar, Self


class LedgerError(Exception):
    """The ledger refused."""

    code: ClassVar[str] = "refused"
    attribute: str | None = None

    def __init__(self, detail: str = "", **data: Any) -> None:
        super().__init__(detail or self.title())
        self.detail = detail or self.title()
        self.data = data

    def at(self, attribute: str) -> Self:
        """Name the input at fault, where the refusal itself cannot know it."""
        self.attribute = attribute
        return self

    @classmethod
    def title(cls) -> str:
        """Return the refusal's name, the same for every case of it."""
        return (cls.__doc__ or cls.__name__).strip().partition("\n")[0].rstrip(".")


class InvalidInput(LedgerError):
    """A value was refused whatever the state: asking again gives the same answer."""

    code = "invalid"


class StateRefusal(LedgerError):
    """The state refused: the same request may pass at another time."""


class Unavailable(LedgerError):
    """The ledger could not be asked: nothing is known to be done, try again later."""


class AmountInvalid(InvalidInput):
    """Amount invalid."""

    code = "amount_invalid"
    attribute = "amount"


class AmountPrecision(InvalidInput):
    """Amount finer than the currency's smallest unit."""

    code = "amount_precision"
    attribute = "amount"


class DestinationAmountInvalid(AmountInvalid):
    """Destination amount invalid."""

    attribute = "destinationAmount"


class CurrencyUnknown(InvalidInput):
    """Currency unknown."""

    attribute = "currency"


class KindInvalid(InvalidInput):
    """Kind does not fit the transaction."""

    attribute = "kind"


class StatusUnknown(InvalidInput):
    """A wallet is active, frozen or closed."""

    attribute = "status"


class SelfTransfer(InvalidInput):
    """Source and destination are the same wallet."""

    code = "self_transfer"
    attribute = "destination"


class Unchangeable(InvalidInput):
    """Fixed since creation."""


class WalletNotFound(LedgerError):
    """Wallet not found."""

    code = "not_found"
    attribute = "wallet"


class TransactionNotFound(LedgerError):
    """Transaction not found."""

    code = "not_found"


class TransferNotFound(LedgerError):
    """Transfer not found."""

    code = "not_found"


class ExchangeNotPermitted(LedgerError):
    """Transferring between currencies needs the permission to exchange."""

    code = "permission_denied"
    attribute = "destinationAmount"


class NotReversible(LedgerError):
    """A payment to another person's wallet is taken back by staff only."""

    code = "not_reversible"


class SelfCreditDisabled(LedgerError):
    """Raising one's own total is disabled here."""

    code = "self_credit_disabled"
    attribute = "amount"


class InsufficientFunds(StateRefusal):
    """Insufficient funds."""

    code = "insufficient_funds"
    attribute = "amount"


class BalanceOutOfRange(StateRefusal):
    """Balance would leave the range that can be stored."""

    code = "balance_out_of_range"
    attribute = "amount"


class TxidTaken(StateRefusal):
    """Txid taken."""

    code = "txid_taken"
    attribute = "txid"


class LabelTaken(StateRefusal):
    """Label taken."""

    code = "label_taken"
    attribute = "label"


class WalletFrozen(StateRefusal):
    """Wallet frozen."""

    code = "wallet_frozen"


class WalletClosed(StateRefusal):
    """Wallet closed."""

    code = "wallet_closed"


class WalletNotEmpty(StateRefusal):
    """Wallet not empty."""

    code = "wallet_not_empty"


class OverdraftInUse(StateRefusal):
    """Overdraft in use."""

    code = "overdraft_in_use"
    attribute = "overdraftLimit"


class IdempotencyKeyInvalid(InvalidInput):
    """Idempotency key invalid."""

    code = "idempotency_key_invalid"


class IdempotencyKeyReused(LedgerError):
    """Idempotency key used for another request."""

    code = "idempotency_key_reused"


class IdempotencyInProgress(LedgerError):
    """A request with this idempotency key is still running."""

    code = "idempotency_in_progress"


class CurrencyMismatch(StateRefusal):
    """Currencies differ."""

    code = "currency_mismatch"
    attribute = "destination"


class CurrencyRetired(StateRefusal):
    """Currency no longer listed."""

    code = "currency_retired"
    attribute = "amount"


class DestinationUnavailable(StateRefusal):
    """Destination unavailable."""

    code = "destination_unavailable"
    attribute = "destination"


class PartOfTransfer(StateRefusal):
    """Part of a transfer."""

    code = "part_of_transfer"
    attribute = "amount"


class LedgerBusy(Unavailable):
    """Ledger busy."""

    code = "busy"


class LedgerUnreachable(Unavailable):
    """Database unavailable."""

    code = "unavailable"
