"""What is to be posted, and what became of it. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from wallet_transaction_api import origins
from wallet_transaction_api.ledger import errors
from wallet_transaction_api.ledger.claims import Claim, Kept, Name
from wallet_transaction_api.ledger.journal import Movement


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A signed amount to be posted to a wallet, in the wallet's currency.

    `txid` and `kind` may be empty: the server makes one, the sign says the other. With
    `may_raise=False` a positive amount is refused (`SELF_CREDIT=false`). A transfer's leg names
    its transfer, and the source leg carries the transfer's txid as `client_txid`.
    """

    wallet_id: int
    amount: Decimal
    kind: str = ""
    txid: str = ""
    description: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    actor_id: int | None = None
    may_raise: bool = True
    transfer_id: int | None = None
    client_txid: str | None = None
    #: The request that asked for it. It travels along: who leads a group posts for other requests.
    request_id: str | None = field(default_factory=origins.request_id)
    #: The idempotency key to post under; the outcome is then the answer `Kept` for it.
    claim: Claim | None = None

    @property
    def claim_name(self) -> Name | None:
        """What the claim is known by, if there is one."""
        return self.claim.name if self.claim else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A posting as stored: the transaction's id, its final txid and kind, and its movement."""

    transaction_id: int
    posting: Posting
    movement: Movement
    currency: str


#: What a posting is answered by when it has no claim, and by one that has.
Recorded: TypeAlias = Posted | errors.LedgerError
Outcome: TypeAlias = Recorded | Kept
