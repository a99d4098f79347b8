"""A process of its own for each mutant, ended when it has used up its time.

Time is the processor's, so a campaign may be stopped (SIGSTOP) and continued, and a busy machine
makes no mutant time out. A child that waits for ever uses none: the parent counts its own
ticks, of which one that lasts long, because the campaign was stopped, counts as one.
"""

import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

_TICK = 0.02
#: Seconds of waiting, beside the processor's time that a child may use.
_PATIENCE = 30.0
TIMED_OUT, DIED = "timed out", "died"
Say = Callable[[str], None]


def run(work: Callable[[], str], *, seconds: float) -> str:
    """Return what the work returns in a child, `TIMED_OUT`, or how the child died."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        _work(work, writer, int(seconds) + 1)
    os.close(writer)
    status = _wait(child, _PATIENCE + 3 * seconds)
    with os.fdopen(reader, "rb") as answer:
        said = answer.read().decode()
    if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        return TIMED_OUT
    return said if os.WIFEXITED(status) and not os.WEXITSTATUS(status) else f"{DIED}: {status}"


def _work(work: Callable[[], str], writer: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    code = 1
    try:
        _silence()
        os.write(writer, work().encode())
        code = 0
    except BaseException:  # noqa: BLE001 whatever it is ends this child, not the campaign
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(code)


def _silence() -> None:
    Path(".mutation").mkdir(exist_ok=True)
    log = os.open(Path(".mutation/child.log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _wait(child: int, patience: float) -> int | None:
    """Wait for the child's end; kill it, and return None, when the patience is at its end."""
    last = time.monotonic()
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        if patience < 0:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(_TICK)
        now = time.monotonic()
        patience -= min(now - last, 10 * _TICK)
        last = now
