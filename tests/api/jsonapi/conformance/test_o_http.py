"""O. HTTP and recommendations."""

from tests.api.jsonapi.conformance.conftest import Household, sources
from tests.api.jsonapi.conftest import balance_of, errors, transaction_document, update
from tests.conftest import Api


def test_j270_unchanged_answers_are_not_repeated(api: Api, home: Household) -> None:
    """I · Reads have an ETag; If-None-Match with it is answered with 304 and no body."""
    for url in ("/api/wallets", f"/api/wallets/{home.rent.pk}"):
        tag = api.get(url)["ETag"]
        answer = api.get(url, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.content) == (304, b"")


def test_j271_stale_changes_are_refused(api: Api, home: Household) -> None:
    """I · If-Match with a stale ETag is answered with 412, and nothing changes."""
    url = f"/api/transactions/{home.first.pk}"
    headers = {"If-Match": api.get(url)["ETag"]}
    api.patch(url, update("transactions", home.first.pk, description="New"))
    document = update("transactions", home.first.pk, description="Newer")
    for answer in (
        api.send("PATCH", url, document, headers=headers), api.delete(url, headers=headers)
    ):  # fmt: skip
        assert (answer.status_code, errors(answer)) == (412, [("precondition_failed", "If-Match")])
    assert api.get(url).json()["data"]["attributes"]["description"] == "New"


def test_j272_methods_are_not_overridden(api: Api, home: Household) -> None:
    """R · A POST that asks to be another method is refused with 400 (decision 30)."""
    document = update("wallets", home.rent.pk, label="New")
    for url in (f"/api/wallets/{home.rent.pk}", "/api/wallets"):
        answer = api.send("POST", url, document, headers={"X-HTTP-Method-Override": "PATCH"})
        assert answer.status_code == 400
        assert sources(answer) == [{"header": "X-HTTP-Method-Override"}]


def test_j273_no_work_is_long(api: Api, db: None) -> None:
    """R · No request starts work that outlasts its answer (decision 30): none answers 202."""
    endpoints = api.get("/api").json()["meta"]["endpoints"]
    assert not {"jobs", "exports"} & endpoints.keys()


def test_j274_a_repeated_creation_is_replayed(api: Api, home: Household) -> None:
    """I · A repeated Idempotency-Key is answered with the same 201 and creates nothing more."""
    document = transaction_document(home.rent, amount="5.00", txid="once")
    first, again = (
        api.send("POST", "/api/transactions", document, headers={"Idempotency-Key": "salary"})
        for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["Location"]) == (first.content, first["Location"])
    assert again["Idempotent-Replayed"] == "true"
    assert home.rent.transactions.filter(txid="once").count() == 1
    assert balance_of(home.rent) == "126.00"
