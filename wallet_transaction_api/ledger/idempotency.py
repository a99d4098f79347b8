"""Exactly once under a key: the answer is kept in the database transaction that moves the money.

A key is its owner's. The first request under it does its work and keeps its answer, a refusal
by the state included; a later one with the same fingerprint gets that answer again, one with
another fingerprint is refused. What failed otherwise is kept for nobody: it left no trace. Nor is
what moved no money and reserved none, if doing it again does the same (`Answer.is_kept`).
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any, TypeAlias

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from wallet_transaction_api import sql
from wallet_transaction_api.ledger import errors, in_flight, statements
from wallet_transaction_api.ledger.claims import Answer, Claim, Kept, Name
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.models import IdempotencyRecord

Found: TypeAlias = Kept | errors.LedgerError
#: What is done before a unit of work and after it.
Around: TypeAlias = Callable[[], AbstractContextManager[None]]


def once(
    claim: Claim,
    work: Callable[[], Any],
    *,
    by_state: tuple[type[Exception], ...] = (errors.StateRefusal,),
    around: Around = nullcontext,
) -> Kept:
    """Run `work` in one database transaction with the keeping of its answer, once per key.

    Raises `IdempotencyInProgress`, `IdempotencyKeyReused`, and what `work` raises unless it is
    a refusal by the state (`by_state`): that is written, kept and returned like a success.
    `around` is entered by who alone has the key here, before the transaction.
    """
    with in_flight.only_here(claim), around(), in_flight.freed([claim]):
        return in_transaction(lambda: _once(claim, lambda: _outcome(work, by_state)))


def find(claim: Claim) -> Kept | None:
    """Return what was kept, before anything is done; raises `IdempotencyKeyReused`."""
    found = _found([claim], _rows([claim])).get(claim.name)
    if isinstance(found, errors.LedgerError):
        raise found
    return found


def take(claims: Sequence[Claim]) -> dict[Name, Found]:
    """Take the claims for the open transaction; return the answer or refusal of those not free.

    Nobody else works on the others until it ends.
    """
    busy = in_flight.busy(claims)
    free = [claim for claim in claims if claim.name not in busy]
    rows = _rows(free)
    expired = [{"record": row["id"]} for row in rows if _is_expired(row)]
    sql.execute_each(statements.forget_answer, expired)
    return {name: errors.IdempotencyInProgress() for name in busy} | _found(free, rows)


def keep(answers: Iterable[tuple[Claim, Answer]]) -> None:
    """Keep the answers, in the transaction in which the claims were taken."""
    rows = [_columns(claim, answer) for claim, answer in answers if answer.is_kept]
    sql.insert(statements.keep_answer, rows)


def is_definitive(outcome: object) -> bool:
    """Tell whether the same request would be answered the same: what is kept."""
    return isinstance(outcome, errors.StateRefusal) or not isinstance(outcome, errors.LedgerError)


def purge(*, batch: int = 1000) -> int:
    """Remove one batch of expired records; return how many they were."""
    expired = IdempotencyRecord.objects.filter(created_at__lte=_horizon())
    keys = list(expired.order_by("created_at").values_list("pk", flat=True)[:batch])
    return int(IdempotencyRecord.objects.filter(pk__in=keys).delete()[0])


def _once(claim: Claim, outcome: Callable[[], Any]) -> Kept:
    found = take([claim]).get(claim.name)
    if isinstance(found, errors.LedgerError):
        raise found
    if found is not None:
        return found
    answer = claim.write(outcome())
    keep([(claim, answer)])
    return Kept(answer=answer, is_replay=False)


def _outcome(work: Callable[[], Any], by_state: tuple[type[Exception], ...]) -> Any:
    """Return the result, or the refusal with all that led to it undone.

    Raises `LedgerUnreachable` if it could not be undone alone: the connection is gone, so all is.
    """
    try:
        with transaction.atomic():
            return work()
    except by_state as refusal:
        if transaction.get_rollback():
            raise errors.LedgerUnreachable from refusal
        return refusal


def _replay(claim: Claim, row: sql.Row) -> Found:
    if row["fingerprint"] != claim.fingerprint:
        return errors.IdempotencyKeyReused()
    answer = Answer(
        status=row["status"],
        body=row["body"],
        headers=row["headers"],
        wallet_ids=_read_ids(row["wallet_ids"]),
    )
    return Kept(answer=answer, is_replay=True)


def _columns(claim: Claim, answer: Answer) -> dict[str, Any]:
    return {
        "owner_id": claim.owner_id,
        "key": claim.key,
        "fingerprint": claim.fingerprint,
        "status": answer.status,
        "headers": dict(answer.headers),
        "body": answer.body,
        "created_at": timezone.now(),
        "wallet_ids": ",".join(map(str, answer.wallet_ids or ())),
    }


def _read_ids(text: str | None) -> tuple[int, ...] | None:
    return None if text is None else tuple(map(int, filter(None, text.split(","))))


def _rows(claims: Sequence[Claim]) -> list[sql.Row]:
    if not claims:
        return []
    params: dict[str, Any] = {}
    for index, claim in enumerate(claims):
        params |= sql.numbered({"owner": claim.owner_id, "key": claim.key}, index)
    return sql.fetch(statements.kept_answers, len(claims), params=params)


def _found(claims: Sequence[Claim], rows: Sequence[sql.Row]) -> dict[Name, Found]:
    kept = {(row["owner_id"], row["key"]): row for row in rows if not _is_expired(row)}
    return {c.name: _replay(c, kept[c.name]) for c in claims if c.name in kept}


def _is_expired(row: sql.Row) -> bool:
    return bool(row["created_at"] <= _horizon())


def _horizon() -> Any:
    """Return the moment before which nothing is remembered any more."""
    return timezone.now() - timedelta(days=settings.IDEMPOTENCY_DAYS)
