"""The WSGI entry, for any WSGI server; `manage.py serve` reaches it through `rsgi.py`."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wallet_transaction_api.settings")


def _application() -> WSGIHandler:
    application = get_wsgi_application()
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
