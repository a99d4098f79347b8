"""The paths of the JSON:API face, from the declared types and the commands that each has."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from wallet_transaction_api.api.jsonapi import negotiation, parameters
from wallet_transaction_api.api.jsonapi.commands import COMMANDS
from wallet_transaction_api.api.jsonapi.negotiation import MEDIA_TYPE
from wallet_transaction_api.api.jsonapi.parameters import Families
from wallet_transaction_api.api.jsonapi.resources import Relationship, Resource
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.api.openapi import answers, queries
from wallet_transaction_api.api.openapi.answers import Operation
from wallet_transaction_api.api.openapi.members import Schema
from wallet_transaction_api.api.openapi.resources import ref, title

Path: TypeAlias = dict[str, Operation]
#: Refusals of whoever reads, and those that a document and money add.
_READING = frozenset({400, 401, 406, 412, 429, 503})
_CHANGING = _READING | {403, 404, 409, 415, 422}
_WRITING = _CHANGING | {413}
_NOT_MODIFIED = answers.answer("The answer is as `If-None-Match` knows it.", named=("ETag",))


def paths() -> dict[str, Path]:
    """Return every path of the face."""
    found = {"/api": _root(), "/api/operations": _operations()}
    for resource in RESOURCES.values():
        found |= dict(_of_type(resource))
    return found


def _of_type(resource: Resource) -> Iterator[tuple[str, Path]]:
    url, name = f"/api/{resource.type}", title(resource)
    collection = {"get": _list(resource, f"list{name}", resource.type), "post": _create(resource)}
    single = {
        "get": _fetch(
            resource,
            f"get{name}",
            resource.type,
            f"{name}Document",
            honoured=parameters.OF_PAST if resource.past else parameters.OF_ONE,
        ),
        "patch": _update(resource),
        "delete": _delete(resource),
    }
    yield url, _offered(resource, collection)
    yield f"{url}/{{id}}", _offered(resource, single)
    for relation in resource.relationships.values():
        yield f"{url}/{{id}}/{relation.name}", {"get": _related(resource, relation)}
        linkage = {"get": _linkage(resource, relation)}
        yield f"{url}/{{id}}/relationships/{relation.name}", linkage


def _offered(resource: Resource, path: Path) -> Path:
    """Leave out what the type has no command for."""
    commands = {"post": "create", "patch": "update", "delete": "delete"}
    return {
        method: operation
        for method, operation in path.items()
        if method not in commands or hasattr(COMMANDS.get(resource.type), commands[method])
    }


def _reading(
    name: str,
    tag: str,
    summary: str,
    schema: str,
    families: list[Schema],
    *,
    below: bool,
    more: frozenset[int] = frozenset(),
) -> Operation:
    """Return a GET; `below` one resource, which may not be there."""
    statuses = _READING | ({404} if below else set()) | more
    own = answers.parameters(*(["id"] if below else []), "If-None-Match", "If-Match")
    ok = answers.answer(f"{summary}.", ref(schema), named=("ETag",))
    responses = {"200": ok, "304": _NOT_MODIFIED, **answers.refused("", statuses)}
    return answers.secured(
        answers.operation(name, tag, summary, parameters=own + families, responses=responses)
    )


def _list(
    resource: Resource, name: str, tag: str, *, summary: str = "", below: bool = False
) -> Operation:
    families = queries.of_families(resource, parameters.OF_MANY)
    summary = summary or f"List {resource.type}"
    more = _refusing(resource)
    return _reading(name, tag, summary, f"{title(resource)}Page", families, below=below, more=more)


def _fetch(
    resource: Resource,
    name: str,
    tag: str,
    schema: str,
    *,
    summary: str = "",
    honoured: Families = parameters.OF_ONE,
) -> Operation:
    families = queries.of_families(resource, honoured)
    summary, more = summary or f"Get one of {tag}", _refusing(resource)
    return _reading(name, tag, summary, schema, families, below=True, more=more)


def _refusing(resource: Resource) -> frozenset[int]:
    """Return how readers of what is staff's only are refused beside."""
    return frozenset({403} if resource.reserved else ())


def _related(resource: Resource, relation: Relationship) -> Operation:
    target, tag = RESOURCES[relation.target], resource.type
    name = f"get{title(resource)}{relation.name.capitalize()}"
    summary = f"The {relation.name} of one of {tag}"
    if relation.many:
        return _list(target, name, tag, summary=summary, below=True)
    return _fetch(target, name, tag, f"{title(target)}OrNothing", summary=summary)


def _linkage(resource: Resource, relation: Relationship) -> Operation:
    target, tag = RESOURCES[relation.target], resource.type
    name = f"get{title(resource)}{relation.name.capitalize()}Linkage"
    honoured = parameters.OF_LINKAGE if relation.many else parameters.NONE
    families = queries.of_families(target, honoured)
    schema = f"{title(target)}{'Linkages' if relation.many else 'Linkage'}"
    summary = f"The linkage to the {relation.name} of one of {tag}"
    return _reading(name, tag, summary, schema, families, below=True)


def _create(resource: Resource) -> Operation:
    name = title(resource)
    named = ("ETag", "Location", "Idempotent-Replayed")
    created = answers.answer("Created.", ref(f"{name}Document"), named=named)
    return _changing(
        f"create{name}",
        resource.type,
        f"Create one of {resource.type}",
        responses={"201": created, **answers.refused("", _WRITING)},
        request=body(MEDIA_TYPE, ref(f"{name}New")),
        families=queries.of_families(resource, parameters.OF_ONE),
    )


def _update(resource: Resource) -> Operation:
    name = title(resource)
    named = ("ETag", "Idempotent-Replayed")
    updated = answers.answer("As it is now.", ref(f"{name}Document"), named=named)
    return _changing(
        f"update{name}",
        resource.type,
        f"Update one of {resource.type}",
        "id",
        responses={"200": updated, **answers.refused("", _WRITING)},
        request=body(MEDIA_TYPE, ref(f"{name}Change")),
        families=queries.of_families(resource, parameters.OF_ONE),
    )


def _delete(resource: Resource) -> Operation:
    gone = answers.answer("Gone.", named=("Idempotent-Replayed",))
    return _changing(
        f"delete{title(resource)}",
        resource.type,
        f"Delete one of {resource.type}",
        "id",
        responses={"204": gone, **answers.refused("", _CHANGING)},
    )


def _operations() -> Path:
    atomic = negotiation.content_type(ext=negotiation.ATOMIC)
    done = answers.answer(
        "Done: one result each, in order.", ref("Results"), atomic, ("Idempotent-Replayed",)
    )
    operation = _changing(
        "operate",
        "operations",
        "Do all operations or none, in one database transaction",
        responses={"200": done, **answers.refused("", _WRITING)},
        request=body(atomic, ref("Operations")),
    )
    return {"post": operation}


def _changing(
    name: str,
    tag: str,
    summary: str,
    *path: str,
    responses: dict[str, Any],
    request: Schema | None = None,
    families: Sequence[Schema] = (),
) -> Operation:
    """Return an operation that changes something: once under a key, on a condition."""
    own = [*answers.parameters(*path, "Idempotency-Key", "If-Match"), *families]
    return answers.secured(
        answers.operation(
            name, tag, summary, parameters=own, requestBody=request, responses=responses
        )
    )


def _root() -> Path:
    return {"get": _reading("root", "root", "Where the resources are", "Root", [], below=False)}


def body(media_type: str, schema: Schema) -> Schema:
    """Return the description of a body that has to be there."""
    return {"required": True, "content": {media_type: {"schema": schema}}}
