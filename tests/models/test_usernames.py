"""How names of users are compared where Django does it: by the database's own collation."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

pytestmark = pytest.mark.django_db
#: The default collations of MySQL and MariaDB ignore case and accents.
IGNORED = connection.vendor == "mysql"


@pytest.mark.parametrize("other", ["IVÁN", "ivan", "iván"])
def test_one_is_found_by_another_spelling_on_mysql_and_mariadb_only(other: str) -> None:
    User.objects.create_user("Iván")
    assert User.objects.filter(username=other).exists() is IGNORED
    assert not User.objects.filter(username__by_code_point=other).exists()


@pytest.mark.parametrize("other", ["IVÁN", "ivan", "iván"])
def test_two_spellings_are_one_name_everywhere(other: str) -> None:
    """By the key of the name, which `accounts` keeps; MySQL's own constraint is as strict."""
    User.objects.create_user("Iván")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(other)
