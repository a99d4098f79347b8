"""A name is taken if another has the same key: in another form, another case, with other marks."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.plain.conftest import JSON, refused
from tests.conftest import Answer, Api
from wallet_transaction_api.accounts import checks, keys, lookup, names
from wallet_transaction_api.api import service_owner
from wallet_transaction_api.models import UsernameKey

PASSWORD = "a-long-enough-phrase"
#: Names with one key.
ALIKE = ["Zo\u00eb", "zoe", "ZOE", "z\u00f3\u00e9", "\uff3aoe", "zoe\u0308"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open(settings: Any) -> None:
    settings.REGISTRATION_OPEN, settings.THROTTLE_LOGIN = True, None


def _register(username: str) -> Answer:
    return Api().post("/api/register/", {"username": username, "password": PASSWORD}, JSON)


def _login(username: str) -> int:
    body = {"username": username, "password": PASSWORD}
    return int(Api().post("/api/token/", body, JSON).status_code)


def _in_bulk(*usernames: str) -> list[User]:
    """Make users whom no signal knows; MariaDB's collation forbids some neighbours."""
    users = [User(username=name) for name in usernames]
    for user in users:
        user.set_password(PASSWORD)
    User.objects.bulk_create(users)
    return list(User.objects.filter(username__in=usernames).order_by("pk"))


@pytest.fixture
def sharing() -> list[User]:
    """Return two users who share a key since before keys, and have the same password."""
    first, second = _in_bulk("twin-a", "twin-b")
    _rename_past_signals(first, "ka\u00dfe")
    _rename_past_signals(second, "kasse")
    keys.fill()
    return [first, second]


def _rename_past_signals(user: User, name: str) -> None:
    user.username = name
    User.objects.filter(pk=user.pk).update(username=name)


@pytest.mark.parametrize("first", ALIKE)
def test_no_second_name_of_a_key_can_be_registered(first: str) -> None:
    assert _register(first).status_code == 201
    for other in ALIKE:
        assert refused(_register(other)) == (409, "Username taken", "username_taken")
        assert _login(other) == 200
    assert User.objects.exclude(username="service").count() == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stra\u00dfe", "strasse"),
        ("\u03c3\u03cd\u03c2", "\u03a3\u03a5\u03a3"),
        ("\u0418\u0432\u0430\u043d", "\u0438\u0432\u0430\u043d"),
        ("\u30ac", "\u30ab"),
        ("\ufb01x", "FIX"),
    ],
)
def test_names_alike_in_other_scripts(one: str, other: str) -> None:
    assert names.key_of(one) == names.key_of(other)
    assert _register(one).status_code == 201
    assert _register(other).status_code == 409
    assert _login(other) == 200


@pytest.mark.parametrize("other", ["zoey", "z0e", "z.oe", "zo", "\u0437\u043e\u0435"])
def test_other_names_are_free(other: str) -> None:
    assert _register("zoe").status_code == 201
    assert _register(other).status_code == 201


@pytest.mark.parametrize("written", ["service", "SERVICE", "s\u00e9rvice", "\uff53ervice"])
def test_the_service_owners_name_is_nobody_elses(written: str, admin_client: Client) -> None:
    form = {"username": written, "password1": PASSWORD, "password2": PASSWORD}
    assert _register(written).status_code == 409
    assert admin_client.post("/admin/auth/user/add/", form).status_code == 200
    with pytest.raises(CommandError, match="taken"):
        _createsuperuser(written)
    assert not User.objects.exclude(username__in=["service", "admin"]).exists()


def _createsuperuser(username: str) -> None:
    options = {"username": username, "email": "a@example.com", "interactive": False}
    call_command("createsuperuser", stdout=io.StringIO(), **options)


def test_the_service_owner_has_a_key() -> None:
    owner = service_owner.service_owner()
    assert owner.username_key.key == "service"


def test_the_admin_and_createsuperuser_reject_an_alike_name(admin_client: Client) -> None:
    _register("zoe")
    form = {"username": "Zo\u00eb", "password1": PASSWORD, "password2": PASSWORD}
    page = admin_client.post("/admin/auth/user/add/", form)
    assert page.context["adminform"].errors["username"] == [
        "A user with that username already exists."
    ]
    with pytest.raises(CommandError, match="taken"):
        _createsuperuser("Zo\u00eb")
    assert not User.objects.filter(username="Zo\u00eb").exclude(username="zoe").exists()


