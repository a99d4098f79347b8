"""What is done with the whole ledger: money for transfers, and how long its verification takes."""

import io
import time
from decimal import Decimal
from typing import Any

from django.core.management import call_command

from wallet_transaction_api.ledger import posting
from wallet_transaction_api.ledger.posting import Posting

_FUNDS = Decimal(1_000_000)
_TOGETHER = 500


def fund(*wallets: int) -> dict[str, int]:
    """Post an amount to each of the wallets that no benchmark uses up."""
    for start in range(0, len(wallets), _TOGETHER):
        some = wallets[start : start + _TOGETHER]
        posting.post_all([Posting(wallet_id=key, amount=_FUNDS) for key in some])
    return {"postings": len(wallets)}


def verify() -> dict[str, Any]:
    """Run `verify_ledger`, which raises at a violation; return its seconds and last line."""
    said, begun = io.StringIO(), time.perf_counter()
    call_command("verify_ledger", verbosity=0, stdout=said)
    return {"seconds": time.perf_counter() - begun, "said": said.getvalue().strip()}
