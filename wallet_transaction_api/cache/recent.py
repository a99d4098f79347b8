"""A wallet's newest transactions, with the version of the wallet that they belong to."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F

from wallet_transaction_api.models import Transaction

#: How many make a page of a history.
PAGE = 20
#: How many are cached a wallet: the first page, and one that tells whether there is a next.
KEPT = PAGE + 1
_COLUMNS = ("id", "txid", "amount", "kind", "description", "balance_after", "created_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The rows; `uuid` and `version` are None where there are none."""

    rows: list[dict[str, Any]]
    uuid: UUID | None = None
    version: int | None = None


def of_wallet(wallet_id: int, limit: int, *, before: int | None = None) -> Recent:
    """Read the newest, or those older than the transaction `before`.

    One statement, so that rows and version are of the same moment.
    """
    visible = Transaction.objects.visible().filter(wallet_id=wallet_id).order_by("-id")
    if before is not None:
        visible = visible.filter(pk__lt=before)
    rows = list(
        visible.values(
            *_COLUMNS, wallet_uuid=F("wallet__uuid"), wallet_version=F("wallet__version")
        )[:limit]
    )
    labels = [(row.pop("wallet_uuid"), row.pop("wallet_version")) for row in rows]
    if not labels:
        return Recent(rows=rows)
    uuid, version = labels[0]
    return Recent(rows=rows, uuid=uuid, version=version)
