"""The one database, from a URL or from parts, with what keeps money right on each backend."""

from typing import Any

import pytest

from tests.environment import KEY, Environment
from wallet_transaction_api import database_options, databases


@pytest.fixture
def configured(environment: Environment) -> Environment:
    environment.set(SECRET_KEY=KEY)
    return environment


def database(environment: Environment) -> dict[str, Any]:
    found: dict[str, Any] = environment.settings()["DATABASES"]["default"]
    return found


class TestUrl:
    @pytest.mark.parametrize(
        ("url", "engine"),
        [
            ("mysql://u@h/n", "mysql"),
            ("postgres://u@h/n", "postgresql"),
            ("postgresql://u@h/n", "postgresql"),
            ("sqlite:///n", "sqlite3"),
        ],
    )
    def test_names_the_backend(self, configured: Environment, url: str, engine: str) -> None:
        configured.set(DATABASE_URL=url)
        found = database(configured)
        assert (found["ENGINE"], found["NAME"]) == (f"django.db.backends.{engine}", "n")

    def test_may_escape_its_password(self, configured: Environment) -> None:
        configured.set(DATABASE_URL="mysql://u:p%40%2F%23@h:3307/n")
        found = database(configured)
        assert (found["PASSWORD"], found["HOST"], found["PORT"]) == ("p@/#", "h", 3307)

    def test_comes_before_the_parts(self, configured: Environment) -> None:
        configured.set(DATABASE_URL="postgres://u@h/n", DB_NAME="other")
        assert database(configured)["NAME"] == "n"

    def test_may_be_a_file_and_carry_options(self, configured: Environment) -> None:
        url = configured.write("url", "mysql://u:p@h/n?ssl-ca=/ca.pem&connect_timeout=9")
        configured.set(DATABASE_URL_FILE=str(url))
        options = database(configured)["OPTIONS"]
        assert (options["ssl"], options["connect_timeout"]) == ({"ca": "/ca.pem"}, 9)
        assert options["isolation_level"] == "read committed"

    @pytest.mark.parametrize(
        "url",
        [
            "mysql://u@h/n?init_command=SET%20sql_mode=''",
            "mysql://u@h/n?isolation_level=serializable",
            "sqlite:///n?transaction_mode=DEFERRED",
        ],
    )
    def test_may_not_take_away_what_keeps_money_right(
        self, configured: Environment, url: str
    ) -> None:
        configured.set(DATABASE_URL=url)
        assert configured.refusal().endswith("is the service's to set")

    @pytest.mark.parametrize(
        "url",
        [
            "mysql://u:s3cret#x@h:3306/n",
            "mysql://u:s3cret@h:port/n",
            "mysql://u:s3cret[@h/n",
            "oracle://u:s3cret@h/n",
            "postgres://u:s3cret@h/",
            "sqlite:///:memory:",
            "sqlite:///file::memory:",
            "sqlite:///file::memory:?cache=shared",
            "sqlite:///file:x%3Fmode=memory",
        ],
    )
    def test_that_cannot_be_used_is_refused_without_its_password(
        self, configured: Environment, url: str
    ) -> None:
        configured.set(DATABASE_URL=url)
        refusal = configured.refusal()
        assert refusal.startswith("DATABASE_URL: ")
        assert "s3cret" not in refusal


class TestOptions:
    @pytest.mark.parametrize(
        ("url", "name"),
        [
            ("postgres://u:s3cret@h/n?lock_timeout=3", "lock_timeout"),
            ("postgres://u:s3cret@h/n?dbname=other", "dbname"),
            ("postgres://u:s3cret@h/n?sslmode=bogus", "sslmode"),
            ("postgres://u:s3cret@h/n?sslmode=require&sslmode=disable", "sslmode"),
            ("postgres://u:s3cret@h/n?connect_timeout=abc", "connect_timeout"),
            ("postgres://u:s3cret@h/n?connect_timeout=0", "connect_timeout"),
            ("postgres://u:s3cret@h/n?connect_timeout=true", "connect_timeout"),
            ("postgres://u:s3cret@h/n?keepalives=-1", "keepalives"),
            ("postgres://u:s3cret@h/n?sslpassword=true", "sslpassword"),
            ("mysql://u:s3cret@h/n?foo=bar", "foo"),
            ("mysql://u:s3cret@h/n?unix_socket=5", "unix_socket"),
            ("mysql://u:s3cret@h/n?compress=x", "compress"),
            ("mysql://u:s3cret@h/n?ssl=true", "ssl"),
            ("mysql://u:s3cret@h/n?ssl_mode=bogus", "ssl_mode"),
            ("mysql://u:s3cret@h/n?read_timeout=3601", "read_timeout"),
            ("sqlite:///n?foo=bar", "foo"),
            ("sqlite:///n?timeout=abc", "timeout"),
        ],
    )
    def test_that_the_client_would_fail_with_are_refused(
        self, configured: Environment, url: str, name: str
    ) -> None:
        configured.set(DATABASE_URL=url)
        refusal = configured.refusal()
        assert refusal.startswith(f"DATABASE_URL: {name} ")
        assert "s3cret" not in refusal

    @pytest.mark.parametrize(
        ("url", "option"),
        [
            ("postgres://u@h/n?sslmode=verify-full", {"sslmode": "verify-full"}),
            ("postgres://u@h/n?connect_timeout=3600", {"connect_timeout": 3600}),
            ("postgres://u@h/n?keepalives=0", {"keepalives": 0}),
            ("postgres://u@h/n?sslpassword=1234", {"sslpassword": 1234}),
            ("postgres://u@h/n?application_name=x", {"application_name": "x"}),
            ("mysql://u@h/n?unix_socket=/run/x", {"unix_socket": "/run/x"}),
            ("mysql://u@h/n?compress=true", {"compress": True}),
            ("mysql://u@h/n?ssl_mode=REQUIRED", {"ssl_mode": "REQUIRED"}),
            ("sqlite:///n?timeout=1", {"timeout": 1}),
        ],
    )
    def test_are_handed_to_the_client(
        self, configured: Environment, url: str, option: dict[str, Any]
    ) -> None:
        configured.set(DATABASE_URL=url)
        assert option.items() <= database(configured)["OPTIONS"].items()

    def test_of_postgresql_are_all_known_to_its_client(self) -> None:
        client = pytest.importorskip("psycopg", reason="the extra postgres brings it")
        known = dict.fromkeys(database_options._POSTGRES, 1)
        del known["assume_role"]  # Django's own
        assert client.conninfo.make_conninfo(**known)


