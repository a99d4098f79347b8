"""Which of pytest's processes runs what: all files with serial tests go to one of them.

A plugin of the test session (`pytest_plugins`), by the hook that xdist documents for it. Its own
`loadgroup` marks a test by an attribute that pytest has no longer.
"""

import functools
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling

ROOT = Path(__file__).resolve().parent.parent


class SerialApart(LoadScopeScheduling):
    """Hands out test by test; what is serial is one piece of work, and the first."""

    def _split_scope(self, nodeid: str) -> str:
        return "serial" if is_serial(nodeid.partition("::")[0]) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Take the place of xdist's `load`."""
    return SerialApart(config, log)


@functools.cache
def is_serial(file: str) -> bool:
    """Tell whether any test of the file is marked; the process that hands out collects nothing."""
    return "mark.serial" in (ROOT / file).read_text()
