"""`/operations`: all of the operations or none, in one database transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from wallet_transaction_api.api.jsonapi import (
    bodies,
    documents,
    named_wallets,
    negotiation,
    operations,
    preconditions,
    refusals,
)
from wallet_transaction_api.api.jsonapi.commands import COMMANDS, do
from wallet_transaction_api.api.jsonapi.encoding import Fragment, Object, array
from wallet_transaction_api.api.jsonapi.endpoints import JsonApiView
from wallet_transaction_api.api.jsonapi.lids import LocalIds
from wallet_transaction_api.api.jsonapi.named_wallets import Named
from wallet_transaction_api.api.jsonapi.operations import COMMAND_OF, Target
from wallet_transaction_api.api.jsonapi.pointers import join
from wallet_transaction_api.api.jsonapi.problems import (
    Refused,
    StateRefused,
    at,
    malformed,
    not_found,
)
from wallet_transaction_api.ledger import errors, locks, turns
from wallet_transaction_api.ledger.units import in_transaction

_NOTHING = Fragment("{}")


class OperationsView(JsonApiView):
    """Does what the plain endpoints would do, by the same commands for the same caller."""

    ext = negotiation.ATOMIC
    asked: list[Object]
    named: Named

    def post(self, request: Request) -> HttpResponse:
        """Do the operations in order; answers one result for each, in the same order."""
        preconditions.refuse_any(request)
        return self.once(self._operate, around=self._prepared)

    @contextmanager
    def _prepared(self) -> Iterator[None]:
        """Read the request before a transaction begins; wait for its turn if it needs one."""
        self.asked = self._read()
        self.named = named_wallets.find(self.caller, self.asked, root=self.root)
        if not self.named.is_foreign:
            yield
            return
        operations.refuse_many_with_foreign(self.asked)
        with turns.of(self.caller.actor.pk):
            yield

    def _read(self) -> list[Object]:
        self.body = bodies.read(self.request)
        asked = operations.read(self.body)
        for index, operation in enumerate(asked):
            self._located(index, operation, lambda item=operation: operations.check(item))
        return asked

    def _operate(self) -> HttpResponse:
        results = in_transaction(self._do_all)
        return self.answer({"atomic:results": array(results)})

    def _do_all(self) -> list[Fragment]:
        if self.named.is_foreign:
            turns.take(self.caller.actor.pk)
        locks.lock(self.named.own)
        lids = LocalIds()
        return [
            self._located(index, operation, lambda item=operation: self._do(item, lids))
            for index, operation in enumerate(self.asked)
        ]

    def _located(self, index: int, operation: Any, work: Any) -> Any:
        """Do the work; whatever it refuses is pointed at inside the operation."""
        try:
            return work()
        except (Refused, errors.LedgerError) as refusal:
            base = join(operations.OPERATIONS, str(index))
            kind = StateRefused if isinstance(refusal, errors.StateRefusal) else Refused
            raise kind(*refusals.inside(operation, refusal, base)) from refusal

    def _do(self, operation: Object, lids: LocalIds) -> Fragment:
        target = operations.target_of(operation, lids, root=self.root)
        if target.relationship is not None:
            raise self._fixed(operation, target)
        verb, kind = COMMAND_OF[operation["op"]], target.resource.type
        if not hasattr(COMMANDS.get(kind), verb):
            detail = f"{operation['op']} is not for {kind}."
            raise Refused(at("/op", 403, "operation_unsupported", detail))
        if operation["op"] == "remove":
            do(verb, kind, self.caller, target.key)
            return _NOTHING
        document = documents.read(lids.resolved(operation), target.resource, resource_id=target.key)
        arguments = (document,) if target.key is None else (target.key, document)
        written = self._written(target, do(verb, kind, self.caller, *arguments))
        if target.key is None and operation["data"].get("lid"):
            lids.learn(target.resource, operation["data"]["lid"], str(written[0]))
        plan = self.reader().plan(target.resource)
        return Fragment(f'{{"data":{plan.write(written)}}}')

    def _written(self, target: Target, row: Any) -> Any:
        reader = self.reader()
        if row is None:
            return reader.one(target.resource, str(target.key))
        return reader.plan(target.resource).values(row)

    def _fixed(self, operation: Object, target: Target) -> Refused:
        """Make the refusal to change a relationship; nothing is done to the resource itself."""
        if "data" not in operation:
            return malformed("", "An operation on a relationship has data.")
        place = "/ref/relationship" if "ref" in operation else "/href"
        known = target.relationship in target.resource.relationships
        if not known or self.caller.find(target.resource, str(target.key)) is None:
            return not_found()
        detail = f"{target.relationship} cannot be changed here."
        return Refused(at(place, 403, "relationship_fixed", detail))
