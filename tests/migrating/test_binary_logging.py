"""MySQL with binary logging and an account without SUPER, as MySQL 8 has it out of the box.

A private MariaDB shows the same refusal (error 1419); it needs the server's program here.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from tests.addresses import free_port
from tests.migrating.conftest import Scratch
from wallet_transaction_api.migrating import guards

SERVER = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
CLIENT, DUMP = "mariadb", "mariadb-dump"


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

    def dump(self, *options: str) -> str:
        """Return a dump of the database `wallets`, by its owner."""
        command = [DUMP, *self._client("app"), "--single-transaction", *options, "wallets"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def restore(self, dump: str) -> str:
        """Read a dump into the database `restored`, by the account `other`; return its errors."""
        command = [CLIENT, *self._client("other"), "restored"]
        done = subprocess.run(command, input=dump, check=False, capture_output=True, text=True)
        return done.stderr

    def _client(self, user: str) -> list[str]:
        address = ["--host=127.0.0.1", f"--port={self.port}"]
        return ["--no-defaults", *address, f"--user={user}", f"--password={user}"]

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


def on_a_server_of_its_own(test: Callable[..., None]) -> Callable[..., None]:
    """Skip it where the server's program is missing; `REQUIRE_BACKENDS=1` lets it fail instead."""
    is_there = Path(SERVER).exists() or os.environ.get("REQUIRE_BACKENDS") == "1"
    needed = connection.vendor == "mysql" and is_there
    reason = "MySQL's own setting; needs a local MariaDB server program"
    skipped: Callable[..., None] = pytest.mark.skipif(not needed, reason=reason)(test)
    serial: Callable[..., None] = pytest.mark.serial(skipped)
    return serial


@on_a_server_of_its_own
def test_a_binary_log_of_statements_stops_the_commands(
    server: PrivateServer, scratch: Scratch
) -> None:
    server.execute("SET GLOBAL binlog_format = 'STATEMENT'")
    problem = "the database does not suit: binlog_format is STATEMENT"
    refused = scratch.run("manage.py", "migrate", DATABASE_URL=server.url("app"))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"CommandError: {problem}")
    assert len(refused.stderr.splitlines()) == 1
    checked = scratch.run(
        *("manage.py", "check", "--database", "default"), DATABASE_URL=server.url("service")
    )
    assert "(wallet_transaction_api.E004)" in checked.stderr
    served = scratch.run("manage.py", "serve", DATABASE_URL=server.url("service"))
    assert problem in served.stderr


@on_a_server_of_its_own
def test_a_restore_without_super_leaves_the_triggers_to_migrate(
    server: PrivateServer, scratch: Scratch
) -> None:
    """As docs/operations.md has it: another account restores into another database."""
    server.execute(
        "SET GLOBAL log_bin_trust_function_creators = 1",
        "CREATE DATABASE restored CHARACTER SET utf8mb4",
        "CREATE USER other@'127.0.0.1' IDENTIFIED BY 'other'",
        "GRANT ALL ON restored.* TO other@'127.0.0.1'",
    )
    url = server.url("app")
    assert scratch.run("manage.py", "migrate", DATABASE_URL=url).returncode == 0
    assert scratch.run("manage.py", "seed_demo", DATABASE_URL=url).returncode == 0
    refused = server.restore(server.dump("--triggers"))
    assert "ERROR 1227" in refused
    server.execute("DROP DATABASE restored", "CREATE DATABASE restored CHARACTER SET utf8mb4")
    assert server.restore(server.dump("--skip-triggers")) == ""
    restored = f"mysql://other:other@127.0.0.1:{server.port}/restored"
    done = scratch.run("manage.py", "migrate", DATABASE_URL=restored)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Put back: trigger") == len(guards.REVISIONS) * 2
    assert scratch.run("manage.py", "migrate", "--check", DATABASE_URL=restored).returncode == 0
    assert scratch.run("manage.py", "verify_ledger", DATABASE_URL=restored).returncode == 0
    with pytest.raises(Exception, match="append-only"):
        server.execute("DELETE FROM restored.entries")
    with pytest.raises(Exception, match="1701"):
        server.execute("TRUNCATE TABLE restored.entries")


@on_a_server_of_its_own
def test_triggers_of_an_account_that_is_gone_still_refuse(
    server: PrivateServer, scratch: Scratch
) -> None:
    """As docs/migrations.md has it: error 1449 for a change, none for an insertion."""
    server.execute("SET GLOBAL log_bin_trust_function_creators = 1")
    assert scratch.run("manage.py", "migrate", DATABASE_URL=server.url("app")).returncode == 0
    assert scratch.run("manage.py", "seed_demo", DATABASE_URL=server.url("app")).returncode == 0
    server.execute("DROP USER app@'127.0.0.1'", "DROP USER app@localhost")
    posting = (
        "from wallet_transaction_api.models import Transaction, Wallet;"
        "Transaction.objects.create(wallet=Wallet.objects.exclude(balance=0)[0], amount=1)"
    )
    url = server.url("service")
    done = scratch.run("manage.py", "shell", "--command", posting, DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    for statement in ("DELETE FROM wallets.entries", "UPDATE wallets.entries SET sequence = 9"):
        with pytest.raises(Exception, match="1449"):
            server.execute(statement)


@on_a_server_of_its_own
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
