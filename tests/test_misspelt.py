"""A variable that is ignored because of its spelling is named, with the one that was meant."""

import pytest

from tests.environment import KEY, VARIABLES, Environment, Project
from wallet_transaction_api import checks, env, misspelt

#: What a shell, Docker, Kubernetes, CI, Django, clients of databases and other software set.
_TEXT = """
_ CI DISPLAY EDITOR HOME HOST HOSTNAME HOSTTYPE LANG LANGUAGE LC_ALL LOGNAME MAIL OLDPWD PATH
PORT PS1 PWD SHELL SHLVL SSH_AUTH_SOCK TERM TMPDIR TZ USER USERNAME VIRTUAL_ENV XDG_RUNTIME_DIR
PORT0 HTTP_PROXY http_proxy no_proxy HTTP_PORT LISTEN_FDS NOTIFY_SOCKET SOURCE_DATE_EPOCH
POD_NAME DJANGO_SETTINGS_MODULE DJANGO_DEBUG DJANGO_SECRET_KEY DJANGO_LOG_LEVEL
DJANGO_ALLOWED_HOSTS PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGSSLMODE PGOPTIONS
POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB MYSQL_HOST MYSQL_USER MYSQL_PASSWORD MYSQL_DATABASE
MYSQL_ROOT_PASSWORD MYSQL_PWD MARIADB_ROOT_PASSWORD REDIS_HOST REDIS_PORT REDIS_PASSWORD
REDIS_TLS_URL CACHE_URL DB_SERVICE_HOST DB_PORT_3306_TCP DB_PORT_3306_TCP_ADDR DB_SERVICE_PORT
WEB_SERVICE_PORT_HTTP KUBERNETES_PORT KUBERNETES_SERVICE_HOST WEB_PORT WEB_CONCURRENCY
GUNICORN_CMD_ARGS GRANIAN_WORKERS GRANIAN_THREADS GITHUB_TOKEN GITHUB_REF_NAME GITLAB_USER_LOGIN
CI_DEBUG_TRACE RUNNER_DEBUG JOB_NAME BUILD_NUMBER TEST_MYSQL_URL TEST_POSTGRES_URL
TEST_REDIS_URL REQUIRE_BACKENDS PUBLISH EXTRAS TEST_DATABASE_URL DATABASE_URL_RO
READONLY_DATABASE_URL SECRET_KEY_BASE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY ACCESS_TOKEN
REFRESH_TOKEN LOG_FORMAT RUST_LOG PYTHONPATH PYTHONUNBUFFERED PIP_INDEX_URL DEBUGINFOD_URLS
DEBCONF_NONINTERACTIVE SENTRY_DSN OTEL_SERVICE_NAME OTEL_LOG_LEVEL NPM_CONFIG_LOGLEVEL
"""
ORDINARY = _TEXT.split()


@pytest.fixture
def given(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Return an environment of which the settings have been read, with nothing else in it."""
    monkeypatch.setattr(env.os, "environ", {})
    environment.settings()
    return environment


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("WEB_TREADS", "WEB_THREADS"),
        ("WEBTHREADS", "WEB_THREADS"),
        ("WEB_WROKERS", "WEB_WORKERS"),
        ("web_threads", "WEB_THREADS"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("REDIS_URI", "REDIS_URL"),
        ("ALLOWED_HOST", "ALLOWED_HOSTS"),
        ("CORS_ALLOWED_ORIGIN", "CORS_ALLOWED_ORIGINS"),
        ("DBNAME", "DB_NAME"),
        ("ASSET", "ASSETS"),
        ("SELF_CREDITS", "SELF_CREDIT"),
        ("DEFAULT_CURENCY", "DEFAULT_CURRENCY"),
    ],
)
def test_a_misspelt_variable_is_named(given: Environment, wrong: str, right: str) -> None:
    env.os.environ[wrong] = "4"
    assert misspelt.variables() == [(wrong, right)]
    (warning,) = checks.check_variables()
    assert warning.id == "wallet_transaction_api.W003"
    assert warning.msg == f"The environment variable {wrong} is ignored: did you mean {right}?"


def test_so_is_one_of_the_file(given: Environment) -> None:
    given.write(".env", "WEB_TREADS=4\n")
    assert misspelt.variables() == [("WEB_TREADS", "WEB_THREADS")]


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_variable_is_not(given: Environment, name: str) -> None:
    env.os.environ[name] = "x"
    assert misspelt.variables() == []


@pytest.mark.parametrize("name", ["WEB_THREAD_PORT", "WEB_TREADS", "REDIS_URLS"])
def test_a_link_to_a_service_is_not(given: Environment, name: str) -> None:
    env.os.environ[name] = "tcp://10.0.0.1:80"
    assert misspelt.variables() == []


def test_none_of_ours_is(given: Environment) -> None:
    for name in VARIABLES:
        env.os.environ[name] = env.os.environ[f"{name}_FILE"] = "x"
    assert misspelt.variables() == []


def test_the_start_and_the_check_warn_in_one_line(project: Project) -> None:
    variables = {"SECRET_KEY": KEY, "DATABASE_URL": "sqlite:///w.sqlite3", "WEB_TREADS": "4"}
    for command in ("check", "serve"):
        done = project.run("manage.py", command, **variables)
        lines = [line for line in done.stderr.splitlines() if "WEB_TREADS" in line]
        assert len(lines) == 1
        assert lines[0].endswith("is ignored: did you mean WEB_THREADS?")
