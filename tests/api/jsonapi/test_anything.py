"""Whatever is sent, the answer is a valid document and no 5xx (`validity` checks each)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.api.jsonapi.test_operations import ATOMIC
from tests.conftest import JSONAPI, Api
from wallet_transaction_api.models import Wallet

quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
_NAMES = st.sampled_from(
    ["label", "balance", "currency", "metadata", "status", "amount", "txid", "kind", "wallet",
     "description", "createdAt", "transactions", "version", "uuid", "overdraftLimit"]
)  # fmt: skip
_LINKAGES = _JSON | st.fixed_dictionaries(
    {"data": _JSON | st.fixed_dictionaries({"type": st.just("wallets"), "id": st.text()})}
)
_DOCUMENTS = _JSON | st.fixed_dictionaries(
    {
        "data": st.fixed_dictionaries(
            {"type": st.sampled_from(["wallets", "transactions", "Wallet", "Transaction"]) | _JSON},
            optional={
                "id": _JSON,
                "lid": _JSON,
                "attributes": _JSON | st.dictionaries(_NAMES, _JSON),
                "relationships": _JSON | st.dictionaries(_NAMES, _LINKAGES),
            },
        )
    }
)


@quick
@given(document=_DOCUMENTS, kind=st.sampled_from(["wallets", "transactions"]))
def test_any_document(staff_api: Api, rent: Wallet, document: Any, kind: str) -> None:
    staff_api.post(f"/api/{kind}", document)
    staff_api.patch(f"/api/{kind}/{rent.pk}", document)
    staff_api.patch(f"/api/{kind}/{rent.pk}/relationships/wallet", document)


_WALLET = {"type": "wallets", "id": "1", "lid": "a"}
_TRANSACTION = {
    "type": "transactions",
    "attributes": {"amount": "1.00", "txid": "a", "metadata": {"a": [1]}},
    "relationships": {"wallet": {"data": {"type": "wallets", "id": "1"}}},
}
#: Valid documents, to be spoilt at one place each.
_VALID: list[Any] = [
    {"data": {**_WALLET, "attributes": {"label": "x", "balance": "1.00", "metadata": {}}}},
    {"data": _TRANSACTION, "jsonapi": {"version": "1.1"}, "meta": {}},
    {
        "atomic:operations": [
            {"op": "add", "href": "/api/wallets", "data": {"type": "wallets", "lid": "a"}},
            {"op": "update", "ref": {"type": "wallets", "lid": "a"}, "data": _WALLET},
            {"op": "add", "data": _TRANSACTION},
            {"op": "remove", "ref": {"type": "transactions", "id": "1", "relationship": "wallet"}},
        ]
    },
]


def _places(value: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the path to every place of a document."""
    yield path
    if isinstance(value, dict | list):
        for name in list(value) if isinstance(value, dict) else range(len(value)):
            yield from _places(value[name], *path, name)


def _spoilt(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """Return the document with another value at the path; `...` removes the place."""
    if not path:
        return None if other is ... else other
    copy, (name, *rest) = copy_of(value), path
    if not rest and other is ...:
        del copy[name]
    else:
        copy[name] = _spoilt(value[name], tuple(rest), other)
    return copy


def copy_of(value: Any) -> Any:
    """Return a shallow copy."""
    return dict(value) if isinstance(value, dict) else list(value)


_SPOILT = st.sampled_from(
    [(document, place) for document in _VALID for place in _places(document)]
).flatmap(lambda item: (_JSON | st.just(...)).map(lambda other: _spoilt(*item, other)))


@settings(quick, max_examples=150)
@given(document=_SPOILT)
def test_any_document_spoilt_at_one_place(staff_api: Api, rent: Wallet, document: Any) -> None:
    staff_api.post("/api/operations", document, ATOMIC)
    kind = "transactions" if "relationships" in str(document) else "wallets"
    staff_api.post(f"/api/{kind}", document)
    staff_api.patch(f"/api/{kind}/{rent.pk}", document)


_HEADERS = st.dictionaries(
    st.sampled_from(["Accept", "If-Match", "If-None-Match", "X-HTTP-Method-Override"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
    | st.sampled_from(["*", '"a"', 'W/"a", "b', f'{JSONAPI};profile="', f"{JSONAPI};q=x"]),
)


@quick
@given(headers=_HEADERS, method=st.sampled_from(["GET", "POST", "PATCH", "DELETE", "HEAD"]))
def test_any_header(api: Api, rent: Wallet, headers: dict[str, str], method: str) -> None:
    for path in ("wallets", f"wallets/{rent.pk}", "operations", f"wallets/{rent.pk}/transactions"):
        api.send(method, f"/api/{path}", "{}", headers=headers)


_PAGING = st.sampled_from(
    ["page[size]", "page[number]", "page[after]", "page[before]", "page[totals]", "sort",
     "withStats[amount]", "withStats[balanceAfter]", "include", "fields[transactions]",
     "filter[id]"]
)  # fmt: skip
_TEXTS = st.text(max_size=12) | st.sampled_from(
    ["1", "0", "true", "amount", "-txid", "sum", "sum,avg", "wallet", "txid", "AAAA", "1,2"]
)


@quick
@given(parameters=st.dictionaries(_PAGING, _TEXTS, max_size=5))
def test_any_query_of_a_list(api: Api, rent: Wallet, parameters: dict[str, str]) -> None:
    query = urlencode(parameters)
    api.get(f"/api/transactions?{query}")
    api.get(f"/api/wallets/{rent.pk}/relationships/transactions?{query}")


_MEMBERS = _NAMES | st.sampled_from(["id", "wallet.label", "wallet.balance", "balanceAfter"])
_OPERATORS = st.sampled_from(
    ["", ".eq", ".ne", ".gt", ".lte", ".in", ".between", ".prefix", ".contains", ".icontains",
     ".isnull", ".nosuch"]
)  # fmt: skip
_VALUES = st.text(max_size=12) | st.sampled_from(
    ["1", "-1.5", "1,2", "true", "2026-01-01", "0001-01-01", "9999-12-31T23:59:59-14:00", "active"]
)


@quick
@given(member=_MEMBERS, operator=_OPERATORS, value=_VALUES)
@example(member="createdAt", operator=".gt", value="0001-01-01")
@example(member="createdAt", operator=".lt", value="9999-12-31T23:59:59-14:00")
@example(member="wallet.label", operator=".prefix", value="\U0010ffff")
def test_any_filter(staff_api: Api, rent: Wallet, member: str, operator: str, value: str) -> None:
    for kind in ("wallets", "transactions"):
        staff_api.get(f"/api/{kind}?filter[{member}{operator}]={quote(value, safe='')}")


@quick
@given(path=st.text(max_size=10), name=st.text(max_size=12), value=st.text(max_size=12))
def test_any_path_and_parameter(api: Api, rent: Wallet, path: str, name: str, value: str) -> None:
    encoded = quote(path.replace("/", ""), safe="") or "x"
    query = f"{quote(name, safe='[]')}={quote(value, safe='')}"
    api.get(f"/api/wallets/{encoded}?{query}")
    api.get(f"/api/wallets/{rent.pk}/{encoded}?{query}")
    api.get(f"/api/wallets/{rent.pk}/relationships/{encoded}?{query}")
