"""Audit records in the admin: what staff do there is recorded, and read there, and left alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tests.admin.conftest import Browser
from wallet_transaction_api.models import AuditRecord, Transaction, Wallet


@pytest.fixture
def frozen(browser: Browser, wallet: Wallet) -> AuditRecord:
    """Return the record of a wallet that staff froze in the admin."""
    data = {"label": wallet.label, "status": "frozen", "overdraft_limit": "0", "metadata": "{}"}
    browser.submit("wallet", "change", wallet.pk, **data)
    return AuditRecord.objects.get(action="frozen")


def test_what_is_done_there_is_recorded(
    browser: Browser, staff: User, opening: Transaction, frozen: AuditRecord
) -> None:
    assert (frozen.actor_id, frozen.actor) == (staff.pk, "staff")
    assert len(str(frozen.request_id)) == 32
    assert (frozen.before, frozen.after) == ({"status": "active"}, {"status": "frozen"})


def test_a_reversal_there_is_too(browser: Browser, opening: Transaction) -> None:
    browser.submit("transaction", "delete", opening.pk, post="yes")
    record = AuditRecord.objects.get(action="reversed")
    assert (record.subject_id, record.actor) == (opening.pk, "staff")


def test_a_user_made_there_has_a_wallet_opened_by_staff(browser: Browser, staff: User) -> None:
    data = {"username": "carol", "usable_password": "false"}
    answer = browser._client.post(reverse("admin:auth_user_add"), data)
    carol = User.objects.get(username="carol")
    record = AuditRecord.objects.get(subject_id=carol.default_wallet.pk)
    assert answer.status_code == 302
    assert (record.action, record.actor_id, record.actor) == ("opened", staff.pk, "staff")
    assert record.request_id == answer["X-Request-ID"]


def test_the_list_and_the_page_open(browser: Browser, frozen: AuditRecord) -> None:
    query = f"?q={frozen.request_id}&action__exact=frozen&subject_type__exact=wallets"
    listed = browser.open("auditrecord", query=query)
    shown = browser.open("auditrecord", "change", frozen.pk)
    assert [row.pk for row in listed.context["cl"].result_list] == [frozen.pk]
    assert shown.status_code == 200
    assert "&quot;frozen&quot;" in shown.content.decode()


def test_are_found_by_the_actors_name(browser: Browser, frozen: AuditRecord) -> None:
    page = browser.open("auditrecord", query="?q=staff")
    assert frozen.pk in [row.pk for row in page.context["cl"].result_list]


@pytest.mark.parametrize("page", ["add", "delete"])
def test_nothing_is_made_or_removed_there(browser: Browser, frozen: AuditRecord, page: str) -> None:
    keys = () if page == "add" else (frozen.pk,)
    assert browser.open("auditrecord", page, *keys).status_code == 403


def test_is_closed_to_who_may_not_look(allowed: Callable[..., Any], frozen: AuditRecord) -> None:
    assert allowed("view_wallet").open("auditrecord").status_code == 403
    assert allowed("view_auditrecord").open("auditrecord").status_code == 200
