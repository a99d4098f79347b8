"""Environment variables that look like ours and are none: a misspelt one is ignored in silence."""

import re

from wallet_transaction_api import env, spelling

#: How alike two names are, from 0 to 1: a letter missing, doubled or swapped in a longer name.
_LIKENESS = 0.87
#: Names shorter than this resemble too many others.
_SHORTEST = 5
#: What Docker and Kubernetes set for a service, such as `WEB_PORT_80_TCP` and `WEB_SERVICE_HOST`.
_LINK = re.compile(r".*_(PORT_[0-9]+_(TCP|UDP|SCTP)(_\w+)?|SERVICE_(HOST|PORT)(_\w+)?)")


def variables() -> list[tuple[str, str]]:
    """Return the names of such variables, each with the known one that is most like it."""
    known = env.KNOWN | {f"{name}_FILE" for name in env.KNOWN}
    candidates = [name for name in env.KNOWN if len(name) >= _SHORTEST]
    return [
        (name, near)
        for name, value in sorted(env.given().items())
        if name not in known and not _is_link(name, value)
        for near in spelling.closest(name, candidates, count=1, likeness=_LIKENESS)
        if not _has_a_word_more(name, near)
    ]


def _is_link(name: str, value: str) -> bool:
    return value.startswith(("tcp://", "udp://", "sctp://")) or bool(_LINK.fullmatch(name))


def _has_a_word_more(name: str, known: str) -> bool:
    """Tell a name that adds a word, such as `TEST_DATABASE_URL`: a variable of somebody else's."""
    return set(known.split("_")) < set(name.split("_"))
