"""How far a long command came, with rate and time left: a bar on a terminal, lines elsewhere."""

from typing import Never, Protocol

from django.core.management.base import OutputWrapper
from tqdm import tqdm

#: Seconds between two lines where nobody watches, and between two looks of a bar.
LINES, LOOKS = 10.0, 0.2
_LINE = "{percentage:3.0f} % of {total_fmt} rows, {rate_fmt}, {elapsed} passed, {remaining} left"
_BAR = "{percentage:3.0f} %|{bar}| {n_fmt} of {total_fmt} rows, {rate_fmt}, {remaining} left"


class _Stream(Protocol):
    def write(self, text: str) -> object: ...

    def flush(self) -> object: ...


class _Terminal:
    """A command's output as tqdm wants it: nothing is added to what it writes."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out

    def write(self, text: str) -> None:
        self._out.write(text, str, ending="")

    def flush(self) -> None:
        self._out.flush()


class _Log(_Terminal):
    """A command's output for whoever reads it later: whole lines, no carriage returns."""

    def write(self, text: str) -> None:
        if line := text.strip():
            self._out.write(line, str)


def bar(total: int, out: OutputWrapper, *, quiet: bool = False) -> "tqdm[Never]":
    """Return the progress of `total` rows on a command's output; use it as a context."""
    watched = out.isatty()
    file: _Stream = _Terminal(out) if watched else _Log(out)
    interval = LOOKS if watched else LINES
    return tqdm(
        total=total,
        disable=quiet,
        file=file,
        bar_format=_BAR if watched else _LINE,
        delay=interval,
        mininterval=interval,
        miniters=1,
        unit="",
        unit_scale=True,
        dynamic_ncols=watched,
    )
