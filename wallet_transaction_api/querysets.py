"""Query sets that keep plain Django code from writing money past the posting engine."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Coalesce

from wallet_transaction_api import intents, money
from wallet_transaction_api.arithmetic import Plus
from wallet_transaction_api.fields import ExactCharField, MoneyField


class MoneyIsPosted(Exception):
    """Money columns and journal entries are written by the posting engine only."""


class _Guarded(models.QuerySet[Any]):
    """Refuses set-wise updates of the columns in `guarded`."""

    guarded: frozenset[str] = frozenset()
    #: The column with the id of the wallet that a row's deletion locks.
    locks: str = "pk"

    def update(self, **kwargs: Any) -> int:
        """Update and let versions grow; raises `MoneyIsPosted` for the engine's own columns."""
        refused = self.guarded & kwargs.keys()
        if refused:
            raise MoneyIsPosted(f"{', '.join(sorted(refused))}: save the rows one by one")
        return super().update(**kwargs, version=models.F("version") + 1)

    def _one_by_one(self) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            # In the order in which all lock wallets; rows of one wallet in their own order.
            rows = sorted(self, key=attrgetter(self.locks))
            for row in rows:
                row.delete()
        return len(rows), {self.model._meta.label: len(rows)} if rows else {}


class WalletQuerySet(_Guarded):
    """Wallets; their balances are read here and written by postings."""

    guarded = frozenset(
        {"balance", "held", "available", "floor", "status", "currency", "label", "metadata"}
    ) | frozenset(
        {"version", "last_sequence", "updated_at", "uuid", "owner", "owner_id", "default_for"}
        | {"next_expiry_at", "is_limited"}
    )

    def as_of(self, moment: datetime) -> "WalletQuerySet":
        """Add `available_now` and `held_now`: without the holds that have expired by then."""
        has_due = models.Q(next_expiry_at__lte=moment)
        freed = Plus(models.F("available"), self._pending(expires_at__lte=moment))
        left = self._pending(expires_at__gt=moment)
        annotated: WalletQuerySet = self.annotate(
            available_now=_if(has_due, freed, models.F("available")),
            held_now=_if(has_due, left, models.F("held")),
        )
        return annotated

    def _pending(self, **condition: datetime) -> Coalesce:
        holds = self.model._meta.get_field("holds").related_model.objects
        pending = holds.filter(wallet=models.OuterRef("pk"), status="pending", **condition)
        total = pending.order_by().values("wallet").annotate(total=models.Sum("amount"))
        nothing = models.Value(money.ZERO, output_field=MoneyField())
        return Coalesce(models.Subquery(total.values("total")), nothing)

    def bulk_create(  # type: ignore[override]
        self, objs: Iterable[Any], batch_size: int | None = None, **kwargs: Any
    ) -> list[Any]:
        """Create the wallets one by one, so that opening balances are posted."""
        _refuse_conflict_options(kwargs)
        with transaction.atomic():
            wallets = list(objs)
            for wallet in wallets:
                wallet.save(force_insert=True)
        return wallets

    def delete(self) -> tuple[int, dict[str, int]]:
        """Erase or close each wallet by the ledger's rules, all or none."""
        return self._one_by_one()


class TransactionQuerySet(_Guarded):
    """Transactions; the visible ones of a wallet always sum to its balance."""

    locks = "wallet_id"

    #: All there is: an edit also counts in the wallet's version, and a frozen one refuses it.
    guarded = frozenset(
        {"wallet", "wallet_id", "txid", "amount", "kind", "balance_after", "description"}
        | {"metadata", "version", "created_at", "updated_at", "deleted_at"}
        | {"client_txid", "transfer", "transfer_id"}
    )

    def visible(self) -> "TransactionQuerySet":
        """Leave out the reversed ones."""
        return self.filter(deleted_at=None)

    def hide(self, row: Any, *, at: datetime) -> None:
        """Mark a transaction reversed; for the posting engine, under the wallet's lock."""
        hidden = {"deleted_at": at, "updated_at": at, "version": models.F("version") + 1}
        models.QuerySet.update(self.filter(pk=row.pk), **hidden)

    def bulk_create(  # type: ignore[override]
        self, objs: Iterable[Any], batch_size: int | None = None, **kwargs: Any
    ) -> list[Any]:
        """Post all of them at once, all or none; options of Django's own are refused."""
        _refuse_conflict_options(kwargs)
        instances = list(objs)
        if instances:
            with transaction.atomic():
                intents.announce(intents.bulk_posting, sender=self.model, instances=instances)
        return instances

    def delete(self) -> tuple[int, dict[str, int]]:
        """Reverse each transaction, all or none."""
        return self._one_by_one()


