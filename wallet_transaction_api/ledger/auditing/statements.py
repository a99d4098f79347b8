"""The SQL of audit records."""

from django.contrib.auth import get_user_model
from sqlalchemy import ColumnClause, Insert, bindparam, column, func, insert, select, table

from wallet_transaction_api.tables import audit_records

_SAID = (
    "subject_type",
    "subject_id",
    "wallet_id",
    "action",
    "actor_id",
    "request_id",
    "before",
    "after",
    "created_at",
)


def insert_record() -> Insert:
    """Insert one record. The actor's name is the user's of this moment, else the `program`."""
    user = get_user_model()
    key: ColumnClause[int] = column("id")
    name: ColumnClause[str] = column(user.USERNAME_FIELD)
    users = table(user._meta.db_table, key, name)
    called = select(name).select_from(users).where(key == bindparam("actor_id"))
    said = {each: bindparam(each, type_=audit_records.c[each].type) for each in _SAID}
    actor = func.coalesce(called.scalar_subquery(), bindparam("program"))
    return insert(audit_records).values(actor=actor, **said)
