"""`/api/token/`, `/api/token/refresh/`, `/api/register/`."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.api.plain.conftest import JSON, form, multipart, refused
from tests.conftest import Answer, Api
from wallet_transaction_api.api.service_owner import service_owner

PASSWORD = "alice-s3cret"
NEW = {"username": "carol", "password": "a-long-enough-phrase"}


@pytest.fixture
def _open(settings: Any) -> None:
    settings.REGISTRATION_OPEN = True


def _works(token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return int(Api().get("/api/wallet/balance/", headers=headers).status_code)


def test_a_password_gets_tokens(alice: User, nobody: Api) -> None:
    credentials = {"username": "alice", "password": PASSWORD}
    for answer in (
        nobody.post("/api/token/", credentials, JSON),
        form(nobody, "/api/token/", **credentials),
        multipart(nobody, "/api/token/", **credentials),
    ):
        assert answer.status_code == 200
        assert sorted(answer.json()) == ["access", "refresh"]
        assert _works(answer.json()["access"]) == 200


def test_a_refresh_token_gets_an_access_token(alice: User, nobody: Api) -> None:
    tokens = form(nobody, "/api/token/", username="alice", password=PASSWORD).json()
    answer = nobody.post("/api/token/refresh/", {"refresh": tokens["refresh"]}, JSON)
    assert answer.status_code == 200
    assert list(answer.json()) == ["access"]
    assert _works(answer.json()["access"]) == 200
    assert _works(tokens["refresh"]) == 401


def _login(nobody: Api, username: str, password: str) -> Answer:
    return form(nobody, "/api/token/", username=username, password=password)


def test_wrong_passwords_missing_and_inactive_users_look_the_same(
    alice: User, bob: User, nobody: Api
) -> None:
    bob.is_active = False
    bob.save()
    attempts = [("alice", "wrong"), ("nosuch", PASSWORD), ("bob", "bob-s3cret"), ("service", "x")]
    answers = [_login(nobody, *attempt) for attempt in attempts]
    error = "No active account found with the given credentials"
    assert {refused(answer) for answer in answers} == {(401, error, "no_active_account")}
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0]["WWW-Authenticate"] == 'Bearer realm="api"'
    assert answers[0].json()["detail"] == error


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é"])
def test_a_bad_refresh_token_is_refused(nobody: Api, token: str) -> None:
    answer = nobody.post("/api/token/refresh/", {"refresh": token}, JSON)
    assert answer.status_code == (400 if token == "" else 401)
    assert answer.json()["code"] == ("invalid" if token == "" else "token_not_valid")


def test_a_removed_or_inactive_user_gets_no_new_token(alice: User, nobody: Api) -> None:
    refresh = _login(nobody, "alice", PASSWORD).json()["refresh"]
    alice.is_active = False
    alice.save()
    answer = nobody.post("/api/token/refresh/", {"refresh": refresh}, JSON)
    assert refused(answer)[::2] == (401, "token_not_valid")


def test_a_new_password_ends_all_tokens(
    alice: User, nobody: Api, django_assert_num_queries: Any
) -> None:
    tokens = _login(nobody, "alice", PASSWORD).json()
    with django_assert_num_queries(1):
        renewed = form(nobody, "/api/token/refresh", refresh=tokens["refresh"]).json()["access"]
    assert _works(tokens["access"]) == _works(renewed) == 200
    alice.set_password("another-s3cret")
    alice.save()
    assert _works(tokens["access"]) == _works(renewed) == 401
    answer = form(nobody, "/api/token/refresh", refresh=tokens["refresh"])
    assert refused(answer) == (401, "Token not valid", "token_not_valid")
    assert _works(_login(nobody, "alice", "another-s3cret").json()["access"]) == 200


def test_an_inactive_users_token_opens_nothing(alice: User) -> None:
    api = Api(alice)
    assert api.get("/api/wallet/balance/").status_code == 200
    alice.is_active = False
    alice.save()
    assert refused(api.get("/api/wallet/balance/"))[::2] == (401, "token_not_valid")
    assert api.get("/api/wallets").status_code == 401


@pytest.mark.parametrize("body", [{}, {"username": "alice"}, {"password": "x"}])
def test_missing_fields_are_named(nobody: Api, body: dict[str, str]) -> None:
    answer = nobody.post("/api/token/", body, JSON)
    assert refused(answer) == (400, "Required value missing", "required")
    assert set(answer.json()["fields"]) == {"username", "password"} - body.keys()


@pytest.mark.parametrize("value", [None, [], {}, True, "a\0b", "", 10**30])
def test_strange_credentials_are_refused(nobody: Api, value: Any) -> None:
    for body in ({"username": value, "password": "x"}, {"username": "x", "password": value}):
        assert nobody.post("/api/token/", body, JSON).status_code in {400, 401}


def test_a_bad_credential_does_not_keep_from_a_new_one(alice: User, nobody: Api) -> None:
    headers = {"Authorization": "Bearer expired"}
    body = f"username=alice&password={PASSWORD}"
    answer = nobody.request(
        "POST", "/api/token/", data=body, headers=headers,
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert answer.status_code == 200


@pytest.mark.usefixtures("_open")
class TestRegistering:
    def test_answers_with_tokens_and_gives_a_wallet(self, nobody: Api) -> None:
        answer = nobody.post("/api/register/", {**NEW, "email": "carol@example.com"}, JSON)
        user = User.objects.get(username="carol")
        body = answer.json()
        assert answer.status_code == 201
        assert list(body) == ["id", "username", "access", "refresh"]
        assert (body["id"], body["username"]) == (str(user.pk), "carol")
        assert user.email == "carol@example.com"
        assert _works(body["access"]) == 200
        assert (user.is_staff, user.is_superuser) == (False, False)
        assert _login(nobody, **NEW).status_code == 200

    def test_takes_forms(self, nobody: Api) -> None:
        assert form(nobody, "/api/register", **NEW).status_code == 201

    @pytest.mark.parametrize("username", ["alice", "service"])
    def test_refuses_a_taken_name(self, alice: User, nobody: Api, username: str) -> None:
        answer = nobody.post("/api/register/", {**NEW, "username": username}, JSON)
        assert answer.status_code == 409
        assert answer.json() == {"error": "Username taken", "code": "username_taken"}

    @pytest.mark.parametrize("username", ["service", "SERVICE", "sérvice"])
    def test_nobody_becomes_the_service_owner(self, nobody: Api, username: str) -> None:
        answer = nobody.post("/api/register/", {**NEW, "username": username}, JSON)
        owner = service_owner()
        assert (owner.username, owner.has_usable_password()) == ("service", False)
        assert answer.status_code in {201, 409}
        if answer.status_code == 201:  # a database that tells the two names apart
            assert answer.json()["id"] != str(owner.pk)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("username", ""), ("username", "a b"), ("username", "x" * 151), ("username", "a\n"),
         ("username", "a\0"), ("username", ["a"]), ("username", None), ("password", "short"),
         ("password", "12345678901"), ("password", "password123"), ("password", "x" * 2000),
         ("password", "carol"), ("email", "nonsense"), ("email", 5)],
    )  # fmt: skip
    def test_refuses_what_is_no_account(self, nobody: Api, field: str, value: Any) -> None:
        answer = nobody.post("/api/register/", {**NEW, field: value}, JSON)
        assert refused(answer)[::2] == (400, "invalid")
        assert field in answer.json()["fields"]
        assert not User.objects.exists()

    def test_names_that_look_the_same_are_the_same(self, nobody: Api) -> None:
        assert nobody.post("/api/register/", {**NEW, "username": "carol"}, JSON).status_code == 201
        twin = {**NEW, "username": "ｃarol"}  # noqa: RUF001 that is the point
        assert nobody.post("/api/register/", twin, JSON).status_code == 409

    def test_privileges_cannot_be_asked_for(self, nobody: Api) -> None:
        nobody.post("/api/register/", {**NEW, "is_staff": True, "is_superuser": True}, JSON)
        assert not User.objects.get(username="carol").is_staff


def test_closed_registration_is_refused(nobody: Api, settings: Any) -> None:
    settings.REGISTRATION_OPEN = False
    answer = nobody.post("/api/register/", NEW, JSON)
    assert refused(answer) == (403, "Registration closed", "registration_closed")
    assert not User.objects.exists()
