"""The commands of `bench.inside`."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wallet_transaction_api.settings")
django.setup()

from bench.inside import audit, durability, ledgers, people, rows  # noqa: E402 the models need the setup

COMMANDS = {
    "people": people.make,
    "open": rows.open_wallets,
    "grow": rows.grow,
    "fund": ledgers.fund,
    "verify": ledgers.verify,
    "durability": durability.settings,
    "audit": audit.audit,
}

if __name__ == "__main__":
    name, *numbers = sys.argv[1:]
    print(json.dumps(COMMANDS[name](*(int(number) for number in numbers))))
