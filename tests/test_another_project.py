"""Another project that lists this one among its apps is told what it is, in one line."""

import pytest

from tests.environment import Project

SETTINGS = """
SECRET_KEY = "of-another-project"
INSTALLED_APPS = [{apps}]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "other.sqlite3"}}}}
ROOT_URLCONF = "other"
urlpatterns = []
"""
DJANGOS = '"django.contrib.auth", "django.contrib.contenttypes"'
OURS = '"wallet_transaction_api"'
ADMIN = f'"django.contrib.admin", "django.contrib.messages", {DJANGOS}, {OURS}'


@pytest.mark.parametrize("apps", [f"{OURS}, {DJANGOS}", f"{DJANGOS}, {OURS}", ADMIN])
@pytest.mark.parametrize(
    "start", [("-m", "django", "check"), ("-c", "import django; django.setup()")], ids=str
)
def test_is_told_that_this_is_a_service(
    project: Project, apps: str, start: tuple[str, ...]
) -> None:
    project.write("other.py", SETTINGS.format(apps=apps))
    done = project.run(*start, DJANGO_SETTINGS_MODULE="other", PYTHONPATH=".")
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode != 0
    assert "wallet_transaction_api is a service of its own, not an app" in last
    assert "DJANGO_SETTINGS_MODULE=wallet_transaction_api.settings" in last
    assert "AttributeError" not in done.stderr


def test_settings_that_import_all_of_ours_are_ours(project: Project) -> None:
    project.write("local.py", "from wallet_transaction_api.settings import *\nLANGUAGE_CODE = 'de'")
    done = project.run("-m", "django", "check", DJANGO_SETTINGS_MODULE="local", PYTHONPATH=".")
    assert done.returncode == 0, done.stderr
