"""Logging in to the admin: what is guessed here counts where it counts for tokens."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.forms import TextInput
from rest_framework.exceptions import Throttled

from wallet_transaction_api.admin.users import UsernameField
from wallet_transaction_api.api import throttling


class LoginForm(AdminAuthenticationForm):
    """Takes a name and a password, unless the address was refused too often (`THROTTLE_LOGIN`)."""

    username = UsernameField(widget=TextInput(attrs={"autofocus": True}))

    def clean(self) -> dict[str, Any]:
        """Check the password; what is refused is counted against the address."""
        request: Any = self.request
        try:
            throttling.refuse_guessing(request)
        except Throttled as refused:
            raise ValidationError(str(refused.detail), code="throttled") from None
        try:
            return super().clean()
        except ValidationError:
            throttling.count_guess(request)
            raise
