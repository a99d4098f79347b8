"""The shape of a new account, by Django's own rules for usernames and passwords."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from rest_framework import serializers

from wallet_transaction_api.accounts import names

#: Longer ones only cost time to hash.
LONGEST_PASSWORD = 1024


class UsernameField(serializers.CharField):
    """A username, normalized before it is validated."""

    def to_internal_value(self, data: Any) -> str:
        """Normalize it."""
        return names.normalize(super().to_internal_value(data))


class NewAccount(serializers.Serializer[Any]):
    """A username, a password that the configured validators accept, perhaps an email address."""

    username = UsernameField(
        max_length=150, trim_whitespace=False, validators=[User.username_validator]
    )
    password = serializers.CharField(max_length=LONGEST_PASSWORD, trim_whitespace=False)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)

    def validate(self, account: dict[str, Any]) -> dict[str, Any]:
        """Refuse a weak password."""
        likeness = User(username=account["username"], email=account.get("email", ""))
        try:
            validate_password(account["password"], likeness)
        except ValidationError as error:
            raise serializers.ValidationError({"password": error.messages}) from error
        return account
