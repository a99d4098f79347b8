"""The OpenAPI document: valid, committed, complete, and served to everybody."""

import re
import tomllib
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.urls import resolve
from django.views import View
from drf_spectacular.validation import validate_schema

from tests.api.openapi.described import COMMITTED, ROOT, operations, read, resolved
from tests.api.test_permission_matrix import JSON, METHODS, ROUTES, TABLE
from tests.conftest import JSONAPI, Api
from wallet_transaction_api.api.jsonapi.endpoints import JsonApiView
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.api.openapi.generator import Generator

DOCUMENT: Any = Generator().get_schema(public=True)
UNDESCRIBED = {r"^api(?:/|\Z)"}


def _resolved(path: str) -> Any:
    """Return the route that a path leads to."""
    return resolve(re.sub(r"\{\w+\}", "1", path))


def _route(path: str) -> str:
    """Return the route that a path leads to, written as the matrix writes it."""
    return re.sub("^api/", "api/^", _resolved(path).route)


def test_is_a_valid_document_of_openapi_3_1() -> None:
    assert DOCUMENT["openapi"].startswith("3.1")
    validate_schema(DOCUMENT)


def test_is_the_committed_one() -> None:
    """After a change: `make openapi`."""
    assert read(COMMITTED) == DOCUMENT


def test_names_the_version_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert DOCUMENT["info"]["version"] == project["version"]


def test_every_reference_leads_somewhere() -> None:
    references = set(re.findall(r"'\$ref': '#/components/(\w+)/([\w.-]+)'", str(DOCUMENT)))
    components = DOCUMENT["components"]
    assert references
    assert {pair for pair in references if pair[1] not in components[pair[0]]} == set()


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [
        DOCUMENT["paths"][path][method]["operationId"] for path, method in operations(DOCUMENT)
    ]
    assert sorted(names) == sorted(set(names))


def test_describes_every_route() -> None:
    assert {_route(path) for path in DOCUMENT["paths"]} == set(ROUTES) - UNDESCRIBED


@pytest.mark.parametrize("path", DOCUMENT["paths"])
def test_describes_the_methods_that_somebody_may_use(path: str) -> None:
    rows = TABLE[_route(path)][2]
    refused = {401, 403, 404, 405}
    may = {
        method.lower()
        for method, row in rows.items()
        if method in METHODS
        and method not in {"HEAD", "OPTIONS"}
        # Registration is closed in the matrix.
        and (not set(row) <= refused or (path == "/api/register" and method == "POST"))
    }
    assert set(DOCUMENT["paths"][path]) == may


def _described(path: str, method: str) -> set[str]:
    """Return the families of query parameters that the document describes."""
    own = DOCUMENT["paths"][path][method].get("parameters", [])
    return {item["name"] for item in (resolved(DOCUMENT, i) for i in own) if item["in"] == "query"}


#: Whose parameters have families.
OF_JSONAPI = [
    (path, method)
    for path, method in operations(DOCUMENT)
    if issubclass(getattr(_resolved(path).func, "view_class", View), JsonApiView)
]


@pytest.mark.parametrize(("path", "method"), OF_JSONAPI)
def test_describes_the_parameters_that_are_honoured(path: str, method: str) -> None:
    found = _resolved(path)
    view = found.func.view_class(**found.func.view_initkwargs)
    view.request = SimpleNamespace(method=method.upper())
    shown = RESOURCES.get(getattr(getattr(view, "resource", None), "type", ""))
    name = found.kwargs.get("name")
    if shown and name:
        view.relation = shown.relationships[name]
        shown = RESOURCES[view.relation.target]
    leads_nowhere = {"include"} if shown and not shown.relationships else set()
    assert _described(path, method) == view.honoured() - leads_nowhere


def test_is_served_to_nobody_in_particular(db: None) -> None:
    answer = Api().get("/api/openapi.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, JSON)
    assert answer.json() == DOCUMENT


def test_every_file_of_swagger_ui_is_our_own(db: None) -> None:
    page, static = Api().get("/api/docs/"), f"/{settings.STATIC_URL.strip('/')}/"
    assert page["Content-Type"].startswith("text/html")
    files = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert len(files) > 2
    assert [file for file in files if not file.startswith(static)] == []
    answers = [Api().get(file) for file in files]
    assert {answer.status_code for answer in answers} == {200}
    for answer in answers:
        answer.close()
    assert '"/api/openapi.json"' in page.content.decode()


def test_no_other_page_frames_swagger_ui_or_holds_its_window(db: None) -> None:
    page = Api().get("/api/docs")
    assert page["X-Frame-Options"] == "DENY"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("accept", [JSONAPI, "application/json", "image/png"])
def test_the_page_is_html_or_a_documented_refusal(accept: str) -> None:
    answer = Api().get("/api/docs", headers={"Accept": accept})
    assert (answer.status_code, answer["Content-Type"]) == (406, "application/json")
    assert answer.json()["code"] == "not_acceptable"
    assert "406" in read(COMMITTED)["paths"]["/api/docs"]["get"]["responses"]


@pytest.mark.parametrize(
    "accept", ["", "*/*", "text/*", "text/html", f"{JSONAPI}, text/html;q=0.1"]
)
def test_the_page_is_for_whoever_takes_html(accept: str) -> None:
    answer = Api().get("/api/docs", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
