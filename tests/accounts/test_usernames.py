"""A username is one name in each of its normal forms, on every way in."""

import io
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from tests.api.plain.conftest import JSON
from tests.conftest import Api
from wallet_transaction_api.accounts import names

PASSWORD = "a-long-enough-phrase"
#: As it is stored, and ways to write it.
ANGSTROM = "\u00c5ngstr\u00f6m"
FORMS = [
    ANGSTROM,
    "\u212bngstr\u00f6m",  # the sign for the unit
    "A\u030angstro\u0308m",  # decomposed
    "\uff21\u030angstr\u00f6m",  # a full-width A
]
FORMS_OF_LONG = ["\u00e9" * 150, "e\u0301" * 150]

every_form = pytest.mark.parametrize("written", FORMS)


@pytest.fixture(autouse=True)
def _open(settings: Any) -> None:
    settings.REGISTRATION_OPEN, settings.THROTTLE_LOGIN = True, None


def _login(username: str) -> int:
    body = {"username": username, "password": PASSWORD}
    return int(Api().post("/api/token/", body, JSON).status_code)


def _admin_login(username: str) -> int:
    form = {"username": username, "password": PASSWORD, "next": "/admin/"}
    return int(Client().post("/admin/login/", form).status_code)


@pytest.mark.django_db
@every_form
def test_a_registered_name_logs_in_in_each_form(written: str) -> None:
    answer = Api().post("/api/register/", {"username": written, "password": PASSWORD}, JSON)
    assert (answer.status_code, answer.json().get("username")) == (201, ANGSTROM)
    assert [_login(form) for form in FORMS] == [200] * len(FORMS)


@pytest.mark.django_db
@pytest.mark.parametrize("written", FORMS_OF_LONG)
def test_a_name_is_as_long_as_it_is_normalized(written: str) -> None:
    answer = Api().post("/api/register/", {"username": written, "password": PASSWORD}, JSON)
    assert answer.status_code == 201
    assert [_login(form) for form in FORMS_OF_LONG] == [200, 200]


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["e\u0301" * 151, "\ufdfa" * 9, "x" * 100_000])
def test_a_name_that_is_too_long_once_normalized_is_rejected(written: str) -> None:
    answer = Api().post("/api/register/", {"username": written, "password": PASSWORD}, JSON)
    assert answer.status_code == 400
    assert _login(written) == 401


@every_form
def test_the_admin_takes_each_form(written: str, admin_client: Client) -> None:
    form = {"username": written, "password1": PASSWORD, "password2": PASSWORD}
    assert admin_client.post("/admin/auth/user/add/", form).status_code == 302
    user = User.objects.get(username=ANGSTROM)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    assert [_admin_login(form) for form in FORMS] == [302] * len(FORMS)


@every_form
def test_the_admin_renames_to_the_normal_form(
    written: str, alice: User, admin_client: Client
) -> None:
    form = {"username": written, "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    assert admin_client.post(f"/admin/auth/user/{alice.pk}/change/", form).status_code == 302
    assert User.objects.filter(username=ANGSTROM, pk=alice.pk).exists()


@pytest.mark.django_db
def test_the_admin_takes_a_long_decomposed_name() -> None:
    User.objects.create_superuser(FORMS_OF_LONG[0], password=PASSWORD)
    assert [_admin_login(form) for form in FORMS_OF_LONG] == [302, 302]


@pytest.mark.django_db
@every_form
def test_createsuperuser_takes_each_form(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    options = {"username": written, "email": "a@example.com", "interactive": False}
    call_command("createsuperuser", stdout=io.StringIO(), **options)
    assert User.objects.get(username=ANGSTROM).is_superuser
    assert [_login(form) for form in FORMS] == [200] * len(FORMS)
    with pytest.raises(CommandError, match="taken"):
        call_command("createsuperuser", stdout=io.StringIO(), **options)


@pytest.mark.django_db
def test_createsuperuser_takes_a_typed_name(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["e\u0301 x", "e\u0301va", "eva@example.com"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: PASSWORD)
    errors = io.StringIO()

    class Terminal:
        def isatty(self) -> bool:
            return True

    call_command("createsuperuser", stdin=Terminal(), stdout=io.StringIO(), stderr=errors)
    assert User.objects.get().username == "\u00e9va"
    assert errors.getvalue().startswith("Error: Enter a valid username.")


@pytest.mark.django_db
@every_form
def test_changepassword_finds_each_form(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create_user(ANGSTROM, password="before")
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: PASSWORD)
    call_command("changepassword", written, stdout=io.StringIO())
    assert _login(ANGSTROM) == 200


@pytest.mark.django_db
def test_changepassword_of_nobody_fails() -> None:
    with pytest.raises(CommandError, match="does not exist"):
        call_command("changepassword", "nobody", stdout=io.StringIO())


def test_plain_django_code_authenticates_by_the_same_rule(alice: User) -> None:
    assert authenticate(username="\uff41lice", password="alice-s3cret") == alice
    assert authenticate(username="alice", password="alice-s3cret ") is None
    assert authenticate(username="alice") is None


def test_what_is_no_username_is_not_normalized() -> None:
    alternating = "\u0301\u0323" * 1_000_000  # takes quadratic time
    assert names.normalize(alternating) is alternating
