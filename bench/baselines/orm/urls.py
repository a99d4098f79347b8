"""The operation, with the contract of the service's."""

import json
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, JsonResponse
from django.urls import path

from bench.baselines.credentials import authenticated
from bench.baselines.orm.models import Transaction, Wallet


@authenticated
def operate(request: HttpRequest, uuid: str) -> JsonResponse:
    """Deposit or withdraw, in one database transaction."""
    asked = json.loads(request.body)
    amount = Decimal(str(asked["amount"]))
    signed = amount if asked["operationType"] == "DEPOSIT" else -amount
    with transaction.atomic():
        enough = Wallet.objects.filter(uuid=uuid, balance__gte=-signed)
        if not enough.update(balance=F("balance") + signed):
            return JsonResponse({"error": "Insufficient funds"}, status=400)
        wallet = Wallet.objects.get(uuid=uuid)
        Transaction.objects.create(wallet=wallet, amount=signed)
    return JsonResponse({"status": "Success", "new_balance": f"{wallet.balance:.2f}"})


urlpatterns = [path("api/v1/wallets/<uuid:uuid>/operation", operate)]
