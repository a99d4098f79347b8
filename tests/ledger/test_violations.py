"""A violated constraint is named in the ledger's words, by each driver's own message."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from tests.ledger.damage import money
from wallet_transaction_api.ledger import errors
from wallet_transaction_api.ledger.violations import refusal_of
from wallet_transaction_api.models import Wallet

pytestmark = pytest.mark.django_db
SAME_TXID = "UPDATE transactions SET txid = 'same'"
SAME_LABEL = "UPDATE wallets SET label = 'same'"
OVERDRAFT = f"UPDATE wallets SET available = {money('-5')}, balance = {money('-5')}"
NO_AMOUNT = f"UPDATE transactions SET amount = {money('0')}"


def _violate(statement: str) -> IntegrityError:
    with (
        pytest.raises(IntegrityError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return caught.value


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (SAME_TXID, errors.TxidTaken),
        (SAME_LABEL, errors.LabelTaken),
        (OVERDRAFT, errors.InsufficientFunds),
        (NO_AMOUNT, errors.AmountInvalid),
        (f"UPDATE wallets SET held = {money('-1')}, available = balance", None),
    ],
)
def test_the_database_has_the_last_word_and_is_quoted_in_ours(
    open_wallet: Callable[..., Wallet],
    statement: str,
    refusal: type[errors.LedgerError] | None,
) -> None:
    open_wallet("1", label="a")
    open_wallet("1", label="b")
    named = refusal_of(_violate(statement))
    assert (type(named) if named else None) is refusal


def test_a_value_that_is_called_like_another_constraint_is_no_constraint(
    open_wallet: Callable[..., Wallet],
) -> None:
    for label in ("a", "b"):
        open_wallet("1", label=label)
    named = refusal_of(_violate("UPDATE transactions SET txid = 'wallets_open_label for key'"))
    assert type(named) is errors.TxidTaken
