"""Audit records: who did what to which resource, and by which request."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from wallet_transaction_api.fields import ExactCharField
from wallet_transaction_api.querysets import AuditQuerySet, MoneyIsPosted


class AuditRecord(models.Model):
    """One thing that was done. Written by `ledger.auditing` only, never changed, never removed."""

    class Subject(models.TextChoices):
        """The type of the resource that it was done to."""

        WALLETS = "wallets"
        LIMITS = "limits"
        HOLDS = "holds"
        TRANSACTIONS = "transactions"
        TRANSFERS = "transfers"

    class Action(models.TextChoices):
        """What was done: to wallets, to limits, to holds, to transactions and transfers."""

        OPENED = "opened"
        CHANGED = "changed"
        FROZEN = "frozen"
        UNFROZEN = "unfrozen"
        CLOSED = "closed"
        REOPENED = "reopened"
        ERASED = "erased"
        SET = "set"
        REMOVED = "removed"
        PLACED = "placed"
        CAPTURED = "captured"
        VOIDED = "voided"
        EXPIRED = "expired"
        AMENDED = "amended"
        REVERSED = "reversed"

    # No foreign keys: nothing waits for the rows named here, and a record outlives them.
    subject_type = ExactCharField(max_length=15, choices=Subject.choices)
    subject_id = models.BigIntegerField()
    #: The wallet that it belongs to; of a transfer the source.
    wallet_id = models.BigIntegerField()
    action = ExactCharField(max_length=10, choices=Action.choices)
    #: The user who acted and what they were called then; the name alone is a program's.
    actor_id = models.BigIntegerField(null=True)
    actor = ExactCharField(max_length=150)
    request_id = ExactCharField(max_length=64, null=True)
    #: What differed, before and after; all of it where the resource came or went.
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AuditQuerySet.as_manager()

    class Meta:
        db_table = "audit_records"
        base_manager_name = "objects"  # what Django itself uses is guarded too
        # One for each filter of the API, in the order of its pages where it may find many.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["created_at", "id"], name="audit_by_time"),
            models.Index(fields=["subject_id"], name="audit_of_subject"),
            models.Index(fields=["request_id"], name="audit_of_request"),
            models.Index(fields=["subject_type", "created_at", "id"], name="audit_of_type"),
            models.Index(fields=["wallet_id", "created_at", "id"], name="audit_of_wallet"),
            models.Index(fields=["action", "created_at", "id"], name="audit_of_action"),
            models.Index(fields=["actor_id", "created_at", "id"], name="audit_of_actor"),
            models.Index(fields=["actor", "created_at", "id"], name="audit_of_name"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type}/{self.subject_id} {self.action} by {self.actor}"

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Refuse. A fixture's records do not come here; `signals` refuses them."""
        raise MoneyIsPosted(AuditQuerySet.REFUSAL)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise MoneyIsPosted(AuditQuerySet.REFUSAL)
