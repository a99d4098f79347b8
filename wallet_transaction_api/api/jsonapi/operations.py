"""Atomic operations in requests, checked before the first of them is done.

https://jsonapi.org/ext/atomic/. Resources are added, updated and removed; what they are is said
by `ref`, `href` or the data itself. Pointers in the refusals raised here are relative to the
operation, except those of the whole document.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from wallet_transaction_api.api.client_text import quoted
from wallet_transaction_api.api.jsonapi.encoding import Object
from wallet_transaction_api.api.jsonapi.lids import LocalIds
from wallet_transaction_api.api.jsonapi.pointers import ROOT, join
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused, at, malformed
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.api.jsonapi.types import BY_NAME

OPERATIONS = "atomic:operations"
MOST_OPERATIONS = 100
#: So many where one of them pays another person's wallet, which is locked until the last is done.
MOST_WITH_FOREIGN = 10
#: Operations, and the commands that do them.
COMMAND_OF: Mapping[str, str] = {"add": "create", "update": "update", "remove": "delete"}
_FOREIGN = ("data", "errors", "included", "atomic:results")


@dataclass(frozen=True, slots=True)
class Target:
    """What an operation is about: a type, one resource of it, or a relationship of that one."""

    resource: Resource
    key: str | None = None
    relationship: str | None = None


def read(body: Any) -> list[Object]:
    """Return the operations; refuses a malformed document, and too many of them with 413."""
    if not isinstance(body, dict) or OPERATIONS not in body:
        raise malformed(ROOT, f"The document has no {OPERATIONS}.")
    for name in _FOREIGN:
        if name in body:
            raise malformed(join(name), f"{name} does not stand beside {OPERATIONS}.")
    operations = body[OPERATIONS]
    if not isinstance(operations, list) or not operations:
        raise malformed(join(OPERATIONS), "Operations are an array of at least one.")
    if len(operations) > MOST_OPERATIONS:
        raise _too_many(f"At most {MOST_OPERATIONS} operations are done at once.")
    return operations


def refuse_many_with_foreign(operations: list[Object]) -> None:
    """Refuse more than a few operations together with a payment to another person's wallet."""
    if len(operations) > MOST_WITH_FOREIGN:
        raise _too_many(
            f"At most {MOST_WITH_FOREIGN} operations are done at once when one of them pays another"
            " person's wallet by its destinationUuid. Send the others in requests of their own."
        )


def _too_many(detail: str) -> Refused:
    return Refused(at(join(OPERATIONS), 413, "too_many_operations", detail))


def check(operation: Any) -> None:
    """Refuse an operation that cannot be one, whatever is stored."""
    if not isinstance(operation, dict):
        raise malformed(ROOT, "An operation is an object.")
    if "op" not in operation:
        raise malformed(ROOT, "An operation has an op.")
    code = operation["op"]
    if not isinstance(code, str) or code not in COMMAND_OF:
        raise malformed("/op", f"An op is one of {', '.join(COMMAND_OF)}.")
    if "ref" in operation and "href" in operation:
        raise malformed("/href", "An operation has a ref or an href, not both.")
    if "ref" in operation:
        _check_ref(operation["ref"])
    if "href" in operation and not isinstance(operation["href"], str):
        raise malformed("/href", "An href is a string.")
    if code != "remove" and not isinstance(operation.get("data"), dict | list | None):
        raise malformed("/data", "Data is a resource object.")


def target_of(operation: Object, lids: LocalIds, *, root: str) -> Target:
    """Return what the operation is about; raises 400 where it does not say, 404 for no type."""
    if "ref" in operation:
        target = _by_ref(operation["ref"], lids)
    elif "href" in operation:
        target = _by_href(operation["href"], urlsplit(root))
    elif operation["op"] == "remove":
        raise malformed(ROOT, "A removal has a ref or an href.")
    else:
        target = _by_data(operation, lids)
    if target.relationship is None and (target.key is None) is not (operation["op"] == "add"):
        place = next(name for name in ("ref", "href", "data") if name in operation)
        raise malformed(join(place), f"{operation['op']} does not go there.")
    return target


def _check_ref(ref: Any) -> None:
    if not isinstance(ref, dict):
        raise malformed("/ref", "A ref is an object.")
    if not all(
        isinstance(ref[name], str) for name in ("type", "id", "lid", "relationship") if name in ref
    ):
        raise malformed("/ref", "A ref's type, id, lid and relationship are strings.")
    if "type" not in ref or ("id" in ref) is ("lid" in ref):
        raise malformed("/ref", "A ref has a type and either an id or a lid.")


def _by_ref(ref: Object, lids: LocalIds) -> Target:
    resource = _resource(ref["type"], "/ref/type")
    key = ref["id"] if "id" in ref else lids.id_of(resource.type, ref["lid"], "/ref/lid")
    return Target(resource, key, ref.get("relationship"))


def _by_href(href: str, root: SplitResult) -> Target:
    names = _names(href, root)
    if len(names) == 4 and names[2] == "relationships":  # noqa: PLR2004 type/id/relationships/name
        names.pop(2)
        return Target(_resource(names[0], "/href"), names[1], names[2])
    if len(names) > 2:  # noqa: PLR2004 type/id
        raise _elsewhere()
    return Target(_resource(names[0], "/href"), *names[1:])


def _names(href: str, root: SplitResult) -> list[str]:
    """Return the segments below the root, from which `wallets/1` and `/wallets/1` lead too."""
    if href.startswith("/") and not href.startswith(("//", f"{root.path}/")):
        href = href[1:]
    try:
        url = urlsplit(urljoin(f"{root.geturl()}/", href))
    except ValueError:
        raise _elsewhere() from None
    base, _, path = url.path.partition(f"{root.path}/")
    names = [unquote(name) for name in path.removesuffix("/").split("/")]
    here = (url.scheme, url.netloc, base) == (root.scheme, root.netloc, "")
    if not here or url.query or url.fragment or not all(names):
        raise _elsewhere()
    return names


def _elsewhere() -> Refused:
    return malformed("/href", "An href leads to a resource or a collection here.")


def _by_data(operation: Object, lids: LocalIds) -> Target:
    data = operation.get("data")
    if not isinstance(data, dict):
        raise malformed("/data" if "data" in operation else ROOT, "Data is a resource object.")
    if not isinstance(data.get("type"), str):
        raise malformed("/data", "A resource object has a type.")
    resource = _resource(data["type"], "/data/type")
    if operation["op"] == "add":
        return Target(resource)
    if "lid" in data and data.get("id") is None:
        return Target(resource, lids.id_of(resource.type, data["lid"], "/data/lid"))
    if not isinstance(data.get("id"), str):
        raise malformed("/data", "A resource object in an update has its id.")
    return Target(resource, data["id"])


def _resource(name: str, pointer: str) -> Resource:
    resource = BY_NAME.get(name)
    if resource is None:
        detail = f"There is no type {quoted(name)}."
        raise Refused(
            Problem(status=404, code="not_found", detail=detail, source={"pointer": pointer})
        )
    return resource
