"""JSON Pointers (RFC 6901) into the request's document; every one given out resolves."""

from typing import Any

ROOT = ""


def join(*names: str) -> str:
    """Return the pointer to a member, its names escaped."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)


def resolves(document: Any, pointer: str) -> bool:
    """Tell whether the pointer names a value of the document."""
    value = document
    for name in pointer.split("/")[1:]:
        key = name.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return False
    return True


def deepest(document: Any, pointer: str) -> str:
    """Return as much of the pointer as resolves."""
    while not resolves(document, pointer):
        pointer = pointer.rpartition("/")[0]
    return pointer


def nearest(document: Any, *candidates: str) -> str:
    """Return the first of the pointers that resolves, else the whole document's."""
    return next((item for item in candidates if resolves(document, item)), ROOT)
