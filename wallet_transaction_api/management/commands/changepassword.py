"""`changepassword`: Django's own, which finds the user as logging in does."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from wallet_transaction_api.accounts import lookup


class Command(changepassword.Command):
    """Change a user's password."""

    def handle(self, *args: Any, **options: Any) -> Any:
        """Look the user up by the normalized name."""
        user = lookup.find(options["username"]) if options["username"] else None
        if user is not None:
            options["username"] = user.get_username()
        return super().handle(*args, **options)
