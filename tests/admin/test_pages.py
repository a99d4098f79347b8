"""Every page opens, for whoever may open it, and none of them counts or sorts everything."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.admin.conftest import Browser
from wallet_transaction_api.admin import pages
from wallet_transaction_api.models import Entry, Transaction, Wallet

MODELS = ("wallet", "transaction", "entry")


@pytest.mark.parametrize("model", MODELS)
def test_lists_open(browser: Browser, opening: Transaction, model: str) -> None:
    page = browser.open(model)
    assert page.status_code == 200
    assert "100.00" in page.content.decode()


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("wallet", "?q=ren"),
        ("wallet", "?q=alice+rent&status__exact=active"),
        ("transaction", "?kind__exact=opening&deleted_at__isempty=1"),
        ("transaction", "?wallet__id__exact={wallet}"),
        ("transaction", "?q={txid}"),
        ("entry", "?q={txid}&reason__exact=posted"),
        ("entry", "?wallet__id__exact={wallet}"),
    ],
)
def test_lists_are_searched_and_filtered(
    browser: Browser, opening: Transaction, model: str, query: str
) -> None:
    filled = query.format(wallet=opening.wallet_id, txid=opening.txid)
    page = browser.open(model, query=filled)
    assert page.status_code == 200
    assert page.context["cl"].result_count == 1


def test_a_wallet_is_found_by_its_uuid(browser: Browser, wallet: Wallet) -> None:
    page = browser.open("wallet", query=f"?q={wallet.uuid}")
    assert [row.pk for row in page.context["cl"].result_list] == [wallet.pk]


@pytest.mark.parametrize("model", ["wallet", "transaction"])
def test_forms_for_new_rows_open(browser: Browser, model: str) -> None:
    assert browser.open(model, "add").status_code == 200


def test_pages_of_existing_rows_open(browser: Browser, opening: Transaction) -> None:
    rows = {"wallet": opening.wallet, "transaction": opening, "entry": opening.entries.get()}
    for model, row in rows.items():
        for page in ("change", "history"):
            assert browser.open(model, page, row.pk).status_code == 200
    for model in ("wallet", "transaction"):
        assert browser.open(model, "delete", rows[model].pk).status_code == 200


def test_a_wallets_page_shows_its_money_and_links_its_history(
    browser: Browser, wallet: Wallet
) -> None:
    page = browser.open("wallet", "change", wallet.pk).content.decode()
    assert page.count("100.00") == 2
    for model in ("transaction", "entry", "hold", "limit"):
        assert f"/admin/wallet_transaction_api/{model}/?wallet__id__exact={wallet.pk}" in page
    assert 'name="balance"' not in page


def test_lists_count_no_further_than_can_be_paged(
    browser: Browser, opening: Transaction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "REACHABLE", 1)
    with CaptureQueriesContext(connection) as queries:
        page = browser.open("wallet")
    assert page.context["cl"].result_count == 1
    assert Wallet.objects.count() > 1
    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert all("LIMIT 1" in sql for sql in counts)
    assert counts


def test_no_list_counts_the_rows_of_each_choice_of_a_filter(
    browser: Browser, wallet: Wallet
) -> None:
    def counts(query: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.open("wallet", query=query)
        return sum(sql["sql"].count("COUNT(") for sql in queries)

    assert "Show counts" not in browser.open("wallet").content.decode()
    assert counts("?_facets=True") == counts("")


@pytest.mark.parametrize("model", MODELS)
def test_the_queries_of_a_list_do_not_grow_with_its_rows(
    browser: Browser, wallet: Wallet, open_wallet: Callable[..., Wallet], model: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.open(model)
        return len(captured)

    few = queries()
    for number in range(5):
        open_wallet("1.00", label=f"Wallet {number}")
    assert queries() == few


@pytest.mark.parametrize("model", MODELS)
def test_staff_without_permission_is_refused(
    allowed: Callable[..., Browser], opening: Transaction, model: str
) -> None:
    rows = {"wallet": opening.wallet, "transaction": opening, "entry": opening.entries.get()}
    browser = allowed()
    for page, args in (("changelist", ()), ("add", ()), ("change", (rows[model].pk,))):
        assert browser.open(model, page, *args).status_code == 403
        assert browser.submit(model, page, *args).status_code == 403
    assert browser.submit(model, "delete", rows[model].pk, post="yes").status_code == 403


@pytest.mark.parametrize("model", ["transfer", "hold", "limit", "seal"])
def test_no_other_list_is_open_to_staff_without_permission(
    allowed: Callable[..., Browser], model: str
) -> None:
    for page in ("changelist", "add"):
        assert allowed().open(model, page).status_code == 403
    assert allowed(f"view_{model}").open(model).status_code == 200


def test_staff_who_may_only_look_see_no_inputs_and_change_nothing(
    allowed: Callable[..., Browser], opening: Transaction
) -> None:
    browser = allowed("view_wallet", "view_transaction", "view_entry")
    for model, row in (("wallet", opening.wallet), ("transaction", opening)):
        page = browser.open(model, "change", row.pk)
        assert page.status_code == 200
        assert 'name="metadata"' not in page.content.decode()
        assert browser.submit(model, "change", row.pk, amount="5.00").status_code == 403
        assert browser.submit(model, "delete", row.pk, post="yes").status_code == 403
        browser.delete_selected(model, row)
    assert Transaction.objects.visible().get(pk=opening.pk).amount == 100
    assert Wallet.objects.get(pk=opening.wallet_id).status == "active"


def test_users_who_are_no_staff_are_sent_to_the_login(alice: User, wallet: Wallet) -> None:
    page = Browser(alice).open("wallet", "change", wallet.pk)
    assert page.status_code == 302
    assert "/admin/login/" in page["Location"]


def test_the_journal_is_read_only(browser: Browser, opening: Transaction) -> None:
    entry = opening.entries.get()
    before = list(Entry.objects.values_list())
    assert browser.open("entry", "add").status_code == 403
    assert browser.submit("entry", "add", amount="1.00").status_code == 403
    assert browser.submit("entry", "change", entry.pk, amount="1.00").status_code == 403
    assert browser.submit("entry", "delete", entry.pk, post="yes").status_code == 403
    browser.delete_selected("entry", entry)
    assert list(Entry.objects.values_list()) == before
