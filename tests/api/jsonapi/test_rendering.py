"""What compiled plans write is what a slow and obvious rendering would, on any data."""

from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Api
from wallet_transaction_api import money
from wallet_transaction_api.api.jsonapi import kinds
from wallet_transaction_api.api.jsonapi.resources import Attribute, Resource
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.ledger import posting, wallets
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.models import Entry, Transaction, Wallet

BASE = "http://testserver/api"
quick = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
_SAFE = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _TEXT
_METADATA = st.dictionaries(_TEXT, st.recursive(_SAFE, st.lists, max_leaves=4), max_size=3)
_POSTINGS = st.lists(
    st.tuples(st.integers(1, 10**12), _TEXT, _METADATA), min_size=1, max_size=6
)  # fmt: skip
_CURRENCIES = st.sampled_from(["USD", "JPY", "BHD"])


def naive(resource: Resource, row: Any, *, staff: bool, members: set[str] | None) -> Any:
    """Return the resource object, member by member, from a model instance."""
    url = f"{BASE}/{resource.type}/{row.pk}"
    item: dict[str, Any] = {"type": resource.type, "id": str(row.pk)}
    attributes = {
        name: _value(resource, attribute, row)
        for name, attribute in resource.attributes_for(staff=staff).items()
        if members is None or name in members
    }
    relationships: dict[str, Any] = {}
    for name, relation in resource.relationships.items():
        if members is not None and name not in members:
            continue
        links = {"self": f"{url}/relationships/{name}", "related": f"{url}/{name}"}
        relationships[name] = {"links": links}
        if not relation.many:
            key = str(getattr(row, relation.stored or relation.column))
            relationships[name]["data"] = {"type": relation.target, "id": key}
    if attributes:
        item["attributes"] = attributes
    if relationships:
        item["relationships"] = relationships
    return {**item, "links": {"self": url}}


def _value(resource: Resource, attribute: Attribute, row: Any) -> Any:
    owner = attribute.column.rpartition("__")[0]
    if owner and getattr(row, f"{owner}_id") is None:
        return None
    value = attrgetter(attribute.column.replace("__", "."))(row)
    if attribute.kind is kinds.MONEY:
        code = attrgetter(resource.currency.replace("__", "."))(row)
        amount = -value if attribute.negated else value
        return f"{amount.quantize(Decimal(1).scaleb(-money.ISO_4217[code])) + 0:f}"
    if attribute.kind is kinds.INSTANT:
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return str(value) if attribute.kind is kinds.UUID else value


def _fields(resource: Resource) -> Any:
    names = [*resource.attributes, *resource.relationships]
    return st.none() | st.sets(st.sampled_from(names))


@quick
@given(
    postings=_POSTINGS,
    currency=_CURRENCIES,
    metadata=_METADATA,
    of_wallets=_fields(RESOURCES["wallets"]),
    of_transactions=_fields(RESOURCES["transactions"]),
    of_entries=_fields(RESOURCES["entries"]),
)
def test_the_fast_path_says_what_the_slow_one_would(
    staff: User, staff_api: Api, *, postings: Any, currency: str, metadata: Any, **of: Any
) -> None:
    count = Wallet.objects.count()
    wallet = wallets.open_wallet(
        owner_id=staff.pk, label=f"W{count}", currency=currency, metadata=metadata
    )
    exponent = money.ISO_4217[currency]
    posting.post_all(
        [
            Posting(
                wallet_id=wallet.pk,
                amount=Decimal(amount).scaleb(-exponent),
                description=text,
                metadata=more,
                actor_id=staff.pk if amount % 2 else None,
            )
            for amount, text, more in postings
        ]
    )
    for name, url, rows in (
        ("wallets", f"wallets?filter[id]={wallet.pk}", Wallet.objects.filter(pk=wallet.pk)),
        ("transactions", f"wallets/{wallet.pk}/transactions", Transaction.objects),
        ("entries", f"wallets/{wallet.pk}/entries", Entry.objects),
    ):
        members = of[f"of_{name}"]
        separator = "&" if "?" in url else "?"
        fields = "" if members is None else f"{separator}fields[{name}]={','.join(members)}"
        shown = staff_api.get(f"/api/{url}{fields}").json()["data"]
        stored = (
            rows.order_by("pk") if name == "wallets" else rows.filter(wallet=wallet).order_by("pk")
        )
        resource = RESOURCES[name]
        assert shown == [naive(resource, row, staff=True, members=members) for row in stored]