def test_the_admin_renames_to_a_free_name_only(
    alice: User, bob: User, admin_client: Client
) -> None:
    def rename(name: str) -> int:
        form = {"username": name, "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
        path = f"/admin/auth/user/{alice.pk}/change/"
        return int(admin_client.post(path, form).status_code)

    assert rename("B\u00d6B") == 200
    assert rename("\u00c1LICE") == 302  # one's own, spelled otherwise
    assert rename("carol") == 302
    alice.refresh_from_db()
    assert (alice.username, alice.username_key.key) == ("carol", "carol")


def test_plain_django_code_cannot_take_a_key(alice: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create_user("Alic\u00e9")


def test_the_key_alone_stops_a_name_that_the_database_tells_apart() -> None:
    User.objects.create_user("kasse")
    with pytest.raises(keys.UsernameTaken, match="has the key 'kasse'"):
        User.objects.create_user("ka\u00dfe")
    assert not User.objects.filter(username="ka\u00dfe").exists()


def test_renaming_moves_the_key_and_deleting_frees_it(alice: User) -> None:
    alice.username = "Eve"
    alice.save(update_fields=["username"])
    assert _register("ALICE").status_code == 201
    assert _register("eve").status_code == 409
    alice.delete()
    assert _register("\u00e9ve").status_code == 201


def test_a_save_that_leaves_the_name_asks_for_no_key(alice: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        alice.save(update_fields=["last_login"])
    assert not [each for each in queries if "username_keys" in each["sql"]]


def test_names_that_shared_a_key_before_log_in_by_their_exact_spelling(
    sharing: list[User],
) -> None:
    first, second = sharing
    assert authenticate(username="ka\u00dfe", password=PASSWORD) == first
    assert authenticate(username="kasse", password=PASSWORD) == second
    for other in ("KASSE", "k\u00e4sse", "KA\u1e9eE"):
        assert authenticate(username=other, password=PASSWORD) is None
        assert _register(other).status_code == 409


def test_sharing_names_stay_as_they_are_when_saved(sharing: list[User]) -> None:
    for user in sharing:
        user.refresh_from_db()
        user.first_name = "Kim"
        user.save()
    assert set(UsernameKey.objects.values_list("is_shared", flat=True)) == {True}


@pytest.mark.parametrize("how", ["delete", "rename"])
def test_who_is_left_with_a_key_has_it_alone(how: str, sharing: list[User]) -> None:
    first, second = sharing
    if how == "delete":
        first.delete()
    else:
        first.username = "other"
        first.save()
    assert authenticate(username="KASSE", password=PASSWORD) == second
    assert _register("ka\u00dfe").status_code == 409


def test_the_check_lists_names_that_share_a_key(sharing: list[User], alice: User) -> None:
    (warning,) = (each for each in _check() if each.id.endswith("W010"))
    assert "'ka\u00dfe', 'kasse'" in warning.msg
    assert "alice" not in warning.msg


def test_the_check_counts_users_without_a_key_and_the_command_gives_them_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keys, "BATCH", 2)
    _in_bulk("ann", "ben", "cid", "dan", "eve")
    assert any(each.id.endswith("W011") and each.msg.startswith("5 users") for each in _check())
    assert _login("ANN") == 401
    for said in ("username keys: 5 created\n", "username keys: 0 created\n"):
        out = io.StringIO()
        call_command("create_missing_username_keys", stdout=out)
        assert out.getvalue() == said
    assert _login("ANN") == 200
    assert not any(each.id.endswith("W011") for each in _check())


def test_a_user_who_came_in_bulk_shares_the_key_of_who_has_it() -> None:
    first = User.objects.create_user("kasse")
    (late,) = _in_bulk("late")
    _rename_past_signals(late, "ka\u00dfe")
    keys.fill()
    assert UsernameKey.objects.filter(key="kasse", is_shared=True).count() == 2
    assert (lookup.find("kasse"), lookup.find("ka\u00dfe")) == (first, late)
    assert lookup.find("KASSE") is None


def _check() -> list[Any]:
    return checks.check_accounts(databases=["default"])


def test_the_check_is_quiet_without_a_database_and_about_whole_users(alice: User) -> None:
    assert checks.check_accounts(databases=None) == []
    assert _check() == []


def test_a_very_long_or_strange_name_has_a_key_too() -> None:
    assert len(names.key_of("x" * 10**6)) == 64
    assert len(names.key_of("\ufdfa" * 150)) == 64
    assert names.key_of("\u0301\u0308")
    assert names.key_of("") == ""


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
def test_of_many_who_register_alike_names_at_once_one_wins() -> None:
    def register(name: str) -> list[int]:
        try:
            return [_register(f"{name}{turn}").status_code for turn in range(3)]
        finally:
            connections.close_all()

    spelled = ALIKE[:5] * 2
    with ThreadPoolExecutor(len(spelled)) as pool:
        statuses = [status for each in pool.map(register, spelled) for status in each]
    assert sorted(statuses) == [201] * 3 + [409] * (len(statuses) - 3)
    users = User.objects.exclude(username="service")
    assert users.count() == UsernameKey.objects.exclude(key="service").count() == 3
    assert all(user.default_wallet for user in users)
