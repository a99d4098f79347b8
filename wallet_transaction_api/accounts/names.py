"""Usernames in one normal form, and the key by which two names count as the same."""

import hashlib
import unicodedata

from django.contrib.auth import get_user_model

#: The name of the service owner (`api.permissions`); nobody else may have its key.
SERVICE = "service"
#: A username has at most 150 characters, each composed of at most four. Unicode normalization of
#: longer texts can take quadratic time, and no user has such a name.
LONGEST = 600
#: The longest key; longer ones are digested. A valid name's has at most three times its length.
LONGEST_KEY = 450


def normalize(name: str) -> str:
    """Return the name as Django stores it (NFKC). Normalize before you validate or look up."""
    return str(get_user_model().normalize_username(name)) if len(name) <= LONGEST else name


def key_of(name: str) -> str:
    """Return what names that differ only in form, case or marks (accents) have in common."""
    if len(name) > LONGEST:
        return _digest(name)
    folded = unicodedata.normalize("NFKC", name).casefold()
    parts = unicodedata.normalize("NFKD", folded)
    letters = "".join(part for part in parts if not unicodedata.category(part).startswith("M"))
    # A name of marks only keeps them.
    key = unicodedata.normalize("NFKC", letters or folded)
    return key if len(key) <= LONGEST_KEY else _digest(key)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
