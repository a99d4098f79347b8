"""System checks of accounts: what users who came past the signals lack, and names that clash."""

from typing import Any

from django.core.checks import CheckMessage, Warning  # noqa: A004 Django's own name
from django.db import connection

from wallet_transaction_api.accounts import keys, wallets
from wallet_transaction_api.models import UsernameKey, Wallet

#: So many names a message lists.
LISTED = 20


def check_accounts(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of users without a wallet or a key, and of names that share a key."""
    if "default" not in (databases or ()) or not _has_tables():
        return []
    return [*_shared_keys(), *_missing_keys(), *_missing_wallets()]


def _has_tables() -> bool:
    """Return whether `migrate` has made our tables; it runs this check before it does."""
    tables = {UsernameKey._meta.db_table, Wallet._meta.db_table}
    return tables <= set(connection.introspection.table_names())


def _shared_keys() -> list[CheckMessage]:
    shared = UsernameKey.objects.filter(is_shared=True).order_by("key", "pk").select_related("user")
    rows = list(shared[: LISTED + 1])
    if not rows:
        return []
    names = ", ".join(repr(row.user.get_username()) for row in rows[:LISTED])
    more = " and others" if len(rows) > LISTED else ""
    return [
        Warning(
            f"Usernames that differ only in form, case or marks: {names}{more}.",
            hint="They log in by their exact spelling only. Rename or delete all but one of each.",
            id="wallet_transaction_api.W010",
        )
    ]


def _missing_keys() -> list[CheckMessage]:
    count = keys.users_without().count()
    hint = "Run python manage.py create_missing_username_keys."
    message = f"{count} users have no username key: somebody may register a name like theirs."
    return [Warning(message, hint=hint, id="wallet_transaction_api.W011")] if count else []


def _missing_wallets() -> list[CheckMessage]:
    count = wallets.users_without().count()
    hint = "Run python manage.py create_missing_wallets."
    message = f"{count} users have no wallet: /api/wallet/ is 404 to them."
    return [Warning(message, hint=hint, id="wallet_transaction_api.W012")] if count else []
