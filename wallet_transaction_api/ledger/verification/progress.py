"""How far the verification came: rows by their kind."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many rows of each kind there are, or were checked since the last report."""

    wallets: int = 0
    transactions: int = 0
    entries: int = 0
    transfers: int = 0
    holds: int = 0
    hold_entries: int = 0
    seals: int = 0
    #: Entries of either journal that the seals cover: they are read and digested once more.
    sealed: int = 0

    @property
    def rows(self) -> int:
        """All of them together."""
        return sum(getattr(self, field.name) for field in fields(self))
