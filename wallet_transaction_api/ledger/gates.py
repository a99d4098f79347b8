"""Gates: payments of one process that want the same wallets go one after the other, for a while.

It only spares them attempts in vain, each of which is a transaction that is rolled back: a wallet
that is paid by many, or two that pay each other, would else be found locked most of the time.
Nothing depends on it. Who has waited long enough tries without, so that a payer whose own wallet
is kept busy holds up nobody for longer.
"""

import time

from django.db import connection

from wallet_transaction_api.ledger import waits
from wallet_transaction_api.ledger.queues import Queues

#: Seconds to wait at gates: a dozen payments' time.
LONGEST = 0.2
_wallets = Queues()


def enter(*wallet_ids: int) -> None:
    """Wait for the wallets' gates, in id order, and keep them until the unit of work has ended.

    Not on SQLite, whose one writer we are by now, nor holding what somebody else waits for.
    """
    stack = waits.ending()
    if stack is None or connection.vendor == "sqlite" or waits.are_brief():
        return
    until = time.monotonic() + LONGEST
    for key in sorted(wallet_ids):
        stack.enter_context(_wallets.turn(key, until - time.monotonic()))
