"""The documents of each resource type: what is answered, and what is sent to create and update."""

from collections.abc import Mapping
from typing import Any

from wallet_transaction_api.api.jsonapi import figures, shapes
from wallet_transaction_api.api.jsonapi.commands import COMMANDS
from wallet_transaction_api.api.jsonapi.operations import COMMAND_OF, MOST_OPERATIONS
from wallet_transaction_api.api.jsonapi.resources import Relationship, Resource
from wallet_transaction_api.api.jsonapi.types import RESOURCES
from wallet_transaction_api.api.openapi import members
from wallet_transaction_api.api.openapi.members import TEXT, Schema

_SHAPES: dict[str, Any] = {
    "wallets": shapes.WalletShape,
    "transactions": shapes.TransactionShape,
    "transfers": shapes.TransferShape,
    "holds": shapes.HoldShape,
    "limits": shapes.LimitShape,
}
#: The shapes of changes, where they are not those of creations.
_SHAPES_OF_CHANGES: dict[str, Any] = {"holds": shapes.HoldEndShape}
#: The relationships that a creation cannot do without.
_NEEDED: Mapping[str, list[str]] = {
    "transactions": ["wallet"],
    "transfers": ["source"],
    "holds": ["wallet"],
    "limits": ["wallet"],
}
LINK: Schema = {"anyOf": [TEXT, {"type": "object"}, {"type": "null"}]}
LINKS: Schema = {"type": "object", "additionalProperties": LINK}


def ref(name: str) -> Schema:
    """Return the reference to a named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def title(resource: Resource) -> str:
    """Return the type's name in names of schemas."""
    return "".join(word.capitalize() for word in resource.type.split("-"))


def schemas() -> dict[str, Schema]:
    """Return the named schemas of the JSON:API face."""
    named = {
        "Links": LINKS,
        "Meta": {"type": "object"},
        "ListMeta": _list_meta(),
        "Jsonapi": thing(version=TEXT, ext=listed(TEXT), profile=listed(TEXT)),
        "Errors": _errors(),
        "Root": document(),
        "Operations": _operations(),
        "Results": document(**{"atomic:results": listed(_result())}),
        "Included": {"anyOf": [ref(title(item)) for item in RESOURCES.values()]},
    }
    for resource in RESOURCES.values():
        named |= _of_type(resource)
    return named


