"""What the ledger decides on and answers with are values: nobody changes one in place."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator

import pytest

from wallet_transaction_api import ledger
from wallet_transaction_api.ledger.exchange import Unit
from wallet_transaction_api.ledger.sealing import Head
from wallet_transaction_api.ledger.verification.checks import Tally, Violation
from wallet_transaction_api.ledger.verification.seals import Chain

#: They gather what a walk has seen.
GATHERING = {Tally, Chain}
#: So short that their order says what is what.
BY_POSITION = {Unit, Head, Violation, *GATHERING}


def _dataclasses() -> Iterator[type]:
    for found in pkgutil.walk_packages(ledger.__path__, f"{ledger.__name__}."):
        members = vars(importlib.import_module(found.name)).values()
        yield from (
            member
            for member in members
            if dataclasses.is_dataclass(member)
            and isinstance(member, type)
            and member.__module__ == found.name
        )


ALL = sorted(_dataclasses(), key=str)
VALUES = [kind for kind in ALL if kind not in GATHERING]


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_is_not_changed_in_place(kind: type) -> None:
    value = object.__new__(kind)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, dataclasses.fields(kind)[0].name, 1)


@pytest.mark.parametrize("kind", ALL)
def test_nothing_is_added_to_a_value(kind: type) -> None:
    assert not hasattr(object.__new__(kind), "__dict__")


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind not in BY_POSITION])
def test_what_has_many_members_is_given_by_name(kind: type) -> None:
    with pytest.raises(TypeError, match="positional"):
        kind(*(1 for _ in dataclasses.fields(kind)))
