"""Makes the mutants: each change that mutmut's operators, and three of our own, can make once.

Runs in the environment that has mutmut (`.venv-mutate`) and writes a line of JSON per mutant, so
that neither it nor libcst has to be installed beside the service:

    python tests/mutation/mutants.py FILE... > mutants.jsonl

Left alone, because no test could or should tell: annotations and the aliases that they use,
docstrings, `__all__`, imports, assertions (`strict` too) and the words of a refusal. Of a text
one change is made, not three.
"""

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.mutators import mutation_operators

#: Where no change is made, nor anywhere below.
_PASSED_OVER = (cst.Annotation, cst.Import, cst.ImportFrom, cst.Assert)
_TEXTS = (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)


def remove_statement(node: cst.Expr) -> Iterator[cst.CSTNode]:
    """Do not call what is called for its effect."""
    if isinstance(node.value, cst.Call | cst.Yield | cst.Await):
        yield cst.Pass()


def negate_condition(node: cst.If) -> Iterator[cst.CSTNode]:
    """Take the other branch."""
    condition = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    negated = cst.UnaryOperation(operator=cst.Not(), expression=condition)
    yield node.with_changes(test=negated)


def return_nothing(node: cst.Return) -> Iterator[cst.CSTNode]:
    """Forget what is returned."""
    if node.value is not None and not node.value.deep_equals(cst.Name("None")):
        yield node.with_changes(value=cst.Name("None"))


_OPERATORS = (
    *mutation_operators,
    (cst.Expr, remove_statement),
    (cst.If, negate_condition),
    (cst.Return, return_nothing),
)


def mutants_of(path: Path) -> Iterator[dict[str, object]]:
    """Yield each mutant of a module: what was changed where, and the whole text with it."""
    wrapper = MetadataWrapper(cst.parse_module(path.read_text()))
    module = wrapper.module
    places = wrapper.resolve(PositionProvider)
    parents = wrapper.resolve(ParentNodeProvider)
    seen = {ast.dump(ast.parse(module.code))}
    for node in _nodes(module):
        for operator, changed in _changes(node):
            text = _with(module, node, changed)
            if text is None or (form := ast.dump(ast.parse(text))) in seen:
                continue
            seen.add(form)
            place = places[node]
            yield {
                "id": hashlib.sha256(f"{path}\n{text}".encode()).hexdigest()[:12],
                "module": str(path),
                "line": place.start.line,
                "end_line": place.end.line,
                "within": _within(node, parents),
                "operator": operator,
                "before": _shown(module, node),
                "after": _shown(module, changed),
                "text": text,
            }


def _nodes(node: cst.CSTNode, *, refusing: bool = False) -> Iterator[cst.CSTNode]:
    if isinstance(node, _PASSED_OVER) or any(passed(node) for passed in _UNTOLD):
        return
    refusing = refusing or isinstance(node, cst.Raise)
    if refusing and (isinstance(node, _TEXTS) or _says_only(node)):
        return
    yield node
    for child in node.children:
        yield from _nodes(child, refusing=refusing)


def _says_only(node: cst.CSTNode) -> bool:
    """Tell whether a call is given one text and nothing else, as a refusal its detail is."""
    return isinstance(node, cst.Call) and [type(arg.value) in _TEXTS for arg in node.args] == [True]


def _is_docstring(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, _TEXTS)


def _is_all(node: cst.CSTNode) -> bool:
    named = node.targets[0].target if isinstance(node, cst.Assign) else None
    return isinstance(named, cst.Name) and named.value == "__all__"


def _is_alias(node: cst.CSTNode) -> bool:
    said = node.annotation.annotation if isinstance(node, cst.AnnAssign) else None
    return isinstance(said, cst.Name) and said.value == "TypeAlias"


def _is_strict(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Arg) and node.keyword is not None and node.keyword.value == "strict"


_UNTOLD = (_is_docstring, _is_all, _is_alias, _is_strict)


def _changes(node: cst.CSTNode) -> Iterable[tuple[str, cst.CSTNode]]:
    for kind, operator in _OPERATORS:
        if isinstance(node, kind):
            changes = list(operator(node))
            name = operator.__name__.removeprefix("operator_")
            for changed in changes[:1] if name == "string" else changes:
                if _strictness(changed) == _strictness(node):
                    yield "argument_left_out" if _has_fewer(changed, node) else name, changed


def _strictness(node: cst.CSTNode) -> list[str]:
    """Return what a call says of `strict`, which is an assertion."""
    given = node.args if isinstance(node, cst.Call) else ()
    return [getattr(arg.value, "value", "") for arg in given if _is_strict(arg)]


def _has_fewer(changed: cst.CSTNode, node: cst.CSTNode) -> bool:
    return len(getattr(changed, "args", ())) < len(getattr(node, "args", ()))


def _with(module: cst.Module, node: cst.CSTNode, changed: cst.CSTNode) -> str | None:
    """Return the module's text with the change, or None where that is no Python."""
    try:
        text = module.deep_replace(node, changed).code
        compile(text, "<mutant>", "exec", dont_inherit=True)
    except (SyntaxError, cst.CSTValidationError):
        return None
    return text


def _within(node: cst.CSTNode, parents: dict[cst.CSTNode, cst.CSTNode]) -> str:
    names = []
    while node in parents:
        node = parents[node]
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            names.append(node.name.value)
    return ".".join(reversed(names))


def _shown(module: cst.Module, node: cst.CSTNode) -> str:
    return " ".join(module.code_for_node(node).split())[:160]


def main() -> None:
    """Write the mutants of the files that are named."""
    for name in sys.argv[1:]:
        for mutant in mutants_of(Path(name)):
            sys.stdout.write(json.dumps(mutant) + "\n")


if __name__ == "__main__":
    main()
