"""The commands around seals: what they print, and how they exit."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.ledger.damage import MARK, damage
from wallet_transaction_api.models import Seal, Wallet

pytestmark = MARK


def _run(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_says_what_it_sealed_and_where_the_chain_ends(open_wallet: Callable[..., Wallet]) -> None:
    open_wallet("100.00")
    out = _run("seal_journal")
    digest = Seal.objects.get().digest
    assert out == f"1 entries sealed by 1 seals\nhead: seal 1 {digest}\n"
    assert _run("seal_journal") == f"0 entries sealed by 0 seals\nhead: seal 1 {digest}\n"
    assert "1 seals" in _run("verify_ledger", "--seal", digest)


def test_a_head_that_is_gone_is_a_violation(open_wallet: Callable[..., Wallet]) -> None:
    open_wallet("100.00")
    digest = _run("seal_journal").split()[-1]
    damage("DELETE FROM seals")
    with pytest.raises(CommandError, match="1 violations") as caught:
        _run("verify_ledger", "--seal", digest)
    assert caught.value.returncode == 1


def test_a_broken_journal_is_not_sealed(open_wallet: Callable[..., Wallet]) -> None:
    wallet = open_wallet("100.00")
    damage(f"DELETE FROM entries WHERE wallet_id = {wallet.pk}")
    with pytest.raises(CommandError, match="is missing"):
        _run("seal_journal")


@pytest.mark.parametrize("text", ["", "abc", "G" * 64, "A" * 64, "0" * 63])
def test_refuses_a_head_that_is_none(text: str) -> None:
    with pytest.raises(CommandError, match="not a SHA-256"):
        call_command("verify_ledger", f"--seal={text}")
