"""Postings of the model: what wallets, transactions and transfers answer and become."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from tests.api.model.wallets import INVALID, NOT_FOUND, ModelWallet, Use, Verdict

#: An hour, a day and a month are about to end.
DAWN = datetime(2030, 1, 31, 21, 50, tzinfo=UTC)


@dataclass
class Post:
    """A visible transaction; `part_of` a transfer or a hold, or of nothing."""

    wallet: int
    amount: Decimal
    is_opening: bool = False
    part_of: str = ""


@dataclass
class ModelTransfer:
    """A visible transfer and the ids of its legs."""

    source: int
    destination: int
    amount: Decimal
    legs: list[int] = field(default_factory=list)


class Postings:
    """Wallets, transactions and transfers by their ids; what is gone is absent."""

    def __init__(self) -> None:
        self.now = DAWN
        self.wallets: dict[int, ModelWallet] = {}
        self.posts: dict[int, Post] = {}
        self.transfers: dict[int, ModelTransfer] = {}

    def post(self, wallet: int, amount: Decimal) -> Verdict:
        """Judge a posting; the caller notes its id by `posted`."""
        if wallet not in self.wallets:
            return NOT_FOUND
        if not amount:
            return INVALID
        return self.wallets[wallet].refusal(amount, self._use(amount)) or (201, "")

    def posted(self, key: int, post: Post) -> None:
        """Note a transaction that was posted."""
        self.noted(key, post, self._use(post.amount))

    def noted(self, key: int, post: Post, use: Use | None = None) -> None:
        """Note a transaction, and what of it counts against limits."""
        self.posts[key] = post
        self.wallets[post.wallet].move(post.amount, use)

    def amend(self, key: int, amount: Decimal) -> Verdict:
        """Amend a transaction's amount."""
        if key not in self.posts:
            return NOT_FOUND
        post = self.posts[key]
        if not amount or (post.is_opening and amount < 0):
            return INVALID
        difference = amount - post.amount
        if difference and post.part_of:
            return 409, f"part_of_{post.part_of}"
        use = self._use_of_edit(post.amount, amount)
        refusal = self.wallets[post.wallet].refusal(difference, use)
        if refusal:
            return refusal
        self.wallets[post.wallet].move(difference, use)
        post.amount = amount
        return 200, ""

    def delete(self, key: int) -> Verdict:
        """Take a transaction back."""
        if key not in self.posts:
            return NOT_FOUND
        post = self.posts[key]
        if post.part_of:
            return 409, f"part_of_{post.part_of}"
        refusal = self.wallets[post.wallet].refusal(-post.amount)
        if refusal:
            return refusal
        self.wallets[post.wallet].move(-post.amount)
        del self.posts[key]
        return 204, ""

    def transfer(self, source: int, destination: int, amount: Decimal) -> Verdict:
        """Judge a transfer; the caller notes it by `transferred`."""
        if source not in self.wallets or destination not in self.wallets:
            return NOT_FOUND
        if amount <= 0:
            return INVALID
        if source == destination:
            return 422, "self_transfer"
        leaving = self.wallets[source].refusal(-amount, self._use(-amount))
        arriving = self.wallets[destination].refusal(amount, self._use(amount))
        return leaving or arriving or (201, "")

    def transferred(self, key: int, transfer: ModelTransfer) -> None:
        """Note a transfer that was made."""
        self.transfers[key] = transfer
        ends = ((transfer.source, -transfer.amount), (transfer.destination, transfer.amount))
        for leg, (wallet, amount) in zip(transfer.legs, ends, strict=True):
            self.posted(leg, Post(wallet, amount, part_of="transfer"))

    def reverse(self, key: int) -> Verdict:
        """Take a transfer back: from who got it, then to who gave it."""
        if key not in self.transfers:
            return NOT_FOUND
        gone = self.transfers[key]
        arrived, left = self.wallets[gone.destination], self.wallets[gone.source]
        refusal = arrived.refusal(-gone.amount) or left.refusal(gone.amount)
        if refusal:
            return refusal
        arrived.move(-gone.amount)
        left.move(gone.amount)
        del self.transfers[key]
        for leg in gone.legs:
            del self.posts[leg]
        return 204, ""

    def set_status(self, key: int, status: str) -> Verdict:
        """Freeze, thaw, close, reopen."""
        if key not in self.wallets:
            return NOT_FOUND
        wallet = self.wallets[key]
        if status == "closed" != wallet.status and not wallet.is_empty:
            return 409, "wallet_not_empty"
        wallet.status = status
        return 200, ""

    def set_overdraft_limit(self, key: int, limit: Decimal) -> Verdict:
        """Give a wallet another overdraft limit."""
        if key not in self.wallets:
            return NOT_FOUND
        if self.wallets[key].available < -limit:
            return 409, "overdraft_in_use"
        self.wallets[key].limit = limit
        return 200, ""

    def close(self, key: int) -> Verdict:
        """Close a wallet, or erase one without history."""
        wallet = self.wallets.get(key)
        if wallet is None or wallet.status == "closed":
            return NOT_FOUND
        if wallet.status == "frozen":
            return 409, "wallet_frozen"
        if not wallet.is_empty:
            return 409, "wallet_not_empty"
        wallet.status = "closed"
        if not wallet.moved:
            del self.wallets[key]
        return 204, ""

    def _use(self, amount: Decimal) -> Use:
        return Use(self.now, amount, amount)

    def _use_of_edit(self, before: Decimal, after: Decimal) -> Use | None:
        """Return what an edit uses: the difference upward, all of it in the other direction."""
        more = after - before if before * after > 0 else after
        return Use(self.now, more, after, times=0) if more * after > 0 else None
