"""What a server that others reach does not start with."""

import pytest

from tests.environment import KEY, Environment
from wallet_transaction_api.exposure import COMPOSE_SECRET_KEY

DATABASE = "sqlite:///wallets.sqlite3"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1"])  # noqa: S104
def test_debug_is_rejected_where_others_reach_the_server(
    environment: Environment, host: str
) -> None:
    environment.set(SECRET_KEY=KEY, DATABASE_URL=DATABASE, DEBUG="true", HOST=host)
    assert environment.refusal().startswith("DEBUG: ")


def test_debug_is_accepted_on_loopback(environment: Environment) -> None:
    environment.set(SECRET_KEY=KEY, DATABASE_URL=DATABASE, DEBUG="true")
    assert environment.settings()["DEBUG"] is True


@pytest.mark.parametrize("publish", ["", "0.0.0.0", "10.0.0.1", "example.com"])  # noqa: S104
def test_the_compose_files_key_is_rejected_where_others_reach_its_ports(
    environment: Environment, publish: str
) -> None:
    environment.set(SECRET_KEY=COMPOSE_SECRET_KEY, DATABASE_URL=DATABASE, PUBLISH=publish)
    assert environment.refusal().startswith("SECRET_KEY: ")


@pytest.mark.parametrize("publish", ["127.0.0.1", "::1", "localhost"])
def test_the_compose_files_key_is_accepted_on_loopback(
    environment: Environment, publish: str
) -> None:
    environment.set(SECRET_KEY=COMPOSE_SECRET_KEY, DATABASE_URL=DATABASE, PUBLISH=publish)
    assert environment.settings()["SECRET_KEY"] == COMPOSE_SECRET_KEY
