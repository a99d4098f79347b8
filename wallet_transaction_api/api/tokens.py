"""Access and refresh tokens, whose claims may be anything that a JSON value can be.

The signature proves that the key made a token, not that this service did: another program, or
another release, may share the key. So no claim is relied upon before its type is checked.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token
from rest_framework_simplejwt.utils import datetime_from_epoch


def _check_exp(token: Token, claim: str = "exp", current_time: datetime | None = None) -> None:
    """Raise `TokenError` unless the claim is an instant still to come.

    It grants no `LEEWAY`, which is for `iat` and `nbf` only.
    """
    instant: Any = token.get(claim)
    try:
        expires_at = datetime_from_epoch(instant)
    except (TypeError, ValueError, OverflowError, OSError) as error:
        raise TokenError(f"Token claim {claim!r} is not an instant.") from error
    if expires_at <= (current_time or token.current_time):
        raise TokenError("Token is expired")


class Access(AccessToken):
    """A token for requests."""

    check_exp = _check_exp


class Refresh(RefreshToken):
    """A token for new access tokens."""

    check_exp = _check_exp


def user_id(token: Token) -> Any:
    """Return the user's key; raises `TokenError` for what cannot be one."""
    claim = token.get(api_settings.USER_ID_CLAIM)
    field: Any = get_user_model()._meta.get_field(api_settings.USER_ID_FIELD)
    try:
        key = field.clean(claim, None)
    except (TypeError, ValueError, OverflowError, ValidationError) as error:
        raise TokenError("Token names no user.") from error
    # `True`, 1.0, " 1" and the like would pass for user 1.
    if isinstance(claim, bool | float) or str(key) != str(claim):
        raise TokenError("Token names no user.")
    return key
