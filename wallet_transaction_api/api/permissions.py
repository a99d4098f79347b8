"""Who may do what: credentials, open mode, one's own money and, for staff, other people's.

- A user sees and moves their own open wallets. Nobody else's object exists for them.
- Staff are users to whom Django permissions open other people's objects: `view_wallet` shows
  all wallets with what belongs to them, closed wallets included; `add_`, `change_`, `delete_`
  of `wallet`, `transaction` and `hold` let them act there. Who sees but may not act is refused
  with 403. Limits are written by staff only, by `add_`, `change_`, `delete_limit`.
  A staff member without `view_wallet` is a user like any other. Audit records are shown by
  `view_auditrecord` alone; everybody else is refused with 403, whatever there is.
- A transfer exists for the owner of either wallet. The source's owner amends it; the wallet at
  the other end, if it is another person's, shows by its uuid only.
- With `AUTH_REQUIRED=false` an anonymous call acts as the service owner: on every open
  wallet, but not on what is staff's. A credential that is sent counts as always.
"""

from collections.abc import Collection
from typing import Literal, Protocol, TypeAlias

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import BigIntegerField, Case, ExpressionWrapper, F, Q, QuerySet, When
from django.utils import timezone
from rest_framework.permissions import BasePermission

from wallet_transaction_api.api.service_owner import service_owner
from wallet_transaction_api.ledger import errors
from wallet_transaction_api.models import AuditRecord, Hold, Limit, Transaction, Transfer, Wallet

Action: TypeAlias = Literal["view", "add", "change", "delete"]
Model: TypeAlias = type[Wallet | Transaction | Transfer | Hold | Limit | AuditRecord]
_APP = Wallet._meta.app_label


class Call(Protocol):
    """A request whose credential was checked, DRF's or Django's."""

    @property
    def user(self) -> User | AnonymousUser:
        """Whoever sent the credential, or nobody."""


class MayUseApi(BasePermission):
    """Lets in who sent a credential, and in open mode everybody."""

    def has_permission(self, request: Call, view: object) -> bool:
        """Tell whether the request may go on."""
        return may_use_api(request)


def may_use_api(request: Call) -> bool:
    """Tell whether the faces that have an open mode let the caller in."""
    return bool(request.user.is_authenticated) or is_open_call(request)


def is_open_call(request: Call) -> bool:
    """Tell whether this is an anonymous call in open mode."""
    return not settings.AUTH_REQUIRED and not request.user.is_authenticated


def actor_of(request: Call) -> User:
    """Return the user who acts: the caller, or the service owner for an anonymous call.

    Ask only after `MayUseApi` let the request in.
    """
    return request.user if isinstance(request.user, User) else service_owner()


def may_raise(user: User) -> bool:
    """Tell whether the user may raise their own total (`SELF_CREDIT`).

    Without it only staff may; the service owner is not staff, so open mode is no way around.
    """
    return bool(settings.SELF_CREDIT or user.is_staff)


def may_exchange(user: User) -> bool:
    """Tell whether the user may transfer between currencies; staff or not, it is a permission."""
    return user.has_perm(f"{_APP}.exchange")


def may_take_back(request: Call) -> bool:
    """Tell whether the caller may reverse payments that have reached other people's wallets.

    Staff by `delete_transfer`; in open mode everybody, as every wallet is everybody's there.
    """
    return is_open_call(request) or is_permitted(request, "delete", Transfer)


def may(request: Call, action: Action, model: Model, *, owner_id: int | None = None) -> bool:
    """Tell whether the caller may do this to a visible object of the wallet owner `owner_id`.

    One's own always, and anybody's for the service owner; other people's by the Django
    permission. Without an owner: whether the caller may do it as staff, to staff-only members.
    """
    if owner_id is not None and (is_open_call(request) or owner_id == request.user.pk):
        return True
    return is_permitted(request, action, model)


def is_permitted(request: Call, action: Action, model: Model) -> bool:
    """Tell whether the caller is staff with the Django permission."""
    permission = f"{_APP}.{action}_{model._meta.model_name}"
    return bool(request.user.is_staff and request.user.has_perm(permission))


