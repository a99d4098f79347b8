"""MySQL with binary logging and an account without SUPER, as MySQL 8 has it out of the box.

A private MariaDB shows the same refusal (error 1419); it needs the server's program here.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from tests.addresses import free_port
from tests.migrating.conftest import Scratch
from wallet_transaction_api.migrating import guards

SERVER = shutil.which("mariadbd") or "/usr/sbin/mariadbd"


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(guards.GuardsRefused, match="log_bin_trust_function_creators=1"):
        _raise_explained(OperationalError(1419, "You do not have the SUPER privilege"))


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(OperationalError, match="gone away"):
        _raise_explained(OperationalError(2006, "Server has gone away"))


def _raise_explained(error: Exception) -> None:
    with guards.explained():
        raise error


class PrivateServer:
    """A MariaDB of this test's own, with binary logging."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        data = folder / "data"
        as_root = ["--user=root"] if os.geteuid() == 0 else []
        options = ["--no-defaults", f"--datadir={data}", *as_root]
        install = ["mariadb-install-db", *options, "--skip-test-db"]
        subprocess.run(
            [*install, "--auth-root-authentication-method=normal"], check=True, capture_output=True
        )
        listen = ["--bind-address=127.0.0.1", f"--port={self.port}", f"--socket={folder / 'sock'}"]
        self.process = subprocess.Popen(
            [SERVER, *options, *listen, "--log-bin=log", f"--log-error={folder / 'log'}"]
        )

    def execute(self, *statements: str, user: str = "root") -> None:
        """Run statements as its root, or as an account of the database `wallets`."""
        own = self._connect() if user == "root" else self._connect(user=user, passwd=user)
        for statement in statements:
            own.cursor().execute(statement)
        own.close()

    def url(self, user: str) -> str:
        """Return the URL of the database `wallets` for an account named like its password."""
        return f"mysql://{user}:{user}@127.0.0.1:{self.port}/wallets"

    def _connect(self, seconds: float = 30, user: str = "root", passwd: str = "") -> Any:
        import MySQLdb

        address = {"host": "127.0.0.1", "port": self.port, "user": user, "passwd": passwd}

        deadline = time.monotonic() + seconds
        while True:
            try:
                return MySQLdb.connect(**address, database="" if user == "root" else "wallets")
            except MySQLdb.OperationalError:
                assert time.monotonic() < deadline, "the private server did not start"
                time.sleep(0.1)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    """Start it with the database `wallets` and two accounts; end it by its process."""
    private = PrivateServer(tmp_path_factory.mktemp("binlog"))
    try:
        private.execute(
            "CREATE DATABASE wallets CHARACTER SET utf8mb4",
            *_account("app", "ALL"),
            *_account("service", "SELECT, INSERT, UPDATE, DELETE"),
        )
        yield private
    finally:
        private.process.kill()
        private.process.wait(20)


def _account(name: str, privileges: str) -> list[str]:
    statements = []
    for host in ("'127.0.0.1'", "localhost"):
        statements.append(f"CREATE USER {name}@{host} IDENTIFIED BY '{name}'")
        statements.append(f"GRANT {privileges} ON wallets.* TO {name}@{host}")
    return statements


@pytest.mark.serial
@pytest.mark.skipif(
    connection.vendor != "mysql" or not Path(SERVER).exists(),
    reason="MySQL's own setting; needs a local MariaDB server program",
)
def test_an_account_without_super_is_told_and_then_succeeds(
    server: PrivateServer, scratch: Scratch
) -> None:
    url = server.url("app")
    for command in (("manage.py", "migrate"), ("-m", "alembic", "upgrade", "head")):
        refused = scratch.run(*command, DATABASE_URL=url)
        assert refused.returncode != 0
        assert "Set log_bin_trust_function_creators=1" in refused.stdout + refused.stderr
        assert "Traceback" not in refused.stdout + refused.stderr
    server.execute("SET GLOBAL log_bin_trust_function_creators = 1")
    done = scratch.run("manage.py", "migrate", DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert scratch.run("manage.py", "migrate", "--check", DATABASE_URL=url).returncode == 0
    server.execute("DROP TRIGGER entries_no_delete", user="app")
    assert scratch.run("manage.py", "migrate", "--check", DATABASE_URL=url).returncode == 1
    done = scratch.run("manage.py", "migrate", DATABASE_URL=url)
    assert "Put back: trigger entries_no_delete" in done.stdout
    _service_account_cannot_empty_the_journal(server, scratch)


def _service_account_cannot_empty_the_journal(server: PrivateServer, scratch: Scratch) -> None:
    """The grants of docs/migrations.md: enough to serve, too little for TRUNCATE."""
    service = scratch.run("manage.py", "seed_demo", DATABASE_URL=server.url("service"))
    assert service.returncode == 0, service.stderr
    checked = scratch.run(
        *("manage.py", "check", "--deploy", "--database", "default"),
        DATABASE_URL=server.url("service"),
    )
    assert "E003" not in checked.stdout + checked.stderr
    with pytest.raises(Exception, match="DROP command denied"):
        server.execute("TRUNCATE TABLE entries", user="service")
    with pytest.raises(Exception, match="append-only"):
        server.execute("DELETE FROM entries", user="service")
