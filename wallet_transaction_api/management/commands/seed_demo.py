"""`manage.py seed_demo`: a demo user with some history, and requests ready to paste."""

import ipaddress
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from rest_framework_simplejwt.tokens import AccessToken

from wallet_transaction_api.ledger import posting
from wallet_transaction_api.ledger.posting import Posting
from wallet_transaction_api.ledger.units import in_transaction
from wallet_transaction_api.management.ledger_command import LedgerCommand

USERNAME = "demo"
PASSWORD = "demo-wallet-1"  # noqa: S105 printed on purpose; demo data is for `make run` only
HISTORY = (("3000.00", "Salary"), ("-1200.00", "Rent"), ("-64.35", "Groceries"))

REQUESTS = """
TOKEN={token}

# JSON:API
curl -sS {url}/api/wallets -H "Authorization: Bearer $TOKEN"
curl -sS {url}/api/transactions -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/vnd.api+json' \\
  -d '{{"data": {{"type": "transactions", "attributes": {{"amount": "-12.50"}},
       "relationships": {{"wallet": {{"data": {{"type": "wallets", "id": "{wallet.id}"}}}}}}}}}}'

# The user's own wallet
curl -sS {url}/api/wallet/balance/ -H "Authorization: Bearer $TOKEN"
curl -sS {url}/api/wallet/credit/ -H "Authorization: Bearer $TOKEN" -F amount=25.00

# Operations
curl -sS {url}/api/v1/wallets/{wallet.uuid}/operation -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -d '{{"operationType": "DEPOSIT", "amount": 1000}}'
"""


class Command(LedgerCommand):
    """Running it again changes nothing and prints the requests with a new token."""

    help = "Create the demo user with some history, once, and print requests to paste."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed and print."""
        user = in_transaction(_seed)
        text = REQUESTS.format(
            token=AccessToken.for_user(user), url=_url(), wallet=user.default_wallet
        )
        self.stdout.write(f"Demo user: {USERNAME}, password: {PASSWORD}\n{text}")


def _url() -> str:
    """Return where a shell on this machine finds the server."""
    address = ipaddress.ip_address(settings.HOST)
    host = "127.0.0.1" if address.is_unspecified else str(address)
    return f"http://[{host}]:{settings.PORT}" if ":" in host else f"http://{host}:{settings.PORT}"


def _seed() -> User:
    user = User.objects.filter(username=USERNAME).first()
    if user is None:
        user = User.objects.create_user(USERNAME, password=PASSWORD)
        wallet = user.default_wallet
        posting.post_all(
            [
                Posting(wallet_id=wallet.pk, amount=Decimal(amount), description=description)
                for amount, description in HISTORY
            ]
        )
    return user
