"""Who holds a foreign wallet waits briefly, until its unit of work ends and no longer."""

import pytest
from django.db import connection

from wallet_transaction_api.ledger import units, waits

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite waits for its one writer"),
]


def _patience() -> str:
    asked = {"postgresql": "SHOW lock_timeout", "mysql": "SELECT @@innodb_lock_wait_timeout"}
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        return str(cursor.fetchone()[0])


def _shortened() -> str:
    waits.shorten()
    waits.shorten()  # a second foreign wallet
    return _patience()


def test_it_is_brief_in_the_unit_and_as_usual_afterwards() -> None:
    usual = _patience()
    assert units.in_transaction(_shortened) in {"20ms", "0", "1"}
    assert _patience() == usual
    assert not waits.are_brief()


def test_it_is_as_usual_after_a_failure_and_in_the_next_attempt() -> None:
    usual, seen = _patience(), []

    def work() -> None:
        seen.append(_patience())
        waits.shorten()
        if len(seen) == 1:
            raise waits.NotNow

    units.in_transaction(work)
    assert seen == [usual, usual]
    with pytest.raises(RuntimeError):
        units.in_transaction(_failing)
    assert _patience() == usual


def _failing() -> None:
    waits.shorten()
    raise RuntimeError
