"""Who logs in: the one place that looks up a username and checks its password."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from wallet_transaction_api.accounts import lookup


class NormalizingBackend(ModelBackend):
    """Django's own backend, for usernames in any normal form. Passwords are taken as they are."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Return the user; None for a wrong name or password, in the same time for both."""
        if username is None:
            username = kwargs.get(get_user_model().USERNAME_FIELD)
        if username is None or password is None:
            return None
        user = lookup.find(username)
        if user is None:
            get_user_model()().set_password(password)
        elif user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None

    async def aauthenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Do the same in asynchronous code, where Django's backend has a lookup of its own."""
        return await sync_to_async(self.authenticate)(request, username, password, **kwargs)
