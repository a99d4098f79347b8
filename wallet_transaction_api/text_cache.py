"""Remembering what was worked out of a text, where clients choose the text."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

Worked = TypeVar("Worked")


def text_cache(
    *, most: int, longest: int
) -> Callable[[Callable[[Any], Worked]], Callable[[Any], Worked]]:
    """Cache a function of one text, for texts up to `longest`: entries alone bound no bytes.

    A longer text is worked out each time, like any function's argument.
    """

    def decorate(function: Callable[[Any], Worked]) -> Callable[[Any], Worked]:
        cached = functools.lru_cache(maxsize=most)(function)

        @functools.wraps(function)
        def look_up(text: Any) -> Worked:
            return function(text) if len(text) > longest else cached(text)

        look_up.cache_info = cached.cache_info  # type: ignore[attr-defined]  # as lru_cache has it
        return look_up

    return decorate