def sees(request: Call, owner_id: int, status: str) -> bool:
    """Tell whether a wallet of this owner and status exists for the caller.

    The same rule as that of `visible_wallets`, for a row at hand.
    """
    own = is_open_call(request) or owner_id == request.user.pk
    if own and status != Wallet.Status.CLOSED:
        return True
    return is_permitted(request, "view", Wallet)


def has_right_to(request: Call, wallet_ids: Collection[int]) -> bool:
    """Tell whether the caller sees these wallets, or would if they were not closed or deleted.

    A wallet's owner never changes, and an erased one had no history.
    """
    if not wallet_ids or is_open_call(request) or is_permitted(request, "view", Wallet):
        return True
    others = Wallet.objects.filter(pk__in=wallet_ids).exclude(owner=request.user.pk)
    return not others.exists()


def told(request: Call, refusal: errors.LedgerError) -> errors.LedgerError:
    """Return the refusal as the caller may hear it.

    To who does not see closed wallets, one that was closed since it was looked up is missing.
    """
    if not isinstance(refusal, errors.WalletClosed) or is_permitted(request, "view", Wallet):
        return refusal
    missing = errors.WalletNotFound()
    missing.attribute = refusal.attribute or missing.attribute
    return missing


def visible_wallets(request: Call) -> QuerySet[Wallet]:
    """Return the wallets that exist for the caller."""
    wallets = Wallet.objects.filter(_of_visible_wallet(request, ""))
    return wallets.as_of(timezone.now())


def visible_transactions(request: Call) -> QuerySet[Transaction]:
    """Return the transactions that exist for the caller; reversed ones exist for nobody."""
    return Transaction.objects.visible().filter(_of_visible_wallet(request, "wallet__"))


def visible_transfers(request: Call) -> QuerySet[Transfer]:
    """Return the transfers that exist for the caller: one of their wallets does.

    Each row holds the ids of those that do as `visible_source` and `visible_destination`, else
    null. The caller's wallets are asked for first: the two indexes then find their transfers,
    where a join would read the whole table.
    """
    rows: QuerySet[Transfer] = Transfer.objects.visible()
    if is_permitted(request, "view", Wallet):
        return rows.annotate(visible_source=_id("source"), visible_destination=_id("destination"))
    source, destination = (_of_visible_end(request, end) for end in ("source", "destination"))
    return rows.filter(source | destination).annotate(
        visible_source=Case(When(source, then=_id("source"))),
        visible_destination=Case(When(destination, then=_id("destination"))),
    )


def _id(end: str) -> "ExpressionWrapper[F]":
    return ExpressionWrapper(F(f"{end}_id"), output_field=BigIntegerField())


def _of_visible_end(request: Call, end: str) -> Q:
    if is_open_call(request):
        return _of_visible_wallet(request, f"{end}__")
    return Q(**{f"{end}_id__in": list(visible_wallets(request).values_list("pk", flat=True))})


def visible_holds(request: Call) -> QuerySet[Hold]:
    """Return the holds that exist for the caller, with `current_status`."""
    return Hold.objects.filter(_of_visible_wallet(request, "wallet__")).as_of(timezone.now())


def visible_limits(request: Call) -> QuerySet[Limit]:
    """Return the limits that exist for the caller."""
    return Limit.objects.filter(_of_visible_wallet(request, "wallet__"))


def visible_audit_records(request: Call) -> QuerySet[AuditRecord]:
    """Return the audit records that exist for the caller: all of them for staff."""
    records: QuerySet[AuditRecord] = AuditRecord.objects.all()
    return records if is_permitted(request, "view", AuditRecord) else records.none()


def _of_visible_wallet(request: Call, path: str) -> Q:
    if is_permitted(request, "view", Wallet):
        return Q()
    is_open = ~Q(**{f"{path}status": Wallet.Status.CLOSED})
    if is_open_call(request):
        return is_open
    return is_open & Q(**{f"{path}owner": request.user.pk})
