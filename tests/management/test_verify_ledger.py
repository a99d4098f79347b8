"""The command: what it prints and how it exits."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.ledger.damage import MARK, damage, money
from wallet_transaction_api.models import Wallet

pytestmark = MARK


def _verify(**options: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("verify_ledger", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_says_what_it_checked(open_wallet: Callable[..., Wallet]) -> None:
    open_wallet("100.00")
    out, _ = _verify()
    assert out == "No violation in 2 wallets, 1 transactions, 1 entries, 0 seals\n"


def test_shows_progress_after_each_range(open_wallet: Callable[..., Wallet]) -> None:
    open_wallet("100.00")
    _, err = _verify(batch=1)
    assert err.splitlines()[:2] == ["1 wallets checked", "2 wallets checked"]


def test_is_quiet_when_asked(open_wallet: Callable[..., Wallet]) -> None:
    assert _verify(verbosity=0)[1] == ""


def test_money_that_left_the_list_of_currencies_is_named_and_is_no_violation(
    open_wallet: Callable[..., Wallet], settings: Any
) -> None:
    settings.ASSETS = {"BGN": 2}
    open_wallet("1.00", currency="BGN")
    settings.ASSETS = {}
    out, err = _verify(verbosity=0)
    assert out.startswith("No violation")
    assert "Wallets hold BGN, neither ISO 4217 nor in ASSETS" in err
    assert "or list it again: ASSETS=BGN:2." in err


@pytest.mark.usefixtures("db")
def test_passes_an_empty_ledger() -> None:
    assert _verify()[0] == "No violation in 0 wallets, 0 transactions, 0 entries, 0 seals\n"


def test_names_violations_and_exits_1(open_wallet: Callable[..., Wallet]) -> None:
    wallet, out = open_wallet("100.00"), StringIO()
    damage(f"UPDATE wallets SET available = {money('90')} WHERE id = {wallet.pk}")
    with pytest.raises(CommandError, match="1 violations in 2 wallets") as caught:
        call_command("verify_ledger", stdout=out, stderr=StringIO())
    assert caught.value.returncode == 1
    named = f"balance_is_available_plus_held: wallet {wallet.pk}: balance 100, available + held 90"
    assert out.getvalue() == f"{named}\n"


@pytest.mark.parametrize("batch", ["0", "-1", "many", "1000001", "9" * 23])
def test_refuses_a_batch_of_no_wallets_or_of_all_at_once(batch: str) -> None:
    with pytest.raises(CommandError, match="not a number from 1 to 1000000"):
        call_command("verify_ledger", f"--batch={batch}")