class TransferQuerySet(_Guarded):
    """Transfers: written by the ledger, together with their legs."""

    REFUSAL = "transfers are written by the ledger, together with their legs"
    guarded = frozenset(
        {"txid", "source", "source_id", "destination", "destination_id", "amount"}
        | {"destination_amount", "rate", "description", "metadata", "actor", "actor_id"}
        | {"version", "created_at", "updated_at", "deleted_at"}
    )

    def visible(self) -> "TransferQuerySet":
        """Leave out the reversed ones."""
        return self.filter(deleted_at=None)

    def hide(self, row: Any, *, at: datetime) -> None:
        """Mark a transfer reversed; for the ledger, under both wallets' locks."""
        hidden = {"deleted_at": at, "updated_at": at, "version": models.F("version") + 1}
        models.QuerySet.update(self.filter(pk=row.pk), **hidden)

    def write(self, row: Any, names: Iterable[str]) -> None:
        """Store these columns of an amended transfer; for the ledger, likewise."""
        changed = {name: getattr(row, name) for name in names}
        models.QuerySet.update(self.filter(pk=row.pk), **changed)

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise MoneyIsPosted(self.REFUSAL)

    delete = bulk_create = bulk_update = _refuse


class _Closed(models.QuerySet[Any]):
    """Rows to be read; only the ledger writes them."""

    REFUSAL = ""

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise MoneyIsPosted(self.REFUSAL)

    update = delete = bulk_create = bulk_update = _refuse


class EntryQuerySet(_Closed):
    """The journal: read it, nothing else."""

    REFUSAL = "the journal is written by the posting engine and never changed"


class AuditQuerySet(_Closed):
    """Audit records: likewise."""

    REFUSAL = "audit records are written by the ledger with what they tell about, never changed"


class HoldEntryQuerySet(_Closed):
    """The journal of holds, likewise."""

    REFUSAL = "the journal of holds is written by the ledger and never changed"


class _Kept(_Closed):
    """Rows that the ledger writes one by one, under their wallet's lock."""

    def insert(self, row: Any) -> None:
        """Insert a row; for the ledger."""
        models.Model.save_base(row, force_insert=True)

    def write(self, key: int, **columns: Any) -> int:
        """Change a row of this set and count the change; return whether there was one."""
        changes = {**columns, "version": models.F("version") + 1}
        return models.QuerySet.update(self.filter(pk=key), **changes)


class HoldQuerySet(_Kept):
    """Holds: placed, captured and voided by the ledger, never removed."""

    REFUSAL = "holds are placed, captured and voided by the ledger"

    def as_of(self, moment: datetime) -> "HoldQuerySet":
        """Add `current_status`: a pending hold that is due by then has expired."""
        is_due = models.Q(status="pending", expires_at__lte=moment)
        told = models.Case(
            models.When(is_due, then=models.Value("expired")),
            default=models.F("status"),
            output_field=ExactCharField(),
        )
        annotated: HoldQuerySet = self.annotate(current_status=told)
        return annotated


class LimitQuerySet(_Kept):
    """Limits: set, changed and removed by the ledger."""

    REFUSAL = "limits are set, changed and removed by the ledger"

    def remove(self) -> int:
        """Remove the rows of this set; for the ledger. Nothing refers to a limit."""
        return int(self._raw_delete(self.db))


def _if(condition: models.Q, then: Any, otherwise: Any) -> models.Case:
    """Choose between two amounts."""
    return models.Case(
        models.When(condition, then=then), default=otherwise, output_field=MoneyField()
    )


def _refuse_conflict_options(options: dict[str, Any]) -> None:
    if any(options.values()):
        raise MoneyIsPosted("bulk_create takes no conflict options here")
