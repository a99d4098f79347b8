"""What the variables make of the settings, and how a bad one stops every way to start."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone

from tests.addresses import free_port
from tests.environment import KEY, VARIABLES, Environment, Project

DATABASE = "sqlite:///wallets.sqlite3"

#: A bad value of every variable that can have one.
BAD = {
    "DEBUG": ("perhaps", "2"),
    "ALLOWED_HOSTS": (
        *("https://foo.example", "foo:8000", "foo.example/", "foo.example.", "*.foo.example"),
        *("foo_bar", "::1", "[::1", "[::g]", "[0::1]", "bücher.example", "a b", "good,foo:8000"),
    ),
    "AUTH_REQUIRED": ("perhaps",),
    "SELF_CREDIT": ("perhaps",),
    "REGISTRATION_OPEN": ("perhaps",),
    "DEFAULT_CURRENCY": ("XXY", "usd", "BTC"),
    "ASSETS": ("BTC", "BTC:19", "BTC:-1", "B:2", "btc:8", "USD:2", "BTC:8,BTC:9"),
    "DATABASE_URL": ("nonsense", "oracle://u@h/n", "sqlite://", "postgres://u@h", "mysql://h:x/n"),
    "DB_LOCK_TIMEOUT": ("0", "soon", "601"),
    "DB_PREPARED_STATEMENTS": ("perhaps",),
    "REDIS_URL": (
        *("127.0.0.1:6379", "http://h", "redis://h:port/0", "redis://h/zero"),
        *("redis://h/4?foo=bar", "redis://h/4?socket_timeout=abc", "redis://h/4?db=x"),
        *("redis://h/4?socket_timeout=-1", "redis://h/4?socket_connect_timeout=nan"),
        *("redis://h/4?decode_responses=true", "redis://h/4?retry=3", "redis://h/4?protocol=9"),
        *("rediss://h/4?ssl_foo=x", "rediss://h/4?ssl_cert_reqs=bogus", "redis://h/4?foo="),
    ),
    "BALANCE_CACHE_SECONDS": ("0", "1.5", "86401"),
    "HOST": ("nonsense", "999.1.1.1"),
    "PORT": ("0", "65536", "http", "8000.0", "9" * 400),
    "WEB_WORKERS": ("0", "257", "auto"),
    "WEB_THREADS": ("0", "1025", "-1"),
    "REQUEST_BODY_SECONDS": ("0", "61", "x"),
    "TRUSTED_PROXIES": ("proxy", "10.0.0.0/33", "10.0.0.1/8"),
    "THROTTLE_ANON": ("100", "0/minute", "100/week"),
    "THROTTLE_USER": ("x/minute",),
    "THROTTLE_LOGIN": ("on",),
    "GROUP_COMMIT": ("perhaps",),
    "IDEMPOTENCY_DAYS": ("0", "x"),
    "ACCESS_LOG": ("perhaps",),
    "LOG_LEVEL": ("LOUD", "info"),
    "ACCESS_TOKEN_MINUTES": ("0", "x", "5256001"),
    "REFRESH_TOKEN_DAYS": ("0", "x", "3651"),
    "CORS_ALLOWED_ORIGINS": (
        *("app.example", "https://app.example/", "https://app.example/x", "https://app.example?x"),
        *("https://", "https://App.example", "https://app.example:443", "http://app.example:80"),
        *("https://*.app.example", "https://u@app.example", "https://[::g]", "//app.example"),
        *("https://app.example:0", "null", "*", "https://good.example,app.example"),
    ),
    "CSRF_TRUSTED_ORIGINS": (
        *("app.example", "https://app.example/", "https://*", "https://app.*.example"),
        *("https://*.*.example", "https://*.App.example", "*.app.example"),
    ),
    "SECURE_SSL_REDIRECT": ("perhaps",),
    "SECURE_HSTS_SECONDS": ("-1", "x"),
    "SECURE_COOKIES": ("perhaps",),
}


@pytest.fixture
def production(environment: Environment) -> Environment:
    """A key and a database, nothing else."""
    environment.set(SECRET_KEY=KEY, DATABASE_URL=DATABASE)
    return environment


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_value_is_refused_in_few_words(production: Environment, name: str) -> None:
    production.set(**{name: "DOLLARS_/" * 500})
    assert len(production.refusal()) <= 200


def test_the_closest_currencies_are_named(production: Environment) -> None:
    production.set(DEFAULT_CURRENCY="DOLLARS")
    assert len(production.refusal()) <= 200
    production.set(DEFAULT_CURRENCY="uds")
    assert "USD" in production.refusal()


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in BAD.items() for v in values])
def test_a_bad_value_is_refused_by_name(production: Environment, name: str, value: str) -> None:
    production.set(**{name: value})
    refusal = production.refusal()
    assert refusal.startswith(f"{name}: ")
    assert len(refusal) <= 200


@pytest.mark.parametrize(
    ("name", "value", "setting"),
    [
        ("ALLOWED_HOSTS", "a.example,b.example", {"ALLOWED_HOSTS": ["a.example", "b.example"]}),
        ("ALLOWED_HOSTS", ".a.example,10.0.0.1,[2001:DB8::1],*,Localhost", {}),
        ("AUTH_REQUIRED", "false", {"AUTH_REQUIRED": False}),
        ("SELF_CREDIT", "no", {"SELF_CREDIT": False}),
        ("REGISTRATION_OPEN", "yes", {"REGISTRATION_OPEN": True}),
        ("DEFAULT_CURRENCY", "JPY", {"DEFAULT_CURRENCY": "JPY"}),
        ("ASSETS", "BTC:8,ETH:18", {"ASSETS": {"BTC": 8, "ETH": 18}}),
        ("BALANCE_CACHE_SECONDS", "7", {"BALANCE_CACHE_SECONDS": 7}),
        ("REDIS_URL", "redis://:pw@h:6380/3", {"REDIS_URL": "redis://:pw@h:6380/3"}),
        ("REDIS_URL", "unix:///run/redis.sock?db=1", {"REDIS_URL": "unix:///run/redis.sock?db=1"}),
        ("REDIS_URL", "rediss://h?ssl_cert_reqs=none&socket_timeout=0.2", {}),
        ("HOST", "0.0.0.0", {"HOST": "0.0.0.0"}),  # noqa: S104
        ("PORT", "9000", {"PORT": 9000}),
        ("WEB_WORKERS", "4", {"WEB_WORKERS": 4}),
        ("LOG_LEVEL", "DEBUG", {"LOG_LEVEL": "DEBUG"}),
        ("CORS_ALLOWED_ORIGINS", "https://a", {"CORS_ALLOWED_ORIGINS": ["https://a"]}),
        ("CSRF_TRUSTED_ORIGINS", "https://a", {"CSRF_TRUSTED_ORIGINS": ["https://a"]}),
        ("CORS_ALLOWED_ORIGINS", "http://10.0.0.1:8080,http://[::1]:81,capacitor://a", {}),
        ("CSRF_TRUSTED_ORIGINS", "https://*.a.example,https://*.a.example:8443", {}),
        ("SECURE_SSL_REDIRECT", "true", {"SECURE_SSL_REDIRECT": True}),
        ("SECURE_HSTS_SECONDS", "60", {"SECURE_HSTS_SECONDS": 60}),
        (
            "SECURE_COOKIES",
            "false",
            {"SESSION_COOKIE_SECURE": False, "CSRF_COOKIE_SECURE": False},
        ),
    ],
)
def test_a_variable_sets(
    production: Environment, name: str, value: str, setting: dict[str, Any]
) -> None:
    production.set(**{name: value})
    settings = production.settings()
    assert {key: settings[key] for key in setting} == setting


def test_a_bad_redis_is_refused_without_its_password(production: Environment) -> None:
    production.set(REDIS_URL="redis://u:s3cret@h:6379/0?password=s3cret&socket_timeout=abc")
    refusal = production.refusal()
    assert "'socket_timeout'" in refusal
    assert "s3cret" not in refusal


def test_the_longest_tokens_can_be_made(production: Environment) -> None:
    production.set(ACCESS_TOKEN_MINUTES="5256000", REFRESH_TOKEN_DAYS="3650")
    of_tokens = production.settings()["SIMPLE_JWT"]
    lifetimes = [of_tokens[f"{kind}_TOKEN_LIFETIME"] for kind in ("ACCESS", "REFRESH")]
    assert {timezone.now() + lifetime for lifetime in lifetimes}
    assert len(set(lifetimes)) == 1


def test_an_asset_can_be_the_default_currency(production: Environment) -> None:
    production.set(ASSETS="BTC:8", DEFAULT_CURRENCY="BTC")
    assert production.settings()["DEFAULT_CURRENCY"] == "BTC"


class TestDefaults:
    def test_are_safe_in_production(self, production: Environment) -> None:
        settings = production.settings()
        safe = {
            "DEBUG": False,
            "AUTH_REQUIRED": True,
            "REGISTRATION_OPEN": False,
            "SESSION_COOKIE_SECURE": True,
            "CSRF_COOKIE_SECURE": True,
            "SECURE_SSL_REDIRECT": False,
            "CORS_ALLOWED_ORIGINS": [],
            "TRUSTED_PROXIES": [],
            "HOST": "127.0.0.1",
            "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        }
        assert {name: settings[name] for name in safe} == safe
        assert "CORS_ALLOW_ALL_ORIGINS" not in settings

    def test_are_those_of_empty_values(self, production: Environment) -> None:
        unset = production.settings()
        others = set(VARIABLES) - {"SECRET_KEY", "DATABASE_URL"}
        production.set(**dict.fromkeys(others, ""))
        compared = {name for name in unset if name.isupper()}
        empty = production.settings()
        assert {n: empty[n] for n in compared} == {n: unset[n] for n in compared}

    def test_help_who_tries_it_out(self, environment: Environment) -> None:
        settings = environment.settings()
        assert (settings["DEVELOPMENT"], settings["DEBUG"]) == (True, True)
        assert settings["REGISTRATION_OPEN"] is True
        assert settings["HOST"] == "127.0.0.1"
        assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
        assert settings["DATABASES"]["default"]["NAME"] == str(environment.folder / "db.sqlite3")
        assert settings["CACHES"]["default"]["BACKEND"].endswith("LocMemCache")

    def test_of_debug_can_be_overruled(self, environment: Environment) -> None:
        environment.set(DEBUG="false")
        assert environment.settings()["DEBUG"] is False


class TestStarting:
    """By whatever command: one line that names the variable, and no traceback before it."""

    @pytest.mark.parametrize(
        "command",
        [
            ("manage.py", "check"),
            ("manage.py", "serve"),
            ("manage.py", "migrate"),
            ("-m", "alembic", "current"),
            ("-m", "alembic", "upgrade", "head"),
        ],
        ids=" ".join,
    )
    def test_by_command_ends_with_one_line(
        self, project: Project, command: tuple[str, ...]
    ) -> None:
        done = project.run(*command, DATABASE_URL=DATABASE)
        assert done.returncode != 0
        [line] = (done.stdout + done.stderr).strip().splitlines()
        assert "SECRET_KEY: required once a database is configured" in line

    @pytest.mark.parametrize(
        ("variables", "named", "client", "extra"),
        [
            ({"DATABASE_URL": "mysql://u:s3cret@h/n"}, "DATABASE_URL", "MySQLdb", "mysql"),
            ({"DB_NAME": "n", "DB_PASSWORD": "s3cret"}, "DB_ENGINE", "MySQLdb", "mysql"),
            ({"DATABASE_URL": "postgres://u:s3cret@h/n"}, "DATABASE_URL", "psycopg", "postgres"),
        ],
    )
    def test_without_a_databases_client_ends_with_one_line(
        self, project: Project, variables: dict[str, str], named: str, client: str, extra: str
    ) -> None:
        (project.folder / f"{client}.py").write_text("raise ImportError('no shared library')")
        for command in (("manage.py", "check"), ("-m", "alembic", "current")):
            done = project.run(*command, SECRET_KEY=KEY, **variables)
            assert done.returncode != 0
            [line] = (done.stdout + done.stderr).strip().splitlines()
            assert f"{named}: " in line
            assert line.endswith(f"(pip: the extra {extra}): EXTRAS={extra} make install")

    def test_by_a_wsgi_server_ends_with_that_line(self, project: Project) -> None:
        done = project.run(
            "-c", "import wallet_transaction_api.wsgi", DATABASE_URL="mysql://u:s3cret@h:p/n"
        )
        lines = done.stderr.strip().splitlines()
        assert done.returncode == 1
        assert "DATABASE_URL: " in lines[-1] or "SECRET_KEY: " in lines[-1]
        assert len(lines) < 10
        assert "s3cret" not in done.stderr

    def test_names_no_password(self, project: Project) -> None:
        done = project.run(
            "-c",
            "import wallet_transaction_api.settings",  # with the whole traceback
            SECRET_KEY=KEY,
            DATABASE_URL="mysql://wallet:pa#s3cret@host:3306/n",
        )
        assert "DATABASE_URL: " in done.stderr.splitlines()[-1]
        assert "s3cret" not in done.stderr


class TestDevelopmentMode:
    def test_lets_bare_migrate_and_runserver_work(self, project: Project) -> None:
        migrated = project.run("manage.py", "migrate", "--verbosity", "0")
        assert migrated.returncode == 0, migrated.stderr
        port = free_port()
        server = project.start("manage.py", "runserver", "--noreload", str(port))
        try:
            assert _first_answer(f"http://127.0.0.1:{port}/api/wallets/") == 401
        finally:
            server.kill()
            server.wait()
        kept = {path.name for path in Path(project.folder).iterdir()}
        assert {".secret_key", "db.sqlite3"} <= kept


def _first_answer(url: str) -> int:
    for _ in range(300):
        try:
            return httpx.get(url, timeout=5).status_code
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("nobody answers")
