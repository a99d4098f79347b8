"""`asOf`: a resource at a moment. Only what is known of that moment is shown."""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from wallet_transaction_api.api.jsonapi.callers import Caller
from wallet_transaction_api.api.jsonapi.objects import Values
from wallet_transaction_api.api.jsonapi.parameters import AS_OF, Query
from wallet_transaction_api.api.jsonapi.problems import bad_parameter, not_found
from wallet_transaction_api.api.jsonapi.reading import Reader
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.ledger import history


def query_of(query: Query, resource: Resource) -> Query:
    """Return the query for what is known of the past; refuses to include what is of today."""
    if query.include is not None:
        raise bad_parameter("invalid_parameter", "include", "Nothing is included in a past state.")
    asked = query.fields.get(resource.type, resource.past)
    return replace(query, fields={**query.fields, resource.type: asked & resource.past})


def refuse_unknown(caller: Caller, resource: Resource, key: str, moment: datetime) -> None:
    """Refuse a moment before the resource existed or one to come; raises 404 like any read."""
    found = caller.find(resource, key, "created_at")
    if found is None:
        raise not_found()
    if moment < found["created_at"]:
        raise bad_parameter("invalid_parameter", AS_OF, "It did not exist yet at that moment.")
    if moment > timezone.now():
        raise bad_parameter("invalid_parameter", AS_OF, "That moment is still to come.")


def one(reader: Reader, resource: Resource, key: str, moment: datetime) -> Values:
    """Fetch the visible resource with its balance at the moment, if that is asked for."""
    columns, row = reader.plan(resource).columns, reader.one(resource, key)
    if "balance" not in columns:
        return row
    values = dict(zip(columns, row, strict=True))
    return tuple((values | {"balance": history.balance_at(row[0], moment)}).values())
