"""`withStats`: exact figures of a whole filtered list."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.jsonapi.conftest import errors, post
from tests.conftest import Api
from wallet_transaction_api.api import credentials
from wallet_transaction_api.ledger import holds
from wallet_transaction_api.models import Wallet


def _stats(api: Api, query: str, path: str = "transactions") -> Any:
    return api.get(f"/api/{path}?{query}&page[size]=1").json()["meta"]["stats"]


def test_figures_of_one_currency(api: Api, rent: Wallet) -> None:
    for amount in ("0.01", "-50", "10.10"):
        post(rent, amount)
    figures = {
        "sum": "60.11", "avg": "15.0275", "min": "-50.00", "max": "100.00", "count": 4
    }  # fmt: skip
    assert _stats(api, "withStats[amount]=sum,avg,min,max,count") == {
        "amount": {**figures, "currency": "USD", "byCurrency": {"USD": figures}}
    }


def test_only_the_figures_asked_for(api: Api, rent: Wallet) -> None:
    answer = _stats(api, "withStats[amount]=sum&withStats[balanceAfter]=max")
    assert answer == {
        "amount": {"sum": "100.00", "currency": "USD", "byCurrency": {"USD": {"sum": "100.00"}}},
        "balanceAfter": {
            "max": "100.00", "currency": "USD", "byCurrency": {"USD": {"max": "100.00"}}
        },
    }  # fmt: skip


def test_filters_apply_and_pages_do_not(api: Api, rent: Wallet) -> None:
    for amount in ("1", "2", "3"):
        post(rent, amount)
    stats = _stats(api, "withStats[amount]=sum,count&filter[amount.lt]=100&page[number]=2")
    assert (stats["amount"]["sum"], stats["amount"]["count"]) == ("6.00", 3)
    path = f"wallets/{rent.pk}/transactions"
    assert _stats(api, "withStats[amount]=count", path)["amount"]["count"] == 4


def test_currencies_are_never_added_up(
    api: Api, rent: Wallet, open_wallet: Callable[..., Wallet]
) -> None:
    post(open_wallet(label="Yen", currency="JPY"), "7")
    post(open_wallet(label="Dinar", currency="BHD"), "1.234")
    assert _stats(api, "withStats[amount]=sum,avg,max,count")["amount"] == {
        "sum": None, "avg": None, "max": None, "count": 3, "currency": None,
        "byCurrency": {
            "BHD": {"sum": "1.234", "avg": "1.234", "max": "1.234", "count": 1},
            "JPY": {"sum": "7", "avg": "7", "max": "7", "count": 1},
            "USD": {"sum": "100.00", "avg": "100.00", "max": "100.00", "count": 1},
        },
    }  # fmt: skip


def test_of_nothing(api: Api, db: None) -> None:
    assert _stats(api, "withStats[amount]=sum,avg,min,max,count")["amount"] == {
        "sum": "0", "avg": None, "min": None, "max": None, "count": 0,
        "currency": None, "byCurrency": {},
    }  # fmt: skip


def test_what_is_null_is_neither_counted_nor_averaged(api: Api, rent: Wallet) -> None:
    first, second, _ = (holds.place(wallet_id=rent.pk, amount=Decimal(10)) for _ in range(3))
    query = "withStats[capturedAmount]=sum,avg,min,max,count"
    nothing = {"sum": "0.00", "avg": None, "min": None, "max": None, "count": 0}
    assert _stats(api, query, "holds")["capturedAmount"] == {
        **nothing, "currency": "USD", "byCurrency": {"USD": nothing}
    }  # fmt: skip
    for hold, amount in ((first, "2"), (second, "4")):
        holds.capture(hold_id=hold.pk, amount=Decimal(amount))
    known = {"sum": "6.00", "avg": "3.00", "min": "2.00", "max": "4.00", "count": 2}
    assert _stats(api, query, "holds")["capturedAmount"] == {
        **known, "currency": "USD", "byCurrency": {"USD": known}
    }  # fmt: skip


def test_exact_where_a_float_is_not(api: Api, open_wallet: Callable[..., Wallet]) -> None:
    wallet = open_wallet("123456789012345678.01", label="exact")
    post(wallet, "0.01")
    post(wallet, "0.01")
    assert _stats(api, "withStats[amount]=sum,avg")["amount"]["byCurrency"]["USD"] == {
        "sum": "123456789012345678.03", "avg": "41152263004115226.01"
    }  # fmt: skip
    post(wallet, "-123456789012345678.00")
    assert _stats(api, "withStats[amount]=avg")["amount"]["avg"] == "0.0075"


def test_an_average_has_eighteen_decimals(api: Api, rent: Wallet) -> None:
    post(rent, "0.01")
    post(rent, "-50.01")
    assert _stats(api, "withStats[amount]=avg")["amount"]["avg"] == "16.666666666666666667"


def test_a_negated_member(staff_api: Api, rent: Wallet) -> None:
    stats = _stats(staff_api, "withStats[overdraftLimit]=sum,min,max&filter[label]=Rent", "wallets")
    assert stats["overdraftLimit"]["byCurrency"]["USD"] == {
        "sum": "0.00", "min": "0.00", "max": "0.00"
    }  # fmt: skip


def test_beside_cursors_too(api: Api, rent: Wallet) -> None:
    document = api.get("/api/transactions?page[size]=1").json()
    assert "stats" not in document["meta"]
    headers = {
        "Accept": "application/vnd.api+json;"
        'profile="http://jsonapi.org/profiles/ethanresnick/cursor-pagination/"'
    }
    url = "/api/transactions?withStats[amount]=count"
    meta = api.get(url, headers=headers).json()["meta"]
    assert meta["stats"]["amount"]["count"] == 1
    assert meta["page"] == {"size": 20}


def test_in_one_query(api: Api, rent: Wallet) -> None:
    counts = []
    for query in ("", "&withStats[amount]=sum,avg,min,max,count&withStats[balanceAfter]=sum"):
        credentials.forget()
        with CaptureQueriesContext(connection) as queries:
            api.get(f"/api/transactions?page[size]=1{query}")
        counts.append(len(queries))
    assert counts[1] == counts[0] + 1


@pytest.mark.parametrize(
    "parameter",
    ["withStats[nosuch]=sum", "withStats[txid]=count", "withStats[Amount]=sum", "withStats=sum",
     "withStats[amount]=", "withStats[amount]=median", "withStats[amount]=sum,sum",
     "withStats[amount]=sum,", "withStats[]=sum", "withStats[amount][]=sum",
     "withStats[wallet.balance]=sum", "withStats[amount=sum"],
)  # fmt: skip
def test_refuses_other_figures(api: Api, db: None, parameter: str) -> None:
    answer = api.get(f"/api/transactions?{parameter}")
    assert answer.status_code == 400
    assert errors(answer) == [("invalid_stats", parameter.partition("=")[0])]


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("transactions", "transactions have figures of amount, balanceAfter."),
        ("transfers", "transfers have no figures."),
    ],
)
def test_says_which_figures_a_type_has(api: Api, db: None, path: str, detail: str) -> None:
    answer = api.get(f"/api/{path}?withStats[createdAt]=max")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["detail"] == detail


@pytest.mark.parametrize("path", ["wallets/{0}", "wallets/{0}/relationships/transactions"])
def test_refuses_figures_of_what_is_no_list(api: Api, rent: Wallet, path: str) -> None:
    answer = api.get(f"/api/{path.format(rent.pk)}?withStats[balance]=sum")
    assert errors(answer) == [("unknown_parameter", "withStats[balance]")]
