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

TESTS = (
    "tests/ledger",
    "tests/models",
    "tests/management",
    "tests/api/plain",
    "tests/api/test_errors.py",
)


def main() -> None:
    """Go on with the campaign, then say how it stands."""
    arguments = _arguments()
    _enter()
    from tests.mutation import passes, record, report

    record.FOLDER.mkdir(exist_ok=True)
    if not arguments.report:
        chosen = record.mutants(arguments.module, share=arguments.share)
        done = _done(again=arguments.again)
        due = [mutant for mutant in chosen if mutant.id not in done and not arguments.judge]
        passes.go_through(due, TESTS, judging=arguments.judge)
    report.show(share=arguments.share)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutate ARGS=...", description=__doc__)
    parser.add_argument("--module", default="", help="only of modules whose path holds this")
    parser.add_argument("--share", type=float, default=1.0, help="of all, drawn by their digests")
    parser.add_argument("--again", action="store_true", help="also what survived before")
    parser.add_argument("--judge", action="store_true", help="do the noticing tests pass by rights")
    parser.add_argument("--report", action="store_true", help="run nothing")
    return parser.parse_args()


def _done(*, again: bool) -> set[str]:
    """Return the mutants that need no trial: all tried before, or of these what was noticed."""
    from tests.mutation import record

    known = record.results().items()
    return {key for key, result in known if not again or result["outcome"] in record.NOTICED}


def _enter() -> None:
    """Let nothing of the machine's into the tests: SQLite, no Redis, one order of everything."""
    folder = tempfile.mkdtemp(prefix="mutation-")
    os.environ["DATABASE_URL"] = f"sqlite:///{folder}/ledger.sqlite3"
    os.environ["SECRET_KEY"] = "a-key-of-the-campaign-0123456789-0123456789-0123456789"
    os.environ.pop("REDIS_URL", None)
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        command = [sys.executable, "-m", "tests.mutation", *sys.argv[1:]]
        os.execv(sys.executable, command)  # noqa: S606 the hash seed is read at the start only
    sys.path.insert(0, str(Path.cwd()))


if __name__ == "__main__":
    main()
