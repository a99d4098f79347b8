"""Idempotency records: what was answered to a key, kept with the money it moved."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from wallet_transaction_api.fields import ExactCharField


class IdempotencyRecord(models.Model):
    """One remembered answer. Written by `ledger.idempotency` only, purged when it is old."""

    #: The credential's owner. Not a foreign key: no posting shall wait for a user's row.
    owner_id = models.BigIntegerField()
    key = ExactCharField(max_length=255)
    fingerprint = ExactCharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField()
    #: Ids, separated by commas, of the wallets that the request reached; null in older records.
    wallet_ids = models.TextField(null=True)  # noqa: DJ001 null is "not noted", "" is "none"
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        db_table = "idempotency_records"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["owner_id", "key"], name="idempotency_records_key"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id}/{self.key}"
