"""Processes of the benchmark's own: started in a group, watched, ended by their id."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bench.plan import ROOT

_STOP_SECONDS = 15
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Failed(RuntimeError):
    """A process of the benchmark ended badly; the message carries what it said."""


def output_of(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Run a command to its end and return its standard output; raise `Failed`."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)}: {done.stdout[-500:]}\n{done.stderr[-3000:]}")
    return done.stdout


def python(*arguments: str) -> list[str]:
    """Return the command of this interpreter."""
    return [sys.executable, *arguments]


def clean_up_when_told_to_stop() -> None:
    """Let SIGTERM end the run as Ctrl-C does: servers are stopped, databases dropped."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Refuse to run beside another run: it would drop that one's databases and spoil both."""
    with (Path(tempfile.gettempdir()) / "wallet-bench.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("another run of the benchmark is under way on this machine")
        yield


class Process:
    """One process with its children, in a group and with a log of their own."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it."""
        self._log = tempfile.NamedTemporaryFile(prefix="bench-", suffix=".log")  # noqa: SIM115
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def said(self) -> str:
        """The end of its log."""
        return Path(self._log.name).read_text(errors="replace")[-3000:]

    @property
    def ended(self) -> bool:
        """Whether it is no longer there."""
        return self._process.poll() is not None

    def resident(self) -> list[int]:
        """Return the resident bytes of each process of the group."""
        statistics = (Path(f"/proc/{pid}/statm") for pid in self.pids())
        return [int(path.read_text().split()[1]) * _PAGE for path in statistics]

    def pids(self) -> list[int]:
        """Return the ids of the group's processes."""
        numbers = (entry.name for entry in Path("/proc").iterdir() if entry.name.isdecimal())
        return sorted(int(number) for number in numbers if _group(int(number)) == self._process.pid)

    def stop(self) -> None:
        """End it and its children; politely first."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0
