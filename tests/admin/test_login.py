"""Logging in to the admin: passwords cannot be guessed in bulk here either."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.shortcuts import resolve_url
from django.test import Client

from tests.conftest import Api
from wallet_transaction_api import env
from wallet_transaction_api.api import throttling

WRONG = "Please enter the correct username and password for a staff account."
HELD_UP = "Request was throttled. Expected available in 20 seconds."


@pytest.fixture(autouse=True)
def _stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop it 20 seconds before a minute ends."""
    monkeypatch.setattr(throttling.time, "time", lambda: 1_800_000_040.0)


def _login(password: str, *, username: str = "staff", address: str = "127.0.0.1") -> str:
    """Return what the form answers; nothing to who is let in."""
    form = {"username": username, "password": password}
    answer: Any = Client(REMOTE_ADDR=address).post("/admin/login/", form)
    if answer.status_code == 302:
        return ""
    (said,) = answer.context["form"].non_field_errors()
    held_up = str(said) == HELD_UP
    assert answer.status_code == (429 if held_up else 200)
    assert answer.headers.get("Retry-After") == ("20" if held_up else None)
    return str(said).partition(" Note that")[0]


def test_wrong_passwords_are_held_to_the_rate(staff: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN = env.Rate(2, 60)
    assert [_login("wrong") for _ in range(3)] == [WRONG, WRONG, HELD_UP]
    assert _login("staff-s3cret") == HELD_UP
    assert _login("staff-s3cret", address="192.0.2.1") == ""


def test_what_is_guessed_counts_wherever_it_is_guessed(staff: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN = env.Rate(2, 60)
    token = {"username": "staff", "password": "wrong"}
    assert _login("wrong") == WRONG
    statuses = [Api().post("/api/token", token, "application/json").status_code for _ in range(2)]
    assert statuses == [401, 429]
    assert _login("staff-s3cret", username="STAFF") == HELD_UP
    assert _login("staff-s3cret") == HELD_UP


def test_who_is_no_staff_is_refused_and_counted(alice: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN = env.Rate(1, 60)
    assert _login("alice-s3cret", username="alice") == WRONG
    assert _login("alice-s3cret", username="alice") == HELD_UP


def test_who_knows_the_password_is_never_held_up(staff: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN = env.Rate(1, 60)
    assert {_login("staff-s3cret") for _ in range(3)} == {""}


def test_a_form_that_is_not_filled_in_is_no_guess(staff: User, settings: Any) -> None:
    settings.THROTTLE_LOGIN = env.Rate(1, 60)
    for form in ({}, {"username": "staff"}, {"password": "x"}):
        assert Client().post("/admin/login/", form).status_code == 200
    assert _login("wrong") == WRONG


def test_who_asked_for_no_page_arrives_at_the_index(staff: User) -> None:
    form = {"username": "staff", "password": "staff-s3cret"}
    answer: Any = Client().post("/admin/login/", form, follow=True)
    assert answer.redirect_chain == [("/admin/", 302)]
    assert answer.status_code == 200


def test_who_has_to_log_in_is_sent_to_the_admins_login() -> None:
    assert resolve_url(settings.LOGIN_URL) == "/admin/login/"
