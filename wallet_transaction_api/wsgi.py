"""The WSGI entry, for granian, gunicorn or any other server."""

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from wallet_transaction_api.api import chunks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wallet_transaction_api.settings")

try:
    application = chunks.measured(get_wsgi_application(), most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
except ImproperlyConfigured as error:
    # Raised anew, so that the line which names the variable is not lost in the frames of an import.
    raise error.with_traceback(None) from None
