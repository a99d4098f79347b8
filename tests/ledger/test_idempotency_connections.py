"""A connection that is lost while a refusal is being undone: nothing is kept, try again."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection

from tests.books import assert_in_order, balance
from wallet_transaction_api.ledger import errors, idempotency, posting
from wallet_transaction_api.ledger.claims import Answer, Claim
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import IdempotencyRecord, Wallet

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]
#: How to ask for a connection's number, and how to end it from another one.
_ENDING = {
    "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})"),
    "mysql": ("SELECT CONNECTION_ID()", "KILL {}"),
}


def _lose_connection() -> None:
    if connection.vendor == "sqlite":
        connection.connection.close()
        return
    ask, end = _ENDING[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(ask)
        [number] = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(end.format(int(number)))
    other.close()


def test_a_refusal_that_could_not_be_undone_is_no_answer(
    open_wallet: Callable[..., Wallet],
) -> None:
    wallet = open_wallet("5.00")
    claim = Claim(
        owner_id=wallet.owner_id, key="k-1", fingerprint="f",
        write=lambda _: Answer(status=422, body=""),
    )  # fmt: skip

    def work() -> None:
        posting.post_one(Posting(wallet_id=wallet.pk, amount=Decimal(1)))
        _lose_connection()
        raise errors.InsufficientFunds

    with pytest.raises(errors.LedgerUnreachable):
        idempotency.once(claim, work)
    connection.close()
    assert balance(wallet) == 5
    assert not IdempotencyRecord.objects.exists()
    assert_in_order()
