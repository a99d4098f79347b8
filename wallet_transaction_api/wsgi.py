"""The WSGI entry, for granian, gunicorn or any other server."""

import os

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from wallet_transaction_api.api import chunks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wallet_transaction_api.settings")


def _application() -> chunks.Application:
    django.setup(set_prefix=False)
    from wallet_transaction_api.api.handler import Handler  # it needs the models

    return chunks.measured(Handler(), most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


try:
    application = _application()
except ImproperlyConfigured as error:
    # Raised anew, so that the line which names the variable is not lost in the frames of an import.
    raise error.with_traceback(None) from None
