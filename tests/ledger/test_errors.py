"""The words of refusals, which clients branch on: the code, and the input that is at fault."""

import pytest

from wallet_transaction_api.ledger import errors, hold_errors

WORDS = {
    errors.AmountInvalid: ("amount_invalid", "amount"),
    errors.AmountPrecision: ("amount_precision", "amount"),
    errors.DestinationAmountInvalid: ("amount_invalid", "destinationAmount"),
    errors.CurrencyUnknown: ("invalid", "currency"),
    errors.KindInvalid: ("invalid", "kind"),
    errors.SelfTransfer: ("self_transfer", "destination"),
    errors.Unchangeable: ("invalid", None),
    errors.WalletNotFound: ("not_found", "wallet"),
    errors.TransactionNotFound: ("not_found", None),
    errors.TransferNotFound: ("not_found", None),
    errors.ExchangeNotPermitted: ("permission_denied", "destinationAmount"),
    errors.NotReversible: ("not_reversible", None),
    errors.SelfCreditDisabled: ("self_credit_disabled", "amount"),
    errors.InsufficientFunds: ("insufficient_funds", "amount"),
    errors.BalanceOutOfRange: ("balance_out_of_range", "amount"),
    errors.TxidTaken: ("txid_taken", "txid"),
    errors.LabelTaken: ("label_taken", "label"),
    errors.WalletFrozen: ("wallet_frozen", None),
    errors.WalletClosed: ("wallet_closed", None),
    errors.WalletNotEmpty: ("wallet_not_empty", None),
    errors.OverdraftInUse: ("overdraft_in_use", "overdraftLimit"),
    errors.IdempotencyKeyInvalid: ("idempotency_key_invalid", None),
    errors.IdempotencyKeyReused: ("idempotency_key_reused", None),
    errors.IdempotencyInProgress: ("idempotency_in_progress", None),
    errors.CurrencyMismatch: ("currency_mismatch", "destination"),
    errors.CurrencyRetired: ("currency_retired", "amount"),
    errors.DestinationUnavailable: ("destination_unavailable", "destination"),
    errors.PartOfTransfer: ("part_of_transfer", "amount"),
    errors.LedgerBusy: ("busy", None),
    errors.LedgerUnreachable: ("unavailable", None),
    hold_errors.HoldNotFound: ("not_found", None),
    hold_errors.LimitNotFound: ("not_found", None),
    hold_errors.ExpiryPassed: ("invalid", "expiresAt"),
    hold_errors.LimitMissing: ("required", "maxAmount"),
    hold_errors.LimitVain: ("invalid", "maxCount"),
    hold_errors.HoldAlreadyCaptured: ("hold_already_captured", "status"),
    hold_errors.HoldAlreadyVoided: ("hold_already_voided", "status"),
    hold_errors.HoldExpired: ("hold_expired", "status"),
    hold_errors.PartOfHold: ("part_of_hold", "amount"),
    hold_errors.LimitExceeded: ("limit_exceeded", "amount"),
}


@pytest.mark.parametrize("kind", WORDS)
def test_a_refusal_says_its_code_and_the_input_at_fault(kind: type[errors.LedgerError]) -> None:
    assert (kind.code, kind().attribute) == WORDS[kind]


def test_a_refusal_is_titled_by_the_first_line_of_its_docstring() -> None:
    assert hold_errors.LimitExceeded.title() == "Limit exceeded"
    assert str(errors.WalletFrozen()) == "Wallet frozen"


def test_a_refusal_says_more_when_there_is_more_to_say() -> None:
    refusal = errors.InsufficientFunds("Only 5 left.", available=5).at("captureAmount")
    assert (str(refusal), refusal.detail) == ("Only 5 left.", "Only 5 left.")
    assert (refusal.data, refusal.attribute) == ({"available": 5}, "captureAmount")
    assert errors.InsufficientFunds().attribute == "amount"
