"""The command: what it prints and how it exits."""

import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.ledger.damage import MARK, damage, money
from wallet_transaction_api import paging
from wallet_transaction_api.ledger import posting
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.management import progress
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


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show every step, however soon it comes."""
    monkeypatch.setattr(progress, "LINES", 0)
    monkeypatch.setattr(progress, "LOOKS", 0)


@pytest.mark.usefixtures("at_once")
def test_says_in_plain_lines_how_far_it_came_where_nobody_watches(
    open_wallet: Callable[..., Wallet], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "SIZE", 2)
    open_wallet("100.00")
    for _ in range(4):
        posting.post_one(Posting(wallet_id=Wallet.objects.latest("pk").pk, amount=Decimal(1)))
    _, err = _verify()
    line = r" *\d+ % of 12.0? rows, \S+/s, \d\d:\d\d passed, \S+ left"
    assert all(re.fullmatch(line, said) for said in err.splitlines())
    shares = [int(said.partition("%")[0]) for said in err.splitlines()]
    assert shares == sorted(shares)
    assert shares[-1] == 100
    assert any(0 < share < 84 for share in shares), "nothing is said on the way through a wallet"


@pytest.mark.usefixtures("at_once")
def test_draws_a_bar_on_a_terminal(open_wallet: Callable[..., Wallet]) -> None:
    open_wallet("100.00")
    terminal = StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    call_command("verify_ledger", stdout=StringIO(), stderr=terminal, no_color=True)
    assert re.search(r"\r100 %\|.+\| 4.00 of 4.00 rows, \S+/s, 00:00 left", terminal.getvalue())


@pytest.mark.usefixtures("at_once")
def test_a_violation_has_a_line_of_its_own_beside_the_progress(
    open_wallet: Callable[..., Wallet],
) -> None:
    wallet, both = open_wallet("100.00"), StringIO()
    damage(f"UPDATE wallets SET available = {money('90')} WHERE id = {wallet.pk}")
    with pytest.raises(CommandError):
        call_command("verify_ledger", stdout=both, stderr=both)
    lines = both.getvalue().splitlines()
    assert [line for line in lines if line.startswith("balance_is_available_plus_held: wallet")]
    assert "\r" not in both.getvalue()


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
