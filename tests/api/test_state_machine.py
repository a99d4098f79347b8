"""Random sequences of requests, played by the HTTP API and by a model of a few pages; they agree.

`MODEL_SEQUENCES` says how many; by default 100 on PostgreSQL and fewer elsewhere.
"""

import os
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from tests.api.machine.holding import Holding
from tests.api.machine.limiting import Limiting
from tests.api.machine.moving import Moving
from wallet_transaction_api.models import Hold, Limit, Transaction

SEQUENCES = int(os.environ.get("MODEL_SEQUENCES", "0")) or (
    100 if connection.vendor == "postgresql" else 25
)

#: Requests in one sequence.
STEPS = 30


class Http(Moving, Holding, Limiting):
    """All that can be asked; after each request everything is compared."""

    @invariant()
    def agree_on_every_wallet(self) -> None:
        """Compare every wallet as the API shows it with the model."""
        shown = self.api.get("/api/wallets?page[size]=100").json()["data"]
        assert {int(item["id"]): _seen(item["attributes"]) for item in shown} == {
            key: (wallet.balance, wallet.available, wallet.held, wallet.limit, wallet.status)
            for key, wallet in self.model.wallets.items()
        }

    @invariant()
    def agree_on_every_transaction(self) -> None:
        """Compare what is visible with the model."""
        rows = Transaction.objects.visible().values_list("id", "amount")
        assert dict(rows) == {key: post.amount for key, post in self.model.posts.items()}

    @invariant()
    def agree_on_every_hold(self) -> None:
        """Compare each hold, as it is by the clock, with the model."""
        rows = Hold.objects.as_of(self.model.now)
        told = rows.values_list("pk", "amount", "current_status", "captured_amount")
        assert {key: tuple(rest) for key, *rest in told} == {
            key: (hold.amount, hold.status, hold.captured) for key, hold in self.model.holds.items()
        }

    @invariant()
    def agree_on_every_limit(self) -> None:
        """Compare each limit with the model."""
        told = Limit.objects.values_list("pk", "wallet", "window", "max_amount", "max_count")
        assert {key: tuple(rest) for key, *rest in told} == {
            key: (limit.wallet, limit.window, limit.max_amount, limit.max_count)
            for key, limit in self.model.limits().items()
        }


def _seen(shown: dict[str, Any]) -> tuple[Decimal, Decimal, Decimal, Decimal, str]:
    names = ("balance", "available", "held", "overdraftLimit")
    balance, available, held, limit = (Decimal(shown[name]) for name in names)
    return balance, available, held, limit, shown["status"]


@pytest.mark.django_db
def test_the_api_and_the_model_agree() -> None:
    run_state_machine_as_test(
        Http,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
