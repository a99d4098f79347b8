"""Wallets, transactions and transfers, as requests to both."""

import uuid
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.api.jsonapi.conftest import transaction_document, update, wallet_document
from tests.api.machine.asking import Asking, cents, pick, picks, upward
from tests.api.model.postings import ModelTransfer, Post
from tests.api.model.wallets import ModelWallet
from wallet_transaction_api.models import Transaction

#: Few wallets meet often.
MOST = 4


class Moving(Asking):
    """Each rule asks both, and compares what they say."""

    def __init__(self) -> None:
        super().__init__()
        self.transfers: list[int] = []

    @initialize(opening=upward)
    def fund(self, opening: Decimal) -> None:
        """Start with two wallets, and with money in the one that stays open."""
        self.post(0, opening + 20)
        self.open(opening)

    @precondition(lambda self: len(self.wallets) < MOST)
    @rule(opening=cents)
    def open(self, opening: Decimal) -> None:
        """Open a wallet."""
        body = wallet_document(label=uuid.uuid4().hex, balance=str(opening))
        expected = (422, "amount_invalid") if opening < 0 else (201, "")
        opened = self.agree(expected, "POST", "/api/wallets", body)
        if opened:
            key = int(opened["id"])
            self.wallets.append(key)
            self.model.wallets[key] = ModelWallet()
            if opening:
                post = Transaction.objects.get(wallet=key).pk
                self.posts.append(post)
                self.model.posted(post, Post(key, opening, is_opening=True))

    @rule(wallet=picks, amount=cents)
    def post(self, wallet: int, amount: Decimal) -> None:
        """Post to a wallet."""
        key = pick(self.wallets, wallet)
        body = transaction_document(key, amount=str(amount))
        posted = self.agree(self.model.post(key, amount), "POST", "/api/transactions", body)
        if posted:
            self.posts.append(int(posted["id"]))
            self.model.posted(self.posts[-1], Post(key, amount))

    @precondition(lambda self: self.posts)
    @rule(post=picks, amount=cents)
    def amend(self, post: int, amount: Decimal) -> None:
        """Amend a transaction."""
        key = pick(self.posts, post)
        body = update("transactions", key, amount=str(amount))
        before = self.model.posts.get(key)
        same = before is not None and before.amount == amount
        verdict = self.model.amend(key, amount)
        self.agree(verdict, "PATCH", f"/api/transactions/{key}", body, is_noop=same)

    @precondition(lambda self: self.posts)
    @rule(post=picks)
    def delete(self, post: int) -> None:
        """Take a transaction back."""
        key = pick(self.posts, post)
        self.agree(self.model.delete(key), "DELETE", f"/api/transactions/{key}")

    @rule(source=picks, away=st.integers(0, 3), amount=st.one_of(upward, upward, cents))
    def transfer(self, source: int, away: int, amount: Decimal) -> None:
        """Transfer between two wallets, or one and the same."""
        left, right = (pick(self.wallets, source + further) for further in (0, away))
        ends = {"source": left, "destination": right}
        linkage = {n: {"data": {"type": "wallets", "id": str(key)}} for n, key in ends.items()}
        body = {"type": "transfers", "attributes": {"amount": str(amount)}}
        expected = self.model.transfer(left, right, amount)
        made = self.agree(
            expected, "POST", "/api/transfers", {"data": {**body, "relationships": linkage}}
        )
        if made:
            self.transfers.append(int(made["id"]))
            rows = Transaction.objects.filter(transfer=int(made["id"])).order_by("amount")
            legs = list(rows.values_list("pk", flat=True))
            self.posts += legs
            self.model.transferred(self.transfers[-1], ModelTransfer(left, right, amount, legs))

    @precondition(lambda self: self.transfers)
    @rule(transfer=picks)
    def reverse(self, transfer: int) -> None:
        """Take a transfer back."""
        key = pick(self.transfers, transfer)
        self.agree(self.model.reverse(key), "DELETE", f"/api/transfers/{key}")

    @rule(wallet=picks, status=st.sampled_from(["active"] * 3 + ["frozen", "closed"]))
    def set_status(self, wallet: int, status: str) -> None:
        """Freeze, thaw, close or reopen a wallet."""
        key = pick(self.wallets[1:], wallet) if status == "closed" else pick(self.wallets, wallet)
        body = update("wallets", key, status=status)
        before = self.model.wallets.get(key)
        same = before is not None and before.status == status
        verdict = self.model.set_status(key, status)
        self.agree(verdict, "PATCH", f"/api/wallets/{key}", body, is_noop=same)

    @rule(wallet=picks, limit=upward)
    def set_overdraft_limit(self, wallet: int, limit: Decimal) -> None:
        """Give a wallet another overdraft limit."""
        key = pick(self.wallets, wallet)
        body = update("wallets", key, overdraftLimit=str(limit))
        before = self.model.wallets.get(key)
        same = before is not None and before.limit == limit
        verdict = self.model.set_overdraft_limit(key, limit)
        self.agree(verdict, "PATCH", f"/api/wallets/{key}", body, is_noop=same)

    @rule(wallet=picks)
    def close(self, wallet: int) -> None:
        """Close a wallet."""
        key = pick(self.wallets[1:], wallet)
        self.agree(self.model.close(key), "DELETE", f"/api/wallets/{key}")