class TestParts:
    def test_mean_mysql_unless_told_otherwise(self, configured: Environment) -> None:
        parts = {"NAME": "n", "USER": "u", "PASSWORD": "p", "HOST": "h"}
        configured.set(**{f"DB_{name}": value for name, value in parts.items()}, DB_PORT="3307")
        found = database(configured)
        assert found["ENGINE"] == "django.db.backends.mysql"
        assert {name: found[name] for name in parts} == parts
        assert found["PORT"] == 3307

    @pytest.mark.parametrize(
        ("engine", "expected"), [("postgres", "postgresql"), ("sqlite", "sqlite3")]
    )
    def test_can_name_another_backend(
        self, configured: Environment, engine: str, expected: str
    ) -> None:
        configured.set(DB_ENGINE=engine, DB_NAME="n")
        assert database(configured)["ENGINE"] == f"django.db.backends.{expected}"

    def test_take_the_password_from_a_file(self, configured: Environment) -> None:
        password = configured.write("password", "p@ss#word\n")
        configured.set(DB_NAME="n", DB_PASSWORD_FILE=str(password))
        assert database(configured)["PASSWORD"] == "p@ss#word"

    @pytest.mark.parametrize("name", ["DB_ENGINE", "DB_USER", "DB_PASSWORD", "DB_HOST", "DB_PORT"])
    def test_without_a_name_are_no_reason_to_use_sqlite(
        self, configured: Environment, name: str
    ) -> None:
        configured.set(**{name: "3306" if name == "DB_PORT" else "mysql"})
        assert configured.refusal().startswith("DB_NAME: required")

    @pytest.mark.parametrize("name", [":memory:", "file::memory:?cache=shared"])
    def test_name_no_database_in_memory(self, configured: Environment, name: str) -> None:
        configured.set(DB_ENGINE="sqlite", DB_NAME=name)
        assert configured.refusal().startswith("DB_NAME: ")

    @pytest.mark.parametrize(
        ("name", "value"),
        [("DB_ENGINE", "oracle"), ("DB_PORT", "x"), ("DB_PORT", "65536"), ("DB_PORT", "-1")],
    )
    def test_that_cannot_be_used_are_refused(
        self, configured: Environment, name: str, value: str
    ) -> None:
        configured.set(DB_NAME="n", **{name: value})
        assert configured.refusal().startswith(f"{name}: ")


class TestSafety:
    def test_of_mysql_is_strict_and_read_committed(self, configured: Environment) -> None:
        configured.set(DATABASE_URL="mysql://u@h/n", DB_LOCK_TIMEOUT="7")
        options = database(configured)["OPTIONS"]
        assert options["isolation_level"] == "read committed"
        assert databases.STRICT_MODE in options["init_command"]
        assert "innodb_lock_wait_timeout=7" in options["init_command"]

    def test_of_postgresql_bounds_waiting(self, configured: Environment) -> None:
        configured.set(DATABASE_URL="postgres://u@h/n?options=-c%20a=b")
        found = database(configured)
        assert found["OPTIONS"]["options"] == (
            r"-c a=b -c lock_timeout=5s -c default_transaction_isolation=read\ committed"
        )
        assert "pool" not in found["OPTIONS"]
        assert (found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (600, True)

    @pytest.mark.parametrize(("value", "threshold"), [("", 0), ("true", 0), ("false", None)])
    def test_of_postgresql_prepares_the_engines_statements_unless_told_not_to(
        self, configured: Environment, value: str, threshold: int | None
    ) -> None:
        configured.set(DATABASE_URL="postgres://u@h/n", DB_PREPARED_STATEMENTS=value)
        assert database(configured)["OPTIONS"]["prepare_threshold"] == threshold

    def test_of_sqlite_locks_early_and_writes_through(self, configured: Environment) -> None:
        configured.set(DATABASE_URL="sqlite:///n")
        options = database(configured)["OPTIONS"]
        assert options["transaction_mode"] == "IMMEDIATE"
        assert "synchronous=FULL" in options["init_command"]
