"""The committed OpenAPI documents, and how to look into one."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
COMMITTED = ROOT / "openapi.yaml"
#: As it was when a version was last released: what clients were promised.
RELEASED = ROOT / "docs" / "openapi-released.yaml"


@cache
def read(path: Path) -> Any:
    """Return the document in a file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(), Loader=loader)  # noqa: S506 both are safe


def resolved(document: Any, item: Any) -> Any:
    """Return what a reference leads to; anything else as it is."""
    while "$ref" in item:
        found = document
        for name in item["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        item = found
    return item


def operations(document: Any) -> list[tuple[str, str]]:
    """Return every path with each of its methods."""
    return [(path, method) for path, item in document["paths"].items() for method in item]
