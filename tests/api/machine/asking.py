"""Asks the API and the model the same, and asks again under the same keys."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.api.jsonapi.conftest import wallet_document
from tests.api.model import KEPT, Model, Verdict
from tests.api.model.wallets import ModelWallet
from tests.books import assert_in_order
from tests.conftest import JSONAPI, Answer, Api
from wallet_transaction_api.models import IdempotencyRecord

cents = st.integers(-5000, 5000).map(lambda number: Decimal(number).scaleb(-2))
upward = st.integers(0, 5000).map(lambda number: Decimal(number).scaleb(-2))
#: Which of the things that there are, or ever were.
picks = st.integers(0, 50)


class Sent:
    """A request as it was sent, and its first answer."""

    def __init__(self, method: str, path: str, body: Any) -> None:
        self.method, self.path, self.body = method, path, body
        self.key = uuid.uuid4().hex
        self.first: Answer = None

    def send(self, api: Api, body: Any = None) -> Answer:
        """Send it, with another body if one is given."""
        headers = {"Idempotency-Key": self.key}
        return api.send(self.method, self.path, body or self.body, JSONAPI, headers=headers)


class Asking(RuleBasedStateMachine):
    """One owner's client and model, under a clock that the model sets."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        owner = User.objects.create_superuser(uuid.uuid4().hex)
        self.api = Api(owner)
        self.model = Model()
        self.clock = pytest.MonkeyPatch()
        self.clock.setattr(timezone, "now", lambda: self.model.now)
        self.model.wallets[owner.default_wallet.pk] = ModelWallet()
        self.wallets = [owner.default_wallet.pk]
        self.posts: list[int] = []
        self.kept: list[Sent] = []

    def teardown(self) -> None:
        """See that the books are in order and forget this sequence."""
        try:
            assert_in_order()
        finally:
            self.clock.undo()
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def agree(
        self, expected: Verdict, method: str, path: str, body: Any = None, *, is_noop: bool = False
    ) -> Any:
        """Send a request under a new key; return the resource of a success.

        One that changes nothing leaves its key free.
        """
        sent = Sent(method, path, body)
        sent.first = answer = sent.send(self.api)
        document = answer.json() if answer.content else {}
        code = document["errors"][0]["code"] if "errors" in document else ""
        assert (answer.status_code, code) == expected, (method, path, body, answer.content)
        is_kept = code in KEPT if code else not is_noop
        assert IdempotencyRecord.objects.filter(key=sent.key).exists() is is_kept
        if is_kept:
            self.kept.append(sent)
        return None if code else document.get("data", {})

    @precondition(lambda self: self.kept)
    @rule(request=picks)
    def send_again(self, request: int) -> None:
        """Repeat an earlier request under its key: the same answer, and nothing moves."""
        sent = pick(self.kept, request)
        again = sent.send(self.api)
        assert (again.status_code, again.content) == (sent.first.status_code, sent.first.content)
        assert again["Idempotent-Replayed"] == "true"

    @precondition(lambda self: self.kept)
    @rule(request=picks)
    def use_a_key_again(self, request: int) -> None:
        """Send another request under an earlier one's key."""
        answer = pick(self.kept, request).send(self.api, wallet_document(label="Another"))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "idempotency_key_reused"


def pick(things: list[Any], index: int) -> Any:
    """Return one of the things."""
    return things[index % len(things)]


def of_wallet(kind: str, wallet: int, /, **attributes: Any) -> dict[str, Any]:
    """Return a document that creates a resource of the wallet."""
    ends = {"wallet": {"data": {"type": "wallets", "id": str(wallet)}}}
    return {"data": {"type": kind, "attributes": attributes, "relationships": ends}}
