"""The examples, run as their README says, against a live server."""

import os
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework_simplejwt.tokens import AccessToken

from tests.live.conftest import ROOT
from wallet_transaction_api.models import Wallet

EXAMPLES = ROOT / "examples"
#: CI installs them; elsewhere whoever has node and has run `npm ci` there.
INSTALLED = shutil.which("node") is not None and (EXAMPLES / "node_modules" / "kitsu").exists()
REQUIRED = os.environ.get("REQUIRE_BACKENDS") == "1"


@pytest.mark.serial
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not (INSTALLED or REQUIRED), reason="needs node and `npm ci` in examples")
def test_an_ordinary_client_does_everything(serve: Callable[..., Any], alice: User) -> None:
    server, own = serve(), set(Wallet.objects.values_list("pk", flat=True))
    environment = {
        **os.environ,
        "API_URL": f"{server.url}/api",
        "API_TOKEN": str(AccessToken.for_user(alice)),
    }
    done = subprocess.run(
        ["node", "kitsu.js"],
        cwd=EXAMPLES,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("closed it\n")
    closed = Wallet.objects.exclude(pk__in=own).get()
    assert (closed.status, closed.balance) == (Wallet.Status.CLOSED, 0)


def test_the_lock_names_no_registry() -> None:
    texts = [(EXAMPLES / name).read_text() for name in ("package-lock.json", "package.json")]
    assert [text for text in texts if "resolved" in text or "registry" in text] == []
    assert '"integrity": "sha512-' in texts[0]
