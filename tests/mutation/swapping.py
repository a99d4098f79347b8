"""Puts a mutant in the place of the code that it changes, in a process made for it alone."""

import gc
import importlib.abc
import importlib.util
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.mutation.record import Mutant

_FUNCTION = 0x2  # CO_NEWLOCALS: the code of a function, not of a module or a class


class NotSwappable(Exception):
    """What was changed runs at import: the process has to be started with it."""


def changes(mutant: Mutant) -> list[tuple[CodeType, CodeType]]:
    """Return the outermost functions that the mutant changes, as they were and as they are.

    Raises `NotSwappable` when anything beside the bodies of functions is changed.
    """
    path = Path(mutant.module).resolve()
    before = compile(path.read_text(), str(path), "exec", dont_inherit=True)
    after = compile(mutant.text, str(path), "exec", dont_inherit=True)
    return list(_differing(before, after))


def is_within_functions(mutant: Mutant) -> bool:
    """Tell whether the mutant changes nothing that runs at import."""
    try:
        changes(mutant)
    except NotSwappable:
        return False
    return True


class Live:
    """The functions of this process, to be found by where they are written."""

    def __init__(self) -> None:
        self._functions = defaultdict(list)
        for item in gc.get_objects():
            if isinstance(item, FunctionType):
                self._functions[_place(item.__code__)].append(item)
        gc.freeze()  # what forks share stays shared

    def swap(self, found: list[tuple[CodeType, CodeType]]) -> None:
        """Let the functions run the changed code."""
        for before, after in found:
            functions = self._functions.get(_place(before), [])
            if not functions:
                raise NotSwappable
            for function in functions:
                try:
                    function.__code__ = after
                except ValueError as error:  # it closes over other names
                    raise NotSwappable from error


def load_instead(mutant: Mutant) -> None:
    """Let this process import the mutant for its module; before anything else imports it."""
    sys.meta_path.insert(0, _Mutated(mutant))


def _place(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _differing(before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    if _shape(before) == _shape(after) and len(_inner(before)) == len(_inner(after)):
        for old, new in zip(_inner(before), _inner(after), strict=True):
            yield from _differing_inner(old, new)
    else:
        raise NotSwappable


def _differing_inner(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    if not old.co_flags & _FUNCTION:
        yield from _differing(old, new)
    elif _deep_shape(old) != _deep_shape(new):
        if (old.co_name, old.co_freevars) != (new.co_name, new.co_freevars):
            raise NotSwappable
        yield old, new


def _inner(code: CodeType) -> list[CodeType]:
    return [const for const in code.co_consts if isinstance(const, CodeType)]


def _shape(code: CodeType) -> tuple[Any, ...]:
    """What the code does, wherever it stands."""
    consts = [(type(c), c) for c in code.co_consts if not isinstance(c, CodeType)]
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    counts = code.co_argcount, code.co_kwonlyargcount, code.co_posonlyargcount, code.co_flags
    return code.co_code, repr(consts), names, counts, code.co_exceptiontable


def _deep_shape(code: CodeType) -> tuple[Any, ...]:
    return _shape(code), [_deep_shape(inner) for inner in _inner(code)]


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        dotted = mutant.module.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self._name, self._is_package = dotted, mutant.module.endswith("__init__.py")

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != self._name:
            return None
        origin = Path(self._mutant.module).resolve()
        places = [str(origin.parent)] if self._is_package else None
        return importlib.util.spec_from_file_location(
            name, origin, loader=self, submodule_search_locations=places
        )

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._mutant.text, str(module.__file__), "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 the mutant's turn
