"""Serves a baseline as `manage.py serve` serves the service: same server, same arguments."""

import os
import sys

import django


def main() -> None:
    """Replace this process by the server; the service's own settings say how it is started."""
    environment = dict(os.environ)
    os.environ["DJANGO_SETTINGS_MODULE"] = "wallet_transaction_api.settings"
    django.setup()
    from wallet_transaction_api.management.commands import serve

    arguments = serve._arguments()[:-1]  # noqa: SLF001 whatever the service is tuned to
    command = [sys.executable, "-m", "granian", *arguments, "bench.baselines.rsgi:application"]
    os.execve(sys.executable, command, environment)  # noqa: S606


if __name__ == "__main__":
    main()
