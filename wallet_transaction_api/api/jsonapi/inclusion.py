"""`include=wallet,wallet.transactions` and `fields[type]=member`: what a document shall hold."""

from wallet_transaction_api.api.client_text import quoted
from wallet_transaction_api.api.jsonapi.problems import bad_parameter
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.api.jsonapi.types import RESOURCES

DEEPEST = 3
MOST_PATHS = 10


class Tree(dict[str, "Tree"]):
    """Relationships to include, by name, each with what to include from its resources."""


def read_include(resource: Resource, text: str) -> Tree:
    """Return the paths as a tree; refuses unknown, too long and too many paths."""
    tree = Tree()
    paths = text.split(",") if text else []
    if len(paths) > MOST_PATHS:
        raise _refused(f"At most {MOST_PATHS} paths can be included.")
    for path in paths:
        _grow(tree, resource, path)
    return tree


def read_fields(parameter: str, text: str, *, staff: bool) -> tuple[str, frozenset[str]]:
    """Return the type and the members that remain of it; refuses what is no member."""
    resource = RESOURCES.get(parameter[len("fields[") : -1])
    if resource is None or parameter != f"fields[{resource.type}]":
        raise bad_parameter(
            "invalid_fields", parameter, f"Write fields[type], of {', '.join(RESOURCES)}."
        )
    names = frozenset(text.split(",")) if text else frozenset()
    known = resource.attributes_for(staff=staff).keys() | resource.relationships.keys()
    if names - known:
        unknown = ", ".join(map(quoted, sorted(names - known)))
        raise bad_parameter("invalid_fields", parameter, f"{resource.type} have no {unknown}.")
    return resource.type, names


def _grow(tree: Tree, resource: Resource, path: str) -> None:
    names = path.split(".")
    if len(names) > DEEPEST:
        raise _refused(f"{quoted(path)} is longer than {DEEPEST} relationships.")
    for name in names:
        relation = resource.relationships.get(name)
        if relation is None:
            raise _refused(f"{resource.type} have no relationship {quoted(name)}.")
        tree = tree.setdefault(name, Tree())
        resource = RESOURCES[relation.target]


def _refused(detail: str) -> Exception:
    return bad_parameter("invalid_include", "include", detail)
