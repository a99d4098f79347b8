"""Who calls, and what that lets them see and do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rest_framework.request import Request

from wallet_transaction_api import cache
from wallet_transaction_api.api.jsonapi import own
from wallet_transaction_api.api.jsonapi.kinds import LARGEST_INTEGER
from wallet_transaction_api.api.jsonapi.problems import Problem, Refused
from wallet_transaction_api.api.jsonapi.resources import Resource
from wallet_transaction_api.api.permissions import (
    Action,
    Model,
    actor_of,
    is_open_call,
    is_permitted,
    may,
    may_raise,
    sees,
)
from wallet_transaction_api.models import Wallet


@dataclass
class Effects:
    """What a request did, as far as an idempotency key remembers it."""

    #: The wallets that it reached, of those that the caller sees.
    wallet_ids: set[int] = field(default_factory=set)
    #: Whether it did what must not be done twice, and is not the same if it is done again.
    are_once: bool = False


@dataclass(frozen=True)
class Caller:
    """The user behind a request, or the service owner in open mode."""

    request: Request
    effects: Effects = field(default_factory=Effects)

    @cached_property
    def actor(self) -> Any:
        """The user who acts."""
        return actor_of(self.request)

    @cached_property
    def staff(self) -> bool:
        """Whether staff-only members exist for this caller."""
        return bool(self.actor.is_staff)

    @cached_property
    def may_raise(self) -> bool:
        """Whether this caller may raise their own total (`SELF_CREDIT`)."""
        return may_raise(self.actor)

    @cached_property
    def sees_own_only(self) -> bool:
        """Whether nobody else's wallets exist for this caller."""
        return not is_open_call(self.request) and not is_permitted(self.request, "view", Wallet)

    @cached_property
    def holdings(self) -> own.Holdings | None:
        """What the caller owns; None where it is too much to be named."""
        return own.holdings_of(self.actor.pk)

    @cached_property
    def may_administer(self) -> bool:
        """Whether this caller may write a wallet's staff-only members."""
        return may(self.request, "change", Wallet)

    def require(self, action: Action, model: Model, owner_id: int) -> None:
        """Refuse with 403 who sees an object of this owner but may not act on it."""
        if not may(self.request, action, model, owner_id=owner_id):
            detail = f"You may not {action} {model._meta.verbose_name_plural} of other people."
            raise Refused(Problem(status=403, code="permission_denied", detail=detail))

    def require_staff(self, action: Action, model: Model) -> None:
        """Refuse with 403 who is not staff with the permission, also on what is their own."""
        if not may(self.request, action, model):
            detail = f"Only staff may {action} {model._meta.verbose_name_plural}."
            raise Refused(Problem(status=403, code="permission_denied", detail=detail))

    def find(self, resource: Resource, key: str, *columns: str) -> dict[str, Any] | None:
        """Return the columns of a visible resource; None for a missing or somebody else's one."""
        if not is_id(key):
            return None
        rows = resource.visible(self.request).filter(pk=int(key))
        found = rows.values("id", *columns, *resource.wallet_columns).first()
        if found is not None:
            self.effects.wallet_ids |= {found[name] for name in resource.wallet_columns} - {None}
        return found

    def wallet(self, key: str) -> Mapping[str, Any] | None:
        """Return a visible wallet as a posting asks for it, mostly without asking the database.

        Whether it still is open is decided on the locked row.
        """
        wallet = cache.wallet_by_id(int(key)) if is_id(key) else None
        if wallet is None or not sees(self.request, wallet["owner_id"], wallet["status"]):
            return None
        self.effects.wallet_ids.add(wallet["id"])
        return wallet


def is_id(text: str) -> bool:
    """Tell whether a resource could have this id: a positive integer in its one spelling."""
    is_number: bool = text.isascii() and text.isdigit() and not text.startswith("0")
    return is_number and len(text) <= 19 and int(text) <= LARGEST_INTEGER  # noqa: PLR2004
