"""Which user a username means, and whether one is taken."""

from typing import Any

from django.contrib.auth import get_user_model

from wallet_transaction_api.accounts import names
from wallet_transaction_api.models import UsernameKey


def find(username: str) -> Any:
    """Return the user of exactly this name, else the only one whose name has its key, else None."""
    name = names.normalize(username)
    # MySQL and MariaDB also find names that differ in case or accents.
    exact = (user for user in _of_name(name) if user.get_username() == name)
    return next(exact, None) or _of_key(names.key_of(name))


def is_taken(username: str, *, but: Any = None) -> bool:
    """Return whether nobody else, `but` this user, may take the name."""
    name = names.normalize(username)
    key, mine = names.key_of(name), {"pk": getattr(but, "pk", None)}
    return (
        key == names.SERVICE
        or UsernameKey.objects.filter(key=key).exclude(**mine).exists()
        or _of_name(name).exclude(**mine).exists()
    )


def _of_name(name: str) -> Any:
    model = get_user_model()
    return model.objects.filter(**{model.USERNAME_FIELD: name})


def _of_key(key: str) -> Any:
    row = UsernameKey.objects.select_related("user").filter(own_key=key).first()
    return row.user if row else None
