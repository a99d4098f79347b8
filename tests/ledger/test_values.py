"""What the ledger's modules hand each other is plain data that nobody changes on the way."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

from wallet_transaction_api import ledger
from wallet_transaction_api.ledger.exchange import Unit
from wallet_transaction_api.ledger.sealing import Head
from wallet_transaction_api.ledger.verification.checks import Tally, Violation
from wallet_transaction_api.ledger.verification.seals import Chain


def _values() -> Iterator[type[Any]]:
    for found in pkgutil.walk_packages(ledger.__path__, f"{ledger.__name__}."):
        for _, kind in inspect.getmembers(importlib.import_module(found.name), inspect.isclass):
            if dataclasses.is_dataclass(kind) and kind.__module__ == found.name:
                yield kind


VALUES = sorted(_values(), key=lambda kind: kind.__name__)
#: What a walk over the journal counts in.
RUNNING = {Tally, Chain}
#: Few enough parts to be told apart by their order.
SHORT = {Violation, Head, Unit, *RUNNING}


def test_the_values_are_found() -> None:
    assert {kind.__name__ for kind in VALUES} >= {"Posting", "Movement", "WalletState", "Progress"}


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_is_never_changed(kind: Any) -> None:
    assert bool(kind.__dataclass_params__.frozen) == (kind not in RUNNING)


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_has_its_parts_and_nothing_else(kind: Any) -> None:
    assert set(kind.__slots__) == {field.name for field in dataclasses.fields(kind)}


@pytest.mark.parametrize("kind", [kind for kind in VALUES if kind not in SHORT])
def test_the_parts_of_a_value_are_given_by_name(kind: Any) -> None:
    assert all(field.kw_only for field in dataclasses.fields(kind))
