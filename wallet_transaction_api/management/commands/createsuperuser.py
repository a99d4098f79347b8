"""`createsuperuser`: Django's own, with usernames normalized before they are validated."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.core.exceptions import ValidationError

from wallet_transaction_api.accounts import lookup, names


class UsernameField:
    """The user model's username field, which normalizes what it cleans."""

    def __init__(self, field: Any) -> None:
        self._field = field

    def __getattr__(self, name: str) -> Any:
        """Be the model's field in all else."""
        return getattr(self._field, name)

    def clean(self, value: Any, instance: Any) -> Any:
        """Normalize the name and validate it; reject one that is taken."""
        name = self._field.clean(names.normalize(str(value)), instance)
        if lookup.is_taken(name):
            raise ValidationError("That username is already taken.", code="unique")
        return name


class Command(createsuperuser.Command):
    """Create a superuser."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take usernames by our rules, wherever they come from."""
        super().__init__(*args, **kwargs)
        self.username_field: Any = UsernameField(self.username_field)
