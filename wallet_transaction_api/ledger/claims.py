"""Who claims an idempotency key, for what, and the answer that is kept under it. Plain data.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Name: TypeAlias = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as an API gives it: enough to give it again, byte for byte.

    `wallet_ids` are the wallets that the request reached, as far as its caller sees them: whoever
    lost the right to one of them gets no replay. None where an earlier release did not note them.
    An answer that is not `is_kept` leaves its key free.
    """

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    wallet_ids: tuple[int, ...] | None = ()
    is_kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One request under a key of its credential's owner.

    `fingerprint` tells requests apart that use the same key. `write` makes the answer of what
    the ledger did (a refusal of the state included); it runs inside the database transaction,
    so it must not do anything but write.
    """

    owner_id: int
    key: str
    fingerprint: str
    write: Callable[[Any], Answer]

    @property
    def name(self) -> Name:
        """What no two requests may claim at a time."""
        return self.owner_id, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The answer to a claim; `is_replay` tells that an earlier request got it first."""

    answer: Answer
    is_replay: bool
