"""`X-Request-ID`: the caller's if it is well-formed, on every answer, in every line of the log."""

import logging
import re
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User

from tests.api.test_permission_matrix import TABLE
from tests.conftest import Api
from wallet_transaction_api import cache, origins
from wallet_transaction_api.ledger import group_commit

HEADER = "X-Request-ID"
#: Every route, with something in place of what it is about.
PATHS = sorted({re.sub(r"\{\w+\}", "1", path) for path, *_ in TABLE.values()})


def _asked(given: str, path: str = "/livez") -> str:
    return str(Api().get(path, headers={HEADER: given})[HEADER])


@pytest.mark.parametrize("given", ["a", "x" * 64, "0123-abc.DEF_~", "7"])
def test_a_well_formed_id_is_taken(given: str) -> None:
    assert _asked(given) == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a/b", "caf\u00e9", "a\n", "a,b", "\u0661"])
def test_one_of_another_form_is_ignored(given: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", _asked(given))


def test_each_request_without_one_gets_its_own() -> None:
    made = {Api().get("/livez")[HEADER] for _ in range(20)}
    assert len(made) == 20
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in made)


@pytest.mark.parametrize("path", [*PATHS, "/nosuch", "/admin/", "/admin/login/", "/static/none"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_every_answer_says_it(db: None, path: str, method: str) -> None:
    """Also 401, 404, 405 and redirects: nobody has a credential here."""
    answer = Api().request(method, path, headers={HEADER: "r-1"})
    answer.close()
    assert answer[HEADER] == "r-1"


def test_what_fails_outside_the_views_says_it_too() -> None:
    answer = Api().get("/api/wallets", headers={HEADER: "r-1", "Host": "evil.example"})
    assert (answer.status_code, answer[HEADER]) == (400, "r-1")


def test_a_defect_of_ours_says_it_too(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cache, "balance_of_user", fail)
    answer = Api(alice).get("/api/wallet/balance", headers={HEADER: "r-1"})
    assert (answer.status_code, answer[HEADER]) == (500, "r-1")


def test_outside_of_a_request_there_is_none() -> None:
    _asked("r-1")
    assert origins.request_id() is None
    assert origins.origin.get().user_id is None


def test_within_a_request_it_is_known_and_so_is_the_user(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    posted = group_commit.post_one

    def watch(item: Any) -> Any:
        seen.append((origins.request_id(), origins.origin.get().user_id))
        return posted(item)

    monkeypatch.setattr(group_commit, "post_one", watch)
    answer = Api(alice).request(
        "POST", "/api/wallet/credit", data='{"amount": 1}', content_type="application/json",
        headers={HEADER: "r-1"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert seen == [("r-1", alice.pk)]


def test_is_in_the_log(log: StringIO) -> None:
    assert "%(request_id)s" in configured.LOGGING["formatters"]["line"]["format"]
    Api().get("/api/nosuch", headers={HEADER: "r-1"})
    logging.getLogger("somewhere").warning("outside")
    inside, outside = log.getvalue().splitlines()
    assert " WARNING django.request r-1 Not Found: /api/nosuch" in inside
    assert outside.endswith(" WARNING somewhere - outside")
