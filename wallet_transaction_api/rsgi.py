"""The RSGI entry, which `manage.py serve` runs: Django behind a front that reads bodies."""

from django.conf import settings

from wallet_transaction_api.server.bodies import BodyReader
from wallet_transaction_api.server.front import Front
from wallet_transaction_api.wsgi import application as django

application = Front(
    django,
    threads=settings.WEB_THREADS,
    bodies=BodyReader(
        most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE, seconds=settings.REQUEST_BODY_SECONDS
    ),
)
