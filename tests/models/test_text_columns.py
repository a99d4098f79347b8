"""Columns of text: all of ours are compared by code point, in the models and in the database."""

import pytest
from django.apps import apps
from django.db import connection, models

from wallet_transaction_api.databases import MAX_SORT_LENGTH
from wallet_transaction_api.fields import ExactCharField, code_point_collation

FIELDS = [
    field
    for model in apps.get_app_config("wallet_transaction_api").get_models()
    for field in model._meta.concrete_fields
]
TEXTS = [field for field in FIELDS if isinstance(field, models.CharField)]


def test_every_text_is_an_exact_one_or_compared_by_nothing() -> None:
    others = {str(field) for field in TEXTS if not isinstance(field, ExactCharField)}
    long = {str(field) for field in FIELDS if isinstance(field, models.TextField)}
    assert others == set()
    assert long == {
        f"wallet_transaction_api.IdempotencyRecord.{name}" for name in ("body", "wallet_ids")
    }


@pytest.mark.django_db
@pytest.mark.parametrize("field", TEXTS, ids=str)
def test_the_database_has_its_collation(field: ExactCharField) -> None:
    with connection.cursor() as cursor:
        table = field.model._meta.db_table
        columns = connection.introspection.get_table_description(cursor, table)
    collations = {column.name: column.collation for column in columns}
    assert (collations[str(field.column)] or None) == code_point_collation(connection)


def test_the_longest_is_sorted_to_its_end() -> None:
    """A character has up to four bytes."""
    longest = max(field.max_length or 0 for field in TEXTS if isinstance(field, ExactCharField))
    assert longest * 4 <= MAX_SORT_LENGTH
