"""A new SQLite file is its owner's only, and so is what SQLite keeps beside it."""

import os
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.environment import Project
from wallet_transaction_api.sqlite_files import PrivateConnection, open_to_others, path_of

NOBODY_ELSE, EVERYBODY_READS = 0o600, 0o644


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def _opened(name: object) -> sqlite3.Connection:
    opened = sqlite3.connect(str(name), factory=PrivateConnection, uri=True, isolation_level=None)
    opened.execute("PRAGMA journal_mode=WAL")
    return opened


@pytest.mark.parametrize("form", ["{}", "file:{}", "file:{}?mode=rwc"])
def test_a_new_file_and_its_log_are_the_owners(tmp_path: Path, form: str) -> None:
    file = tmp_path / "wallets.sqlite3"
    opened = _opened(form.format(file))
    opened.execute("CREATE TABLE box (number)")
    modes = {path.name: _mode(path) for path in tmp_path.iterdir()}
    opened.close()
    names = [f"wallets.sqlite3{end}" for end in ("", "-wal", "-shm")]
    assert modes == dict.fromkeys(names, NOBODY_ELSE)
    assert open_to_others(str(file)) == []


def test_an_existing_file_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "wallets.sqlite3"
    file.touch()
    file.chmod(EVERYBODY_READS)
    opened = _opened(file)
    opened.execute("CREATE TABLE box (number)")
    assert _mode(file) == EVERYBODY_READS
    assert open_to_others(str(file)) == [file, Path(f"{file}-wal"), Path(f"{file}-shm")]
    opened.close()


def test_threads_that_make_it_at_once_keep_their_locks(tmp_path: Path) -> None:
    """Closing a file ends the process' locks on it: two would write at once."""
    for turn in range(20):
        file = tmp_path / f"{turn}.sqlite3"

        def write(file: Path = file) -> None:
            opened = sqlite3.connect(file, factory=PrivateConnection, isolation_level=None)
            opened.execute("BEGIN IMMEDIATE")
            opened.execute("CREATE TABLE IF NOT EXISTS box (number)")
            opened.execute("INSERT INTO box VALUES (1)")
            opened.execute("COMMIT")
            opened.close()

        with ThreadPoolExecutor(4) as pool:
            for each in [pool.submit(write) for _ in range(4)]:
                each.result()
        opened = sqlite3.connect(file)
        assert opened.execute("SELECT COUNT(*) FROM box").fetchone() == (4,)
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        opened.close()


def test_where_none_can_be_made_sqlite_says_why(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open database file"):
        _opened(tmp_path / "nowhere" / "wallets.sqlite3")


@pytest.mark.parametrize(
    "name", ["", ":memory:", "file::memory:?cache=shared", "file:x?mode=memory", "file:x?mode=ro"]
)
def test_what_makes_no_file_has_none(name: str) -> None:
    assert path_of(name) is None
    assert open_to_others(name) == []


def test_what_migrate_makes_is_the_owners(project: Project) -> None:
    done = project.run("manage.py", "migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    made = {path.name: _mode(path) for path in project.folder.glob("db.sqlite3*")}
    assert made["db.sqlite3"] == NOBODY_ELSE
    assert set(made.values()) == {NOBODY_ELSE}