def thing(*, required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """Return the schema of an object."""
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": properties, **needed}


def listed(item: Schema) -> Schema:
    """Return the schema of an array."""
    return {"type": "array", "items": item}


def document(**primary: Schema) -> Schema:
    """Return the schema of a whole document with these members beside the common ones."""
    common = {"jsonapi": ref("Jsonapi"), "links": ref("Links"), "meta": ref("Meta")}
    return thing(required=("jsonapi", "links", *primary), **(common | primary))


def identifier(kind: str) -> Schema:
    """Return the schema of a resource identifier."""
    return thing(required=("type", "id"), type={"const": kind}, id=TEXT, meta=ref("Meta"))


def _of_type(resource: Resource) -> dict[str, Schema]:
    name, one = title(resource), ref(title(resource))
    linkage, included = ref(f"{name}Identifier"), listed(ref("Included"))
    named = {
        name: _resource(resource),
        f"{name}Identifier": identifier(resource.type),
        f"{name}Filter": members.filters(resource),
        f"{name}Document": _with_included(document(data=one), included),
        f"{name}Page": _with_included(document(data=listed(one), meta=ref("ListMeta")), included),
        f"{name}OrNothing": _with_included(document(data=nullable(one)), included),
        f"{name}Linkage": document(data=nullable(linkage)),
        f"{name}Linkages": document(data=listed(linkage), meta=ref("ListMeta")),
    }
    commands = COMMANDS.get(resource.type)
    if hasattr(commands, "create"):
        named[f"{name}New"] = thing(required=("data",), data=_new(resource, commands))
    if hasattr(commands, "update"):
        named[f"{name}Change"] = thing(required=("data",), data=_change(resource, commands))
    return named


def nullable(schema: Schema) -> Schema:
    """Return the schema that also takes null."""
    return {"anyOf": [schema, {"type": "null"}]}


def _with_included(schema: Schema, included: Schema) -> Schema:
    return {**schema, "properties": {**schema["properties"], "included": included}}


def _resource(resource: Resource) -> Schema:
    """Return the schema of a resource object; no member is sure, clients choose by `fields`."""
    commands = COMMANDS.get(resource.type)
    writable = _writable(commands, "CREATABLE") | _writable(commands, "UPDATABLE")
    attributes = {
        name: members.of_value(item) | ({} if name in writable else {"readOnly": True})
        for name, item in resource.attributes.items()
    }
    relationships = {name: _relationship(item) for name, item in resource.relationships.items()}
    return thing(
        required=("type", "id"),
        type={"const": resource.type},
        id=TEXT,
        attributes=thing(required=(), **attributes),
        relationships=thing(required=(), **relationships),
        links=ref("Links"),
        meta=ref("Meta"),
    )


def _relationship(relation: Relationship) -> Schema:
    one = ref(f"{title(RESOURCES[relation.target])}Identifier")
    data = listed(one) if relation.many else nullable(one)
    return thing(data=data, links=ref("Links"))


def _writable(commands: Any, name: str) -> frozenset[str]:
    own: frozenset[str] = getattr(commands, name, frozenset())
    return own | getattr(commands, "STAFF_ONLY", frozenset()) if own else own


def _attributes(resource: Resource, names: frozenset[str], *, partial: bool) -> Schema:
    shapes_of = _SHAPES | _SHAPES_OF_CHANGES if partial else _SHAPES
    shape = shapes_of[resource.type](data={}, partial=partial, context={"exponent": 0})
    known = {name: item for name, item in resource.attributes.items() if name in names}
    needed = [n for n, item in known.items() if shape.fields[item.column].required and not partial]
    properties = {name: members.of_input(item, shape) for name, item in known.items()}
    return {
        **thing(required=tuple(needed), **properties),
        "additionalProperties": False,
    }


def _new(resource: Resource, commands: Any) -> Schema:
    links = {
        name: thing(required=("data",), data=identifier(item.target))
        for name, item in resource.relationships.items()
        if not item.many
    }
    needed = _NEEDED.get(resource.type, [])
    return thing(
        required=("type", "attributes", *(["relationships"] if needed else [])),
        type={"const": resource.type},
        lid=TEXT,
        attributes=_attributes(resource, _writable(commands, "CREATABLE"), partial=False),
        relationships=thing(required=tuple(needed), **links),
    )


def _change(resource: Resource, commands: Any) -> Schema:
    return thing(
        required=("type", "id"),
        type={"const": resource.type},
        id=TEXT,
        attributes=_attributes(
            getattr(commands, "CHANGED", resource), _writable(commands, "UPDATABLE"), partial=True
        ),
    )


def _list_meta() -> Schema:
    """Return the schema of what is said about a list: its page, its length, its figures."""
    whole, amount = {"type": "integer"}, {"type": ["string", "null"]}
    kinds = {name: whole if name == "count" else amount for name in figures.FIGURES}
    own = thing(required=(), **kinds)
    member = thing(
        required=(),
        **kinds,
        currency={"type": ["string", "null"]},
        byCurrency={"type": "object", "additionalProperties": own},
    )
    page = thing(number=whole, size=whole, total=whole, rangeTruncated={"type": "boolean"})
    return thing(page=page, total=whole, stats={"type": "object", "additionalProperties": member})


def _errors() -> Schema:
    source = thing(pointer=TEXT, parameter=TEXT, header=TEXT)
    error = thing(
        required=("status", "code", "title", "detail"),
        **dict.fromkeys(("status", "code", "title", "detail"), TEXT),
        source=source,
        meta=ref("Meta"),
        links=ref("Links"),
    )
    return thing(required=("jsonapi", "errors"), jsonapi=ref("Jsonapi"), errors=listed(error))


def _operations() -> Schema:
    target = thing(required=("type",), type=TEXT, id=TEXT, lid=TEXT, relationship=TEXT)
    operation = thing(
        required=("op",),
        op={"enum": list(COMMAND_OF)},
        ref=target,
        href=TEXT,
        data={"type": ["object", "array", "null"]},
    )
    many = {**listed(operation), "minItems": 1, "maxItems": MOST_OPERATIONS}
    return thing(required=("atomic:operations",), **{"atomic:operations": many})


def _result() -> Schema:
    return thing(data=ref("Included"))
