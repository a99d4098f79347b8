"""Local ids: names that operations give to what they add, as long as the request lasts."""

from typing import Any

from wallet_transaction_api.api.client_text import quoted
from wallet_transaction_api.api.jsonapi.encoding import Object
from wallet_transaction_api.api.jsonapi.pointers import join
from wallet_transaction_api.api.jsonapi.problems import Refused, at
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.api.jsonapi.types import BY_NAME


class LocalIds:
    """The local ids of one request, and the ids that they came to stand for."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], str] = {}

    def learn(self, resource: Resource, lid: str, key: str) -> None:
        """Note the id of what was added under a local id; refuses one used before."""
        if (resource.type, lid) in self._ids:
            detail = f"The lid {quoted(lid)} was used before."
            raise Refused(at("/data/lid", 400, "lid_repeated", detail))
        self._ids[resource.type, lid] = key

    def id_of(self, kind: Any, lid: Any, pointer: str) -> str:
        """Return the id that a local id stands for; refuses one that nothing was added under."""
        resource = BY_NAME.get(kind) if isinstance(kind, str) else None
        key = self._ids.get((resource.type, lid)) if resource and isinstance(lid, str) else None
        if key is None:
            detail = f"No earlier operation added {quoted(lid)}."
            raise Refused(at(pointer, 400, "unknown_lid", detail))
        return key

    def resolved(self, operation: Object) -> Object:
        """Return the operation with ids where it names local ids of others."""
        data = operation.get("data")
        if not isinstance(data, dict):
            return operation
        data = self._identified(data, "/data") if operation["op"] == "update" else dict(data)
        if isinstance(data.get("relationships"), dict):
            data["relationships"] = {
                name: self._linked(value, join("data", "relationships", name, "data"))
                for name, value in data["relationships"].items()
            }
        return {**operation, "data": data}

    def _linked(self, relationship: Any, pointer: str) -> Any:
        if not isinstance(relationship, dict):
            return relationship
        data = relationship.get("data")
        if isinstance(data, list):
            many = [self._identified(item, f"{pointer}/{at}") for at, item in enumerate(data)]
            return {**relationship, "data": many}
        if isinstance(data, dict):
            return {**relationship, "data": self._identified(data, pointer)}
        return relationship

    def _identified(self, item: Any, pointer: str) -> Any:
        if not isinstance(item, dict) or "lid" not in item or item.get("id") is not None:
            return item
        others = {name: value for name, value in item.items() if name != "lid"}
        return {**others, "id": self.id_of(item.get("type"), item["lid"], f"{pointer}/lid")}
