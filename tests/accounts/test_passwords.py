"""A password is taken as it is: blanks at its ends are part of it, on every way in."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from tests.api.plain.conftest import JSON, form, multipart
from tests.conftest import Api

PLAIN = "trail-Xk29-long"
PASSWORDS = [f"{PLAIN} ", f" {PLAIN}", f"{PLAIN}\u00a0", f"\u3000{PLAIN}", f"{PLAIN}\t\n", PLAIN]

every_password = pytest.mark.parametrize("password", PASSWORDS)


@pytest.fixture(autouse=True)
def _open(settings: Any) -> None:
    settings.REGISTRATION_OPEN, settings.THROTTLE_LOGIN = True, None


def _logs_in(username: str, password: str) -> list[str]:
    """Return the passwords that the API takes for this user, of all of them."""
    api, path = Api(), "/api/token/"
    taken = []
    for each in PASSWORDS:
        body = {"username": username, "password": each}
        answers = [api.post(path, body, JSON), form(api, path, **body)]
        if each == password:
            answers.append(multipart(api, path, **body))
        statuses = {answer.status_code for answer in answers}
        assert len(statuses) == 1
        taken += [each] if statuses == {200} else []
    return taken


def _enters_admin(username: str, password: str) -> list[str]:
    return [
        each
        for each in PASSWORDS
        if Client()
        .post("/admin/login/", {"username": username, "password": each, "next": "/admin/"})
        .status_code
        == 302
    ]


@pytest.mark.django_db
@every_password
def test_registering(password: str) -> None:
    body = {"username": "carol", "password": password}
    assert Api().post("/api/register/", body, JSON).status_code == 201
    assert _logs_in("carol", password) == [password]


@pytest.mark.django_db
@every_password
def test_createsuperuser(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    options = {"username": "root", "email": "r@example.com", "interactive": False}
    call_command("createsuperuser", stdout=io.StringIO(), **options)
    assert _logs_in("root", password) == _enters_admin("root", password) == [password]


@every_password
def test_changepassword(password: str, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: password)
    call_command("changepassword", "alice", stdout=io.StringIO())
    assert _logs_in("alice", password) == [password]


@every_password
def test_the_admins_pages(password: str, alice: User, admin_client: Client) -> None:
    new = {"username": "dave", "password1": password, "password2": password}
    assert admin_client.post("/admin/auth/user/add/", new).status_code == 302
    assert _logs_in("dave", password) == [password]
    changed = {"password1": password, "password2": password}
    path = f"/admin/auth/user/{alice.pk}/password/"
    assert admin_client.post(path, changed).status_code == 302
    assert _logs_in("alice", password) == [password]


def test_ones_own_password_in_the_admin(staff: User) -> None:
    client, old = Client(), "staff-s3cret"
    client.force_login(staff)
    for password in PASSWORDS:
        changed = {"old_password": old, "new_password1": password, "new_password2": password}
        assert client.post("/admin/password_change/", changed).status_code == 302
        assert _logs_in("staff", password) == [password]
        old = password


@pytest.mark.parametrize("value", [None, [], {}, True, "a\0b", "", "\ud800"])
def test_what_is_no_password_is_a_client_error(value: Any, alice: User) -> None:
    body = {"username": "alice", "password": value}
    assert Api().post("/api/token/", body, JSON).status_code in {400, 401}
