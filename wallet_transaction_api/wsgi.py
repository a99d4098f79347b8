"""The WSGI entry, for granian, gunicorn or any other server."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from wallet_transaction_api.api import chunks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wallet_transaction_api.settings")


def _application() -> chunks.Application:
    django = get_wsgi_application()
    application = chunks.measured(django, most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    import_module(settings.ROOT_URLCONF)
    _keep_what_is_there()
    return application


def _keep_what_is_there() -> None:
    """Let the garbage collector look no more through what lives as long as the process.

    It went through all classes and routes again and again: a tenth of a request's time.
    """
    gc.collect()
    gc.freeze()


try:
    application = _application()
except ImproperlyConfigured as error:
    # Raised anew, so that the line which names the variable is not lost in the frames of an import.
    raise error.with_traceback(None) from None
