"""What the ledger's models share: saving as one unit, and knowing what was loaded."""

from typing import Any, ClassVar, Self

from django.db import models, transaction


class LedgerModel(models.Model):
    """A row whose saving is one database transaction, its signals included."""

    #: The columns as the database had them, to tell an edit from a stale copy.
    loaded: dict[str, Any]
    #: Who acts, for the journal; set it before saving or deleting. Not stored here.
    actor_id: int | None = None
    #: Whether this change may raise the owner's own total (`SELF_CREDIT`). Not stored here.
    may_raise: bool = True
    #: What the engine took the row for, to be told from what Django did; between the signals only.
    is_new: bool = False

    #: What the engine moves along with any change; a partial save carries these columns too.
    MOVED_ALONG: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loaded = {}

    def save(self, **kwargs: Any) -> None:
        """Save; a partial save also carries the columns that the engine moves along."""
        names, deferred = kwargs.get("update_fields"), self.MOVED_ALONG & self.get_deferred_fields()
        if names:
            kwargs["update_fields"] = {*names, *self.MOVED_ALONG}
        elif names is None and deferred and not self._state.adding:
            # Django saves the loaded columns only, and these have to be among them.
            self.refresh_from_db(fields=deferred)
        super().save(**kwargs)

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **kwargs: Any) -> Self:
        """Read a row and note what was read."""
        row = super().from_db(db, field_names, values, **kwargs)
        row.loaded = dict(zip(field_names, values, strict=False))
        return row

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """Save, signals included, in one database transaction."""
        with transaction.atomic():
            super().save_base(*args, **kwargs)

    def refresh_from_db(  # type: ignore[override]
        self, using: str | None = None, fields: Any = None, **kwargs: Any
    ) -> None:
        """Reload; what was read is what counts as loaded from now on."""
        super().refresh_from_db(using, fields, **kwargs)
        names = fields or [field.attname for field in self._meta.concrete_fields]
        self.loaded.update({name: self.__dict__[name] for name in names if name in self.__dict__})
