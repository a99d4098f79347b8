"""Logging in to the admin: guesses count together with those at the API."""

import functools
from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.forms import TextInput
from django.http import HttpRequest, HttpResponseBase
from rest_framework.exceptions import Throttled

from wallet_transaction_api.admin.users import UsernameField
from wallet_transaction_api.api import throttling


class LoginForm(AdminAuthenticationForm):
    """Takes a name and a password as often as `THROTTLE_LOGIN` allows."""

    username = UsernameField(widget=TextInput(attrs={"autofocus": True}))

    def clean(self) -> dict[str, Any]:
        """Check the password, which counts as a guess until it has proved right."""
        request: Any = self.request
        username = self.cleaned_data.get("username")
        try:
            with throttling.guess(request, ValidationError, username=username):
                return super().clean()
        except Throttled as error:
            throttled: Any = error
            detail, wait = str(throttled.detail), {"wait": throttled.wait}
            raise ValidationError(detail, code="throttled", params=wait) from None


@functools.wraps(admin.site.login)
def login(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """Show the login page; a guess too many is 429, as at the API."""
    response: Any = admin.site.login(request, **kwargs)
    form = (getattr(response, "context_data", None) or {}).get("form")
    for error in form.non_field_errors().as_data() if form else ():
        if error.code == "throttled":
            response.status_code = 429
            response.headers["Retry-After"] = str(error.params["wait"])
    return response  # type: ignore[no-any-return]
