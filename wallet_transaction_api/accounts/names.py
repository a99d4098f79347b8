"""Usernames in one normal form, so that a name is the same however a keyboard composes it."""

from django.contrib.auth import get_user_model

#: A username has at most 150 characters, each composed of at most four. Unicode normalization of
#: longer texts can take quadratic time, and no user has such a name.
LONGEST = 600


def normalize(name: str) -> str:
    """Return the name as Django stores it (NFKC). Normalize before you validate or look up."""
    return str(get_user_model().normalize_username(name)) if len(name) <= LONGEST else name
