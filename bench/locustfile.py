"""Load on one wallet: every simulated user deposits to and withdraws from the same one.

`locust -f bench/locustfile.py --host http://127.0.0.1:8000`. The first user registers an account
of its own (needs `REGISTRATION_OPEN=true`) or, with `LOAD_USERNAME` and `LOAD_PASSWORD` set, takes
a token for that one; all of them then share its wallet.
"""

import os
import secrets
import threading
import uuid
from http import HTTPStatus
from typing import Any, ClassVar

from locust import HttpUser, constant, task


class Account:
    """The one account under load, made by whoever comes first."""

    _lock = threading.Lock()
    _shared: ClassVar["Account | None"] = None

    def __init__(self, client: Any) -> None:
        self.headers = {"Authorization": f"Bearer {_token(client)}"}
        answer = client.get("/api/wallets", headers=self.headers)
        self.wallet = answer.json()["data"][0]["attributes"]["uuid"]

    @classmethod
    def shared(cls, client: Any) -> "Account":
        with cls._lock:
            cls._shared = cls._shared or cls(client)
            return cls._shared


def _token(client: Any) -> str:
    username, password = os.environ.get("LOAD_USERNAME"), os.environ.get("LOAD_PASSWORD")
    if username:
        credentials = {"username": username, "password": password}
        return str(client.post("/api/token/", json=credentials).json()["access"])
    password = secrets.token_urlsafe()  # two hex texts would count as similar
    credentials = {"username": f"load-{uuid.uuid4().hex}", "password": password}
    return str(client.post("/api/register/", json=credentials).json()["access"])


class WalletUser(HttpUser):
    """Ten deposits to three withdrawals to five looks; lack of funds is no failure."""

    wait_time = constant(0)

    def on_start(self) -> None:
        account = Account.shared(self.client)
        self.client.headers.update(account.headers)
        self.url = f"/api/v1/wallets/{account.wallet}"

    @task(10)
    def deposit(self) -> None:
        self._operate("DEPOSIT", 10)

    @task(3)
    def withdraw(self) -> None:
        self._operate("WITHDRAW", 10)

    @task(5)
    def balance(self) -> None:
        self.client.get(self.url, name="balance")

    def _operate(self, kind: str, amount: int) -> None:
        body = {"operationType": kind, "amount": amount}
        with self.client.post(
            f"{self.url}/operation", json=body, name=kind.lower(), catch_response=True
        ) as answer:
            if answer.status_code == HTTPStatus.BAD_REQUEST and "Insufficient" in answer.text:
                answer.success()
