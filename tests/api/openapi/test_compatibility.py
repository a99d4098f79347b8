"""Clients of the last release go on working: `docs/openapi-released.yaml` is what they know."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.api.openapi.described import COMMITTED, RELEASED, read
from tests.api.openapi.promises import broken


def test_nothing_breaks_a_client_of_the_last_release() -> None:
    """If it has to: CONTRIBUTING.md says how."""
    assert broken(read(RELEASED), read(COMMITTED)) == []


def _wallets(document: Any, name: str = "Wallets") -> Any:
    return document["components"]["schemas"][name]["properties"]


def _attributes_sent(document: Any) -> Any:
    return _wallets(document, "WalletsNew")["data"]["properties"]["attributes"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda it: it["paths"].pop("/api/transfers"), "get /api/transfers"),
        (lambda it: it["paths"]["/api/wallets"].pop("post"), "post /api/wallets"),
        (lambda it: it["paths"]["/api/wallets"]["get"]["parameters"].pop(), "query withStats"),
        (lambda it: it["paths"]["/api/wallets"]["post"]["responses"].pop("201"), "201"),
        (lambda it: _wallets(it)["attributes"]["properties"].pop("balance"), "balance"),
        (lambda it: _wallets(it)["id"].update(type="integer"), "Wallets.id string"),
        (lambda it: _attributes_sent(it)["properties"].pop("currency"), "currency"),
        (lambda it: _attributes_sent(it)["required"].append("currency"), "always has currency"),
        (lambda it: _attributes_sent(it)["properties"]["label"].update(maxLength=9), "maxLength 9"),
        (lambda it: _wallets(it, "WalletsFilter").pop("label.prefix"), "label.prefix"),
    ],
)
def test_a_change_that_breaks_clients_is_named(change: Callable[[Any], Any], named: str) -> None:
    changed = deepcopy(read(COMMITTED))
    change(changed)
    assert named in "\n".join(broken(read(COMMITTED), changed))


def test_an_addition_breaks_nobody() -> None:
    changed = deepcopy(read(COMMITTED))
    changed["paths"]["/api/more"] = changed["paths"]["/api/wallets"]
    _wallets(changed)["attributes"]["properties"]["colour"] = {"type": "string"}
    _attributes_sent(changed)["properties"]["colour"] = {"type": "string", "maxLength": 9}
    assert broken(read(COMMITTED), changed) == []
