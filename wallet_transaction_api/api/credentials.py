"""The credential of a request: a bearer token, checked in the same way on every face.

A token that was good is good for a second more without being looked into: its signature does
not change, and who is deactivated or gets a new password here is refused at once, elsewhere
within that second.
"""

import time
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError

from wallet_transaction_api.api import tokens

#: What a 401 asks for (RFC 6750).
CHALLENGE = 'Bearer realm="api"'


#: For how long a checked token and its user are taken as they were.
REMEMBERED_SECONDS = 1.0
#: Forgotten all at once beyond this many.
MOST_REMEMBERED = 10_000
#: Bytes of a token that is remembered; ours have some 300. A longer one is checked each time: older
#: releases of PyJWT ignore what is not base64 in a signature, so a client could write it at length.
LONGEST_REMEMBERED = 1024
#: Token → until when by the monotonic clock, and what it stands for.
_remembered: dict[bytes, tuple[float, tuple[Any, Any]]] = {}


class BearerToken(JWTAuthentication):
    """A token of ours in `Authorization: Bearer …`; its user is active and has the same password.

    A credential of another kind is refused, not passed over: in open mode it would otherwise
    count as none. The scheme's case does not matter (RFC 9110, 11.1).
    """

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        """Return the user and the token; None without a credential."""
        header = self.get_header(request)
        raw = self.get_raw_token(header) if header is not None else None
        if raw is None:
            return None
        until, found = _remembered.get(raw, (0.0, (None, None)))
        if time.monotonic() >= until:
            token = self.get_validated_token(raw)
            found = _remember(raw, (self.get_user(token), token))
        user, token = found
        return twin(user), token

    def get_user(self, validated_token: Any) -> Any:
        """Return the token's user, who is active and has the same password."""
        try:
            tokens.user_id(validated_token)
        except TokenError as error:
            raise InvalidToken(str(error)) from error
        return super().get_user(validated_token)

    def get_raw_token(self, header: bytes) -> bytes | None:
        """Return the token; None for an empty header."""
        scheme, *rest = header.split() or [b""]
        if not scheme:
            return None
        if scheme.lower() != b"bearer" or len(rest) != 1:
            raise AuthenticationFailed("Send one bearer token.", "token_not_valid")
        return rest[0]


def forget(**kwargs: Any) -> None:
    """Look into every token again; listens to changes of users."""
    _remembered.clear()


def twin(user: User) -> User:
    """Return a copy for one request: what that learns about the user stays its own.

    By hand, because `copy.copy` takes a model through its pickling at every request.
    """
    kind: Any = type(user)
    copied: User = kind.__new__(kind)
    copied.__dict__.update(user.__dict__)
    return copied


def _remember(raw: bytes, found: tuple[Any, Any]) -> tuple[Any, Any]:
    if len(raw) <= LONGEST_REMEMBERED:
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        left = found[1]["exp"] - time.time()
        _remembered[raw] = time.monotonic() + min(REMEMBERED_SECONDS, left), found
    return found


_BEARER = BearerToken()


def identify(request: HttpRequest) -> None:
    """Set the request's user: the token's, or nobody. Raises DRF's `AuthenticationFailed`."""
    call: Any = request  # it reads META, which DRF's and Django's requests have
    found: Any = _BEARER.authenticate(call)
    request.user = found[0] if found else AnonymousUser()
