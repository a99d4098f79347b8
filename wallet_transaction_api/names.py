"""Names for what comes without one: transactions, requests."""

import os
import random
from uuid import UUID

#: Nobody else's to seed: the same name twice would refuse somebody's money.
_generator = random.Random()  # noqa: S311 names, no secrets
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_generator.seed)


def new() -> str:
    """Return the 32 hexadecimal digits of a random UUID (RFC 9562, version 4).

    Drawn from a generator that the operating system seeds, once and after a fork. To ask the
    system each time gives the interpreter's lock away, and a group's leader would wait to have
    it back while its rows are locked.
    """
    return UUID(int=_generator.getrandbits(128), version=4).hex
