"""The command line: Django's commands and ours.

As `manage.py` in the project's folder, as `wallet-transaction-api` where pip installed the package.
"""

import os
import sys


def main() -> None:
    """Run a command; a bad environment ends it with one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wallet_transaction_api.settings")
    from django.core.management import ManagementUtility
    from django.db import NotSupportedError

    from wallet_transaction_api.env import ConfigurationError
    from wallet_transaction_api.origins import SYSTEM, Origin, origin

    try:
        from django.conf import settings

        settings.SECRET_KEY  # noqa: B018 read the environment before anything else runs
        origin.set(Origin(program=(sys.argv[1:] or [SYSTEM])[0]))
        ManagementUtility(sys.argv).execute()
    except ConfigurationError as error:
        sys.exit(f"configuration error: {error}")
    except NotSupportedError as error:
        sys.exit(f"database: {error}")  # a version that Django does not support


if __name__ == "__main__":
    main()
