"""Posting new transactions, one or many at once: the way that all money moves."""

from collections.abc import Callable, Sequence
from typing import Any

from wallet_transaction_api.ledger import errors, idempotency, in_flight
from wallet_transaction_api.ledger.claims import Claim, Kept
from wallet_transaction_api.ledger.journal import Book
from wallet_transaction_api.ledger.locks import Way
from wallet_transaction_api.ledger.postings import Outcome, Posted, Posting, Recorded
from wallet_transaction_api.ledger.recording import record, record_all
from wallet_transaction_api.ledger.units import in_transaction

__all__ = ["Outcome", "Posted", "Posting", "post", "post_all", "post_once", "post_one"]


def post(postings: Sequence[Posting]) -> list[Outcome]:
    """Post each on its own merits, in one database transaction; outcomes in the same order.

    A refused posting is answered by its refusal and leaves its neighbours alone. One with a
    claim is answered by what is kept for it: its own answer, or an earlier request's. Raises
    only what concerns all of them (`LedgerBusy`, a database error): then nothing was posted.
    """
    return _each(_in_unit(postings, waiting=True))


def post_unlocked(postings: Sequence[Posting]) -> list[Outcome | None]:
    """Post as `post` does, but wait for nobody: None for what is on a wallet that is locked.

    A missing wallet looks like a locked one here. Nothing was done for a posting answered None.
    """
    return _in_unit(postings, waiting=False)


def post_when_locked(wallet_id: int, gather: Callable[[], Sequence[Posting]]) -> list[Outcome]:
    """Lock the wallet, then post as `post` does what `gather` finds to be posted to it by then.

    A unit that is run again gathers again: `gather` is to give what it gave, and more.
    """
    claims: list[Claim] = []

    def work() -> list[Outcome | None]:
        book = Book([wallet_id])
        postings = gather()
        claims[:] = _claims(postings)
        return _post(postings, claims, waiting=True, book=book)

    with in_flight.freed(claims):
        return _each(in_transaction(work))


def post_all(postings: Sequence[Posting]) -> list[Posted]:
    """Post all or none: the first refusal is raised before anything is written.

    So it also holds inside a caller's open transaction, which nobody here could undo. Heeds no
    claims.
    """

    def work() -> list[Posted]:
        return record_all(postings, Book(_wallets(postings)))

    return in_transaction(work)


def post_one(posting: Posting) -> Posted:
    """Post one without a claim; raises its refusal."""
    return posted(post([posting])[0])


def post_once(posting: Posting) -> Kept:
    """Post one under its claim; see `idempotency.once` for what is returned and raised."""
    assert posting.claim is not None  # noqa: S101 without one there is nothing to keep
    with in_flight.only_here(posting.claim):
        return kept(post([posting])[0])


def posted(outcome: Outcome) -> Posted:
    """Return the posting as stored; raise its refusal."""
    if not isinstance(outcome, Posted):
        raise outcome if isinstance(outcome, errors.LedgerError) else TypeError("kept, not posted")
    return outcome


def kept(outcome: Outcome) -> Kept:
    """Return the answer that is kept; raise a refusal that nobody keeps."""
    if not isinstance(outcome, Kept):
        raise outcome if isinstance(outcome, errors.LedgerError) else TypeError("posted, not kept")
    return outcome


def _in_unit(postings: Sequence[Posting], *, waiting: bool) -> list[Outcome | None]:
    claims = _claims(postings)
    with in_flight.freed(claims):
        return in_transaction(lambda: _post(postings, claims, waiting=waiting))


def _post(
    postings: Sequence[Posting],
    claims: Sequence[Claim],
    *,
    waiting: bool,
    book: Book | None = None,
) -> list[Outcome | None]:
    found: dict[Any, Outcome] = dict(idempotency.take(claims))
    fresh = [posting for posting in postings if posting.claim_name not in found]
    book = book or Book(_wallets(fresh), way=Way.WAIT if waiting else Way.SKIP)
    free = [posting for posting in fresh if waiting or posting.wallet_id in book]
    outcomes = iter(_keeping(free, record(free, book)))
    # By position: a caller may well ask for the very same posting twice.
    return [
        found.get(item.claim_name)
        or (next(outcomes) if waiting or item.wallet_id in book else None)
        for item in postings
    ]


def _keeping(postings: Sequence[Posting], recorded: Sequence[Recorded]) -> list[Outcome]:
    """Keep the answers of those with a claim, all at once; the others' outcomes stay."""
    outcomes: list[Outcome] = list(recorded)
    answers = []
    for index, (posting, outcome) in enumerate(zip(postings, recorded, strict=True)):
        if posting.claim and idempotency.is_definitive(outcome):
            answer = posting.claim.write(outcome)
            answers.append((posting.claim, answer))
            outcomes[index] = Kept(answer=answer, is_replay=False)
    idempotency.keep(answers)
    return outcomes


def _each(outcomes: Sequence[Outcome | None]) -> list[Outcome]:
    return [outcome or errors.LedgerBusy() for outcome in outcomes]


def _claims(postings: Sequence[Posting]) -> list[Claim]:
    return [posting.claim for posting in postings if posting.claim]


def _wallets(postings: Sequence[Posting]) -> set[int]:
    return {posting.wallet_id for posting in postings}
