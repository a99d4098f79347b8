"""What the HTTP API should answer, and what wallets then hold: the ledger in a few pages. Pure.

Each verb returns the status and the code that the answer must have; the code is empty for a
success, which is the only thing that changes the model.
"""

from tests.api.model.limits import Limits as Model
from tests.api.model.wallets import Verdict

#: Refusals that a key keeps: the state's.
KEPT = frozenset(
    {
        "insufficient_funds",
        "limit_exceeded",
        "wallet_frozen",
        "wallet_closed",
        "wallet_not_empty",
        "overdraft_in_use",
        "part_of_transfer",
        "part_of_hold",
        "hold_already_captured",
        "hold_already_voided",
        "hold_expired",
    }
)

__all__ = ["KEPT", "Model", "Verdict"]
