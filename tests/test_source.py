"""The source itself: sizes, calls that lose money, and documents that keep up with it."""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.environment import KEY, VARIABLES, Environment
from wallet_transaction_api import env

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "wallet_transaction_api"
#: Django's own form, written by its commands.
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
OTHERS = [
    path
    for folder in ("tests", "bench", "alembic", "tools", ".ci")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.is_file() and "__pycache__" not in path.parts
]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

MODULE_LINES = 250
#: Of a function, its docstring apart. The aim is eight; lists of columns and options are longer.
LINES = 25
BANNED = {"float", "print", "breakpoint", "eval", "exec", "input"}
#: What the ledger alone writes.
MONEY = {"balance", "held", "available", "last_sequence", "balance_after", "amount"}
#: Shows a row as the engine has just stored it.
MIRRORS = {"signals.py"}


TREES = {str(path.relative_to(PACKAGE)): ast.parse(path.read_text()) for path in SOURCES}


def nodes(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield every node of a kind with the module that it is in."""
    for name, tree in TREES.items():
        yield from ((name, node) for node in ast.walk(tree) if isinstance(node, kind))


def called(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def lines_of(function: ast.FunctionDef) -> int:
    """Count a function's lines, its docstring apart."""
    body = function.body
    first = body[1] if ast.get_docstring(function) and len(body) > 1 else body[0]
    return (function.end_lineno or 0) - first.lineno + 1


def matching(pattern: str, paths: list[Path]) -> list[str]:
    """Return the files in which the pattern is found."""
    return [str(path) for path in paths if re.search(pattern, path.read_text())]


def test_modules_are_short() -> None:
    lengths = {str(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_functions_are_short() -> None:
    long = [(name, node.name) for name, node in nodes(ast.FunctionDef) if lines_of(node) > LINES]
    assert long == []


def test_nothing_rounds_prints_or_runs_text() -> None:
    assert [(name, node.lineno) for name, node in nodes(ast.Call) if called(node) in BANNED] == []


def test_only_the_ledger_writes_money_columns() -> None:
    writing = {"update", "values", "bulk_update", "update_or_create"}
    found = [
        (name, node.lineno)
        for name, node in nodes(ast.Call)
        if called(node) in writing and MONEY & {keyword.arg for keyword in node.keywords}
    ]
    assert [place for place in found if not place[0].startswith("ledger/")] == []


def test_only_the_ledger_writes_money_attributes() -> None:
    found = {
        name
        for name, node in nodes(ast.Attribute)
        if isinstance(node.ctx, ast.Store)
        and node.attr in MONEY
        and getattr(node.value, "id", "") != "self"
    }
    assert {name for name in found if not name.startswith("ledger/")} <= MIRRORS


def test_nothing_is_left_for_later() -> None:
    words = "|".join(("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error", "# *" + "X" * 3))
    assert matching(rf"({words})\b", [*SOURCES, *OTHERS, *DOCUMENTS]) == []


def test_nothing_names_a_machines_folders() -> None:
    folders = "|".join(f"/{folder}/" for folder in ("root", "home", "work"))
    assert matching(rf"(?<![\w.*])({folders})", [*SOURCES, *OTHERS, *DOCUMENTS]) == []


def test_no_module_is_called_after_nothing() -> None:
    assert {path.stem for path in SOURCES}.isdisjoint({"utils", "helpers", "common", "misc"})


def test_alembics_folder_does_not_hide_the_package() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


class TestVariables:
    def test_are_those_that_the_example_lists(self) -> None:
        parts = set(env.DATABASE_PARTS)
        read = {
            node.args[0].value
            for name, node in nodes(ast.Call)
            if node.args and isinstance(node.args[0], ast.Constant) and _asks_env(name, node)
        }
        assert read | parts == set(VARIABLES)

    def test_are_each_explained(self) -> None:
        lines = (ROOT / ".env.example").read_text().splitlines()
        bare = [
            line
            for before, line in itertools.pairwise(lines)
            if re.match(r"[A-Z_]+=", line) and not before.startswith("# ")
        ]
        assert bare == []

    def test_are_given_there_with_their_defaults(self, environment: Environment) -> None:
        environment.set(SECRET_KEY=KEY)
        by_default = environment.settings()
        example = (ROOT / ".env.example").read_text()
        environment.write(".env", re.sub("(?m)^SECRET_KEY=.*$", "", example))
        as_listed = environment.settings()
        compared = [name for name in by_default if name.isupper()]
        assert {n: as_listed[n] for n in compared} == {n: by_default[n] for n in compared}


class TestDocuments:
    def test_link_to_what_is_there(self) -> None:
        broken = [
            f"{document.name}: {target}"
            for document in DOCUMENTS
            for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text())
            if not (document.parent / target).exists()
        ]
        assert broken == []

    def test_that_the_source_names_are_there(self) -> None:
        texts = [path.read_text() for path in [*SOURCES, *OTHERS] if path.suffix in {".py", ""}]
        names = {name for text in texts for name in re.findall(r"docs/[\w/-]+\.md", text)}
        assert {name for name in names if not (ROOT / name).exists()} == set()

    def test_number_each_decision_once(self) -> None:
        numbers = [path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")]
        assert sorted(numbers) == sorted(set(numbers))

    def test_name_every_command(self) -> None:
        names = {path.stem for path in (PACKAGE / "management/commands").glob("[a-z]*.py")}
        texts = [(ROOT / name).read_text() for name in ("README.md", "docs/operations.md")]
        said = set(re.findall(r"[a-z_]+", "\n".join(texts)))
        assert len(names) == 12
        assert names - said == set()

    def test_name_every_route(self) -> None:
        text = "\n".join(document.read_text() for document in DOCUMENTS)
        routes = {route for route in _routes(get_resolver()) if not route.startswith("/admin/")}
        assert {route for route in routes if route not in text} == set()


def _asks_env(name: str, call: ast.Call) -> bool:
    """Tell whether `env.anything("NAME")` is called, or within `env` itself."""
    asked = re.fullmatch(r"[A-Z]{2,}(_[A-Z]+)*", str(call.args[0].value))  # type: ignore[attr-defined]
    module = getattr(getattr(call.func, "value", None), "id", "")
    return bool(asked) and (name == "env.py" or module == "env")


def _routes(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    """Yield what each route starts with, up to its first variable part."""
    for pattern in resolver.url_patterns:
        path = prefix + _literal(str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield path.rstrip("/") or "/"
        else:
            yield from _routes(pattern, path)


def _literal(pattern: str) -> str:
    return re.split(r"[<(\[?$]", pattern.removeprefix("^"))[0].replace("\\", "")


class TestMemory:
    """What a process remembers is on the page that says how much that may be."""

    def test_every_cache_is_in_the_documents(self) -> None:
        page = (ROOT / "docs" / "security.md").read_text()
        found = [*_cached_functions(), *_module_mappings()]
        assert len(found) > 20
        assert [name for name in found if not re.search(rf"\b{name}`", page)] == []


def _cached_functions() -> Iterator[str]:
    for _, node in nodes(ast.FunctionDef):
        decorators = [ast.unparse(each) for each in node.decorator_list]
        if any(re.match(r"(functools\.)?(lru_cache|cache|text_cache)\b", it) for it in decorators):
            yield node.name


def _module_mappings() -> Iterator[str]:
    """Yield the module-level dictionaries and sets that begin empty."""
    for tree in TREES.values():
        for node in tree.body:
            if isinstance(node, ast.AnnAssign) and node.value is not None:
                target = ast.unparse(node.target)
                if ast.unparse(node.value) in {"{}", "set()", "[]", "OrderedDict()"}:
                    yield target
