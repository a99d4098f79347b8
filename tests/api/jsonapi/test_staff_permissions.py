"""Staff act on other people's objects by Django's permissions, each action by its own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from tests.api.jsonapi.conftest import (
    ValidatingApi,
    balance_of,
    errors,
    transaction_document,
    update,
    wallet_document,
)
from tests.conftest import Answer, Api
from wallet_transaction_api.models import Wallet

Act = Callable[[Api, Wallet], Answer]


def _post(api: Api, rent: Wallet) -> Answer:
    return api.post("/api/transactions", transaction_document(rent, amount="1.00"))


def _amend(api: Api, rent: Wallet) -> Answer:
    key = rent.transactions.get().pk
    return api.patch(f"/api/transactions/{key}", update("transactions", key, amount="99.00"))


def _reverse(api: Api, rent: Wallet) -> Answer:
    return api.delete(f"/api/transactions/{rent.transactions.get().pk}")


def _relabel(api: Api, rent: Wallet) -> Answer:
    return api.patch(f"/api/wallets/{rent.pk}", update("wallets", rent.pk, label="Food"))


def _close(api: Api, rent: Wallet) -> Answer:
    return api.delete(f"/api/wallets/{rent.pk}")


ACTS: dict[str, tuple[Act, int]] = {
    "add_transaction": (_post, 201),
    "change_transaction": (_amend, 200),
    "delete_transaction": (_reverse, 204),
    "change_wallet": (_relabel, 200),
    "delete_wallet": (_close, 409),  # not empty: the ledger was asked
}


@pytest.fixture
def clerk(db: None) -> User:
    """Return staff who may look at everything and touch nothing."""
    clerk = User.objects.create_user("clerk", password="clerk-s3cret", is_staff=True)
    _permit(clerk, "view_wallet")
    return clerk


def _permit(user: User, *codenames: str) -> None:
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


@pytest.mark.parametrize("codename", ACTS)
def test_who_only_sees_is_refused(clerk: User, rent: Wallet, codename: str) -> None:
    _permit(clerk, *(other for other in ACTS if other != codename))
    act, _ = ACTS[codename]
    answer = act(ValidatingApi(clerk), rent)
    assert answer.status_code == 403
    assert errors(answer) == [("permission_denied", None)]
    assert balance_of(rent) == "100.00"


@pytest.mark.parametrize("codename", ACTS)
def test_the_permission_lets_staff_act(clerk: User, rent: Wallet, codename: str) -> None:
    _permit(clerk, codename)
    act, status = ACTS[codename]
    assert act(ValidatingApi(clerk), rent).status_code == status


def test_without_seeing_there_is_nothing_to_act_on(db: None, rent: Wallet) -> None:
    clerk = User.objects.create_user("blind", password="x", is_staff=True)
    _permit(clerk, *ACTS)
    for act, _ in ACTS.values():
        assert act(ValidatingApi(clerk), rent).status_code == 404


@pytest.mark.parametrize("member", [{"status": "frozen"}, {"overdraftLimit": "5.00"}])
def test_staff_only_members_need_the_permission_too(
    clerk: User, rent: Wallet, member: dict[str, Any]
) -> None:
    api, own = ValidatingApi(clerk), clerk.default_wallet
    path, document = f"/api/wallets/{own.pk}", update("wallets", own.pk, **member)
    name = next(iter(member))
    answer = api.patch(path, document)
    assert answer.status_code == 403
    assert errors(answer) == [("read_only", f"/data/attributes/{name}")]
    assert api.post("/api/wallets", wallet_document(label="x", **member)).status_code == 403
    _permit(clerk, "change_wallet")
    assert api.patch(path, document).status_code == 200
    assert api.post("/api/wallets", wallet_document(label="x", **member)).status_code == 201


def test_ones_own_money_needs_no_permission(clerk: User) -> None:
    own = clerk.default_wallet
    assert _post(ValidatingApi(clerk), own).status_code == 201
    assert _relabel(ValidatingApi(clerk), own).status_code == 200
