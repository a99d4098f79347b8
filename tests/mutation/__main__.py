"""Mutation testing of the ledger: `make mutate` (ARGS=--help says what can be chosen).

Two passes. In the first, pytest collects the tests once; each mutant of a function's body gets a
fork of that process, in which the function runs the changed code. In the second, what was
changed runs at import (statements of a module, columns of a class, decorators), so each mutant
gets a process that imports it, and the tests, anew.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

TESTS = (
    "tests/ledger",
    "tests/models",
    "tests/management",
    "tests/api/plain",
    "tests/api/test_audit.py",
    "tests/api/test_errors.py",
    "tests/api/jsonapi/test_as_of.py",
    "tests/api/jsonapi/test_creating_transactions.py",
    "tests/api/jsonapi/test_deleting.py",
    "tests/api/jsonapi/test_entries.py",
    "tests/api/jsonapi/test_holds.py",
    "tests/api/jsonapi/test_limits.py",
    "tests/api/jsonapi/test_transfers.py",
    "tests/api/jsonapi/test_updating.py",
)


def main() -> None:
    """Go on with the campaign, then say how it stands."""
    arguments = _arguments()
    _enter(arguments.postgres)
    from tests.mutation import database, passes, record, report

    record.FOLDER.mkdir(exist_ok=True)
    if not arguments.report:
        chosen = record.mutants(arguments.module, share=arguments.share)
        done = _done(again=arguments.again)
        due = [mutant for mutant in chosen if mutant.id not in done and not arguments.judge]
        try:
            passes.go_through(due, TESTS, judging=arguments.judge)
        finally:
            database.leave()
    report.show(share=arguments.share)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutate ARGS=...", description=__doc__)
    parser.add_argument("--module", default="", help="only of modules whose path holds this")
    parser.add_argument("--share", type=float, default=1.0, help="of all, drawn by their digests")
    parser.add_argument("--again", action="store_true", help="also what survived before")
    parser.add_argument("--judge", action="store_true", help="do the noticing tests pass by rights")
    parser.add_argument(
        "--postgres",
        default="",
        metavar="URL",
        help="a server's, e.g. postgres://postgres@127.0.0.1:5432/postgres: "
        "try there, in a database made for it, what no trial on SQLite noticed",
    )
    parser.add_argument("--report", action="store_true", help="run nothing")
    return parser.parse_args()


def _done(*, again: bool) -> set[str]:
    """Return the mutants that need no trial: noticed on either database, or tried on this one."""
    from tests.mutation import record

    known = record.results().items()
    return {
        key
        for key, result in known
        if result["outcome"] in record.NOTICED or (not again and record.DATABASE in result["tried"])
    }


def _enter(postgres: str) -> None:
    """Let nothing of the machine's into the tests: one database, no Redis, one order of all."""
    os.environ["SECRET_KEY"] = "a-key-of-the-campaign-0123456789-0123456789-0123456789"
    os.environ.pop("REDIS_URL", None)
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        command = [sys.executable, "-m", "tests.mutation", *sys.argv[1:]]
        os.execv(sys.executable, command)  # noqa: S606 the hash seed is read at the start only
    sys.path.insert(0, str(Path.cwd()))
    os.environ["DATABASE_URL"] = _database_url(postgres)


def _database_url(server: str) -> str:
    """Return the URL of a database of this process' own: on the server, or a file if none is given.

    Django puts `test_` before the name.
    """
    if server:
        return urlsplit(server)._replace(path=f"/mutation_{os.getpid()}").geturl()
    return f"sqlite:///{tempfile.mkdtemp(prefix='mutation-')}/ledger.sqlite3"


if __name__ == "__main__":
    main()
