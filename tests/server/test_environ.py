"""A request becomes the WSGI environ that Django expects."""

import pytest

from tests.server.fakes import Scope
from wallet_transaction_api.server.environ import wsgi_environ


def test_headers_have_their_names_in_the_environ() -> None:
    found = wsgi_environ(
        Scope(("host", "a.example"), ("content-type", "text/x"), ("content-length", "2")), b"ab"
    )
    assert found["HTTP_HOST"] == "a.example"
    assert (found["CONTENT_TYPE"], found["CONTENT_LENGTH"]) == ("text/x", "2")
    assert found["wsgi.input"].read() == b"ab"


def test_a_name_with_an_underscore_is_dropped() -> None:
    found = wsgi_environ(Scope(("x_forwarded_for", "1.1.1.1"), ("x-real", "2")), b"")
    assert "HTTP_X_FORWARDED_FOR" not in found
    assert found["HTTP_X_REAL"] == "2"


def test_a_header_that_came_twice_is_one_list() -> None:
    found = wsgi_environ(Scope(("idempotency-key", "a"), ("idempotency-key", "b")), b"")
    assert found["HTTP_IDEMPOTENCY_KEY"] == "a,b"


def test_a_header_that_is_not_ascii_is_there_and_malformed() -> None:
    found = wsgi_environ(Scope(("idempotency-key", "\xe9"), ("accept", "x")), b"")
    assert not found["HTTP_IDEMPOTENCY_KEY"].isascii()
    assert found["HTTP_ACCEPT"] == "x"


def test_paths_and_queries_are_the_characters_of_their_bytes() -> None:
    found = wsgi_environ(Scope(path="/Ö", query_string="a=ö"), b"")
    assert found["PATH_INFO"].encode("latin-1").decode() == "/Ö"
    assert found["QUERY_STRING"].encode("latin-1").decode() == "a=ö"


@pytest.mark.parametrize(
    ("address", "host"), [("10.0.0.1:7", "10.0.0.1"), ("[::1]:7", "::1"), ("", "")]
)
def test_the_client_is_named_without_its_port(address: str, host: str) -> None:
    assert wsgi_environ(Scope(client=address), b"")["REMOTE_ADDR"] == host


def test_the_chunks_count_and_not_a_length_beside_them() -> None:
    headers = (("transfer-encoding", "chunked"), ("content-length", "2"))
    assert wsgi_environ(Scope(*headers), b"four")["CONTENT_LENGTH"] == "4"


def test_a_body_that_was_cut_keeps_the_length_that_was_announced() -> None:
    assert wsgi_environ(Scope(("content-length", "99")), b"cut")["CONTENT_LENGTH"] == "99"


def test_an_absolute_target_comes_before_the_host_header() -> None:
    found = wsgi_environ(Scope(("host", "a"), authority="b"), b"")
    assert found["HTTP_HOST"] == "b"


def test_nothing_of_the_process_environment_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://u:secret@h/d")
    assert "DATABASE_URL" not in wsgi_environ(Scope(), b"")
