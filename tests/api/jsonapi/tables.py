"""Writes the generated tables of docs/jsonapi.md: `python -m tests.api.jsonapi.tables`."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "jsonapi.md"
CHAPTERS = Path(__file__).parent / "conformance"
#: Every row of the list, by chapter.
ROWS = (
    *range(1, 25), *range(30, 49), *range(50, 72), *range(80, 97), *range(100, 112),
    *range(120, 131), *range(140, 152), *range(160, 169), *range(170, 179), *range(180, 210),
    *range(210, 224), *range(230, 247), *range(250, 253), *range(260, 270), *range(270, 275),
    *range(300, 327), *range(400, 421),
)  # fmt: skip
_TEST = re.compile(r"test_j(\d{3})_\w+")


class Row(NamedTuple):
    """One test of one row."""

    number: int
    level: str
    expected: str
    test: str
    chapter: str


def conformance() -> Iterator[Row]:
    """Yield what each test of the list says about itself."""
    for path in sorted(CHAPTERS.glob("test_*.py")):
        module = ast.parse(path.read_text())
        chapter = (ast.get_docstring(module) or "").partition(":")[0].rstrip(".")
        for node in module.body:
            match = _TEST.fullmatch(getattr(node, "name", ""))
            if isinstance(node, ast.FunctionDef) and match:
                level, _, expected = (ast.get_docstring(node) or "").partition(" · ")
                yield Row(int(match[1]), level, expected, f"{path.name}::{node.name}", chapter)


def conformance_table() -> str:
    """Return the list as Markdown, chapter by chapter."""
    lines: list[str] = []
    chapter = ""
    for row in sorted(conformance()):
        if row.chapter != chapter:
            chapter = row.chapter
            lines += [
                "",
                f"**{chapter}**",
                "",
                "| row | level | expected | test |",
                "|---|---|---|---|",
            ]
        test = row.test.partition("::")[2]
        lines.append(f"| J{row.number:03} | {row.level} | {row.expected} | `{test}` |")
    return "\n".join(lines).strip()


def members_table() -> str:
    """Return every type's members as Markdown: how they may be filtered and sorted."""
    from wallet_transaction_api.api.jsonapi.types import RESOURCES  # needs Django's settings

    lines = ["| type | member | filter operators | sort | staff only |", "|---|---|---|---|---|"]
    for resource in RESOURCES.values():
        for name, item in resource.attributes.items():
            operators = " ".join(sorted(item.kind.operators)) or "none"
            marks = ("yes" if item.is_sortable else "", "yes" if item.staff else "")
            lines.append(f"| `{resource.type}` | `{name}` | {operators} | {' | '.join(marks)} |")
        for name, relation in resource.relationships.items():
            kind = "to-many" if relation.many else "to-one: its id"
            marks = ("" if relation.many or relation.is_opaque else "yes", "")
            how = "none" if relation.many else "between eq gt gte in isnull lt lte ne"
            lines.append(f"| `{resource.type}` | `{name}` ({kind}) | {how} | {' | '.join(marks)} |")
    return "\n".join(lines)


def current(page: str) -> str:
    """Return the page with its tables made anew."""
    for name, table in (("members", members_table()), ("conformance", conformance_table())):
        begin, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}"
    return page


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wallet_transaction_api.settings")
    django.setup()
    PAGE.write_text(current(PAGE.read_text()))
