"""Resource documents in requests, checked member by member before anyone looks inside.

https://jsonapi.org/format/#crud. Members that the specification does not define, and
@-members, are ignored as it demands; undefined fields are refused by `attributes`.
"""

from dataclasses import dataclass, field
from typing import Any

from wallet_transaction_api.api.client_text import quoted
from wallet_transaction_api.api.jsonapi.encoding import Object
from wallet_transaction_api.api.jsonapi.pointers import ROOT, join
from wallet_transaction_api.api.jsonapi.problems import Refused, at, malformed
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.api.jsonapi.types import RESOURCES

#: Linkage: an id, ids, or nothing.
Linkage = str | list[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A resource object as sent, in the whole `body` that pointers point into."""

    body: Any
    attributes: Object = field(default_factory=dict)
    relationships: dict[str, Linkage] = field(default_factory=dict)


def read(body: Any, resource: Resource, *, resource_id: str | None) -> Document:
    """Return the document; `resource_id` is the one of the URL, None for a creation.

    Raises 400 for a malformed document, 409 for another type or id, 403 for a client's id.
    """
    data = _data(body)
    ancestral = _read_type(data, resource)
    _read_id(data, resource_id)
    if "lid" in data and not _is_word(data["lid"]):
        raise malformed("/data/lid", "A lid is a string.")
    attributes = _fields(_object(data, "attributes"))
    relationships = {
        name: _linkage(resource, name, value)
        for name, value in _fields(_object(data, "relationships")).items()
    }
    if ancestral:
        relationships |= _adopted(resource, attributes, relationships)
    return Document(body=body, attributes=attributes, relationships=relationships)


def _data(body: Any) -> Object:
    if not isinstance(body, dict):
        raise malformed(ROOT, "A document is an object with the member data.")
    if "data" not in body:
        raise malformed(ROOT, "The document has no data.")
    if not isinstance(body["data"], dict):
        raise malformed("/data", "Data is one resource object.")
    return body["data"]


def _read_type(data: Object, resource: Resource) -> bool:
    """Check the type; tell whether it is the ancestor's name for it."""
    if "type" not in data:
        raise malformed("/data", "A resource object has a type.")
    if not _is_word(data["type"]):
        raise malformed("/data/type", "A type is a string.")
    if data["type"] not in {resource.type, resource.alias}:
        raise _mismatch("/data/type", f"This endpoint's type is {resource.type}.")
    return bool(data["type"] == resource.alias)


def _read_id(data: Object, resource_id: str | None) -> None:
    """Check the id; a null beside a lid is how some clients say that there is none yet."""
    sent = data.get("id")
    if sent is None:
        if resource_id is not None:
            raise malformed("/data", "A resource object in an update has its id.")
        return
    if not _is_word(sent):
        raise malformed("/data/id", "An id is a string.")
    if resource_id is None:
        raise Refused(at("/data/id", 403, "client_id_forbidden", "Leave the id out."))
    if sent != resource_id:
        raise Refused(at("/data/id", 409, "id_mismatch", f"The URL names {resource_id}."))


def _object(data: Object, name: str) -> Object:
    value = data.get(name, {})
    if not isinstance(value, dict):
        raise malformed(join("data", name), f"The {name} are an object.")
    return value


def _fields(members: Object) -> Object:
    return {name: value for name, value in members.items() if not name.startswith("@")}


def _adopted(
    resource: Resource, attributes: Object, relationships: dict[str, Linkage]
) -> dict[str, Linkage]:
    """Take the attributes that name to-one relationships (`"wallet": "1"`) for what they mean."""
    names = [r.name for r in resource.relationships.values() if not r.many and r.name in attributes]
    adopted: dict[str, Linkage] = {}
    for name in names:
        value, pointer = attributes.pop(name), join("data", "attributes", name)
        if name in relationships:
            raise malformed(pointer, f"{name} is named twice.")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise malformed(pointer, f"{name} is an id.")
        adopted[name] = str(value)
    return adopted


def _linkage(resource: Resource, name: str, value: Any) -> Linkage:
    pointer = join("data", "relationships", name)
    if not isinstance(value, dict) or "data" not in value:
        raise malformed(pointer, "A relationship in a request is an object with data.")
    relation = resource.relationships.get(name)
    if relation is None:
        detail = f"{resource.type} have no relationship {quoted(name)}."
        raise Refused(at(pointer, 422, "unknown_relationship", detail))
    data, pointer = value["data"], f"{pointer}/data"
    target = RESOURCES[relation.target]
    if not relation.many:
        return None if data is None else _identifier(data, pointer, target)
    if not isinstance(data, list):
        raise malformed(pointer, f"{name} is a to-many relationship: data is an array.")
    return [_identifier(item, f"{pointer}/{index}", target) for index, item in enumerate(data)]


def _identifier(data: Any, pointer: str, target: Resource) -> str:
    """Return the id; the ancestor's name of the type serves here whatever the document's type."""
    if not (isinstance(data, dict) and _is_word(data.get("type")) and _is_word(data.get("id"))):
        raise malformed(pointer, "A resource identifier has a type and an id, both strings.")
    if data["type"] not in {target.type, target.alias}:
        raise _mismatch(f"{pointer}/type", f"The related type is {target.type}.")
    return str(data["id"])


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _mismatch(pointer: str, detail: str) -> Refused:
    return Refused(at(pointer, 409, "type_mismatch", detail))
