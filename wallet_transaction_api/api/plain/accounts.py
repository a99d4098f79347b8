"""`/api/token/` and `/api/register/`: tokens for those who have an account, or make one."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.serializers import Serializer
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.serializers import (
    PasswordField,
    TokenObtainPairSerializer,
    TokenRefreshSerializer,
)

from wallet_transaction_api.accounts import lookup
from wallet_transaction_api.api import throttling
from wallet_transaction_api.api.credentials import BearerToken
from wallet_transaction_api.api.plain import fields
from wallet_transaction_api.api.plain.answers import Refused, answer
from wallet_transaction_api.api.plain.registration import NewAccount
from wallet_transaction_api.api.service_owner import service_owner
from wallet_transaction_api.api.tokens import Access, Refresh
from wallet_transaction_api.ledger.units import in_transaction


class _Login(TokenObtainPairSerializer):
    """A name and a password. Simplejwt's field would trim the password."""

    token_class = Refresh

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = PasswordField(trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Return tokens; a wrong name or password counts as a guess."""
        request, username = self.context["request"], attrs["username"]
        with throttling.guess(request, AuthenticationFailed, username=username):
            return dict(super().validate(attrs))


class _Renewal(TokenRefreshSerializer):
    """Simplejwt's own does not ask whether the password has changed; `BearerToken` does."""

    token_class = Refresh

    def validate(self, attrs: dict[str, Any]) -> dict[str, str]:
        """Return an access token of the user's, which has no claims but our own."""
        with throttling.guess(self.context["request"], TokenError, AuthenticationFailed):
            user = BearerToken().get_user(self.token_class(attrs["refresh"]))
        return {"access": str(Access.for_user(user))}


def obtain(request: HttpRequest) -> HttpResponse:
    """Answer a username and its password with an access and a refresh token."""
    try:
        return answer(_validated(_Login, request))
    except AuthenticationFailed as error:
        # Clients of simplejwt's own endpoint look for `detail`.
        raise Refused("no_active_account", detail=str(error.detail)) from error


def refresh(request: HttpRequest) -> HttpResponse:
    """Answer a refresh token with a new access token."""
    try:
        return answer(_validated(_Renewal, request))
    except (TokenError, AuthenticationFailed) as error:
        raise Refused("token_not_valid", detail="Token is invalid or expired") from error


def register(request: HttpRequest) -> HttpResponse:
    """Make an account, with its wallet, and answer with tokens for it."""
    if not settings.REGISTRATION_OPEN:
        raise Refused("registration_closed")
    account = _validated(NewAccount, request)
    throttling.count_registration(request)
    hashed = make_password(account["password"])  # slow by design, so outside the transaction
    user = _make(account, hashed)
    tokens = Refresh.for_user(user)
    body = {
        "id": str(user.pk),
        "username": user.username,
        "access": str(tokens.access_token),
        "refresh": str(tokens),
    }
    return answer(body, status=201)


def _validated(shape: type[Serializer[Any]], request: HttpRequest) -> Any:
    serializer = shape(data=fields.read(request), context={"request": request})
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def _make(account: dict[str, Any], hashed: str) -> User:
    """Make the account, unless somebody else does at the same moment."""
    try:
        return in_transaction(lambda: _create(account, hashed))
    except IntegrityError:
        if lookup.is_taken(account["username"]):
            raise Refused("username_taken") from None
        raise


def _create(account: dict[str, Any], hashed: str) -> User:
    username = account["username"]
    # Whoever had a name that the database takes for the service owner's would be the service owner.
    service_owner()
    if lookup.is_taken(username):
        raise Refused("username_taken")
    user = User(username=username, email=account.get("email", ""), password=hashed)
    user.save(force_insert=True)
    return user
