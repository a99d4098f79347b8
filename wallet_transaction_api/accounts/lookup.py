"""Finds the user whom a username means."""

from typing import Any

from django.contrib.auth import get_user_model

from wallet_transaction_api.accounts import names


def find(username: str) -> Any:
    """Return the user of exactly this name, once it is normalized; None if there is none."""
    model = get_user_model()
    name = names.normalize(username)
    # MySQL and MariaDB may find names that differ in case or accents.
    found = model.objects.filter(**{model.USERNAME_FIELD: name})
    return next((user for user in found if user.get_username() == name), None)


def is_taken(username: str) -> bool:
    """Return whether a user has this name."""
    return find(username) is not None
