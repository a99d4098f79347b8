"""The compose file passes on what the service reads, and publishes to this machine only."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.environment import VARIABLES

ROOT = Path(__file__).resolve().parent.parent
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())[
    "services"
]
#: Which address and database a container has is the compose file's business.
FIXED = {"DATABASE_URL", "DB_ENGINE", "DB_HOST", "DB_NAME", "DB_PORT", "DB_USER"}
FIXED |= {"HOST", "PORT", "REDIS_URL"}


@pytest.mark.parametrize("name", ["api", "api-postgres"])
class TestTheApi:
    def test_is_given_every_variable(self, name: str) -> None:
        assert {*SERVICES[name]["environment"], *FIXED} == set(VARIABLES)

    def test_is_given_what_the_shell_or_dot_env_has(self, name: str) -> None:
        given = SERVICES[name]["environment"].items()
        free = {variable: value for variable, value in given if variable not in FIXED}
        assert {
            variable: value
            for variable, value in free.items()
            if value is not None and not value.startswith(f"${{{variable}:-")
        } == {}


def test_ports_are_published_to_this_machine_unless_told_otherwise() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert len(ports) == 3
    assert {port.rpartition("}:")[0] for port in ports} == {"${PUBLISH:-127.0.0.1"}


class TestRedis:
    def test_asks_for_the_password_that_the_apis_have(self) -> None:
        command, password = SERVICES["redis"]["command"], "${REDIS_PASSWORD:-wallet}"
        assert command[command.index("--requirepass") + 1] == password
        urls = [SERVICES[name]["environment"]["REDIS_URL"] for name in ("api", "api-postgres")]
        assert urls == [f"redis://:{password}@redis:6379/{number}" for number in (0, 1)]

    def test_is_asked_by_its_health_check_with_it(self) -> None:
        redis = SERVICES["redis"]
        assert redis["environment"] == {"REDISCLI_AUTH": "${REDIS_PASSWORD:-wallet}"}
        assert "PONG" in redis["healthcheck"]["test"][1]  # `ping` alone succeeds when refused

    def test_is_not_published(self) -> None:
        assert "ports" not in SERVICES["redis"]
