"""Locust's part of P7: every user deposits to the one wallet, without a pause."""

import os

from locust import FastHttpUser, constant, task


class Depositor(FastHttpUser):
    """One keep-alive client."""

    wait_time = constant(0)
    network_timeout = connection_timeout = 60

    @task
    def deposit(self) -> None:
        """Deposit; anything but a success is a failure."""
        self.client.post(
            f"{os.environ['BENCH_WALLET']}/operation",
            json={"operationType": "DEPOSIT", "amount": 1},
            headers={"Authorization": f"Bearer {os.environ['BENCH_TOKEN']}"},
        )
