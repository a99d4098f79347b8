"""The people of a benchmark: an owner with the wallets, and a member of the staff who reads."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission, User
from rest_framework_simplejwt.tokens import AccessToken

OWNER = "bench"


def make() -> dict[str, Any]:
    """Create them; return their tokens and the owner's automatic wallet, the hot one."""
    owner = User.objects.create_user(OWNER)
    analyst = User.objects.create_user("analyst", is_staff=True)
    named = Permission.objects.filter(codename__in=("view_wallet", "view_transaction"))
    analyst.user_permissions.set(named)
    wallet = owner.default_wallet  # type: ignore[attr-defined]
    return {
        "owner": _token(owner),
        "analyst": _token(analyst),
        "wallet": {"id": wallet.pk, "uuid": str(wallet.uuid)},
    }


def _token(user: User) -> str:
    token = AccessToken.for_user(user)
    token.set_exp(lifetime=timedelta(days=1))
    return str(token)
