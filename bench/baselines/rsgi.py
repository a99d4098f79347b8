"""The RSGI entry of whichever baseline `DJANGO_SETTINGS_MODULE` names: the service's own front."""

import os

from bench.baselines.wsgi import application as django
from wallet_transaction_api.server.bodies import BodyReader
from wallet_transaction_api.server.front import Front

application = Front(
    django,
    threads=int(os.environ["WEB_THREADS"]),
    bodies=BodyReader(most=2_621_440, seconds=20),
)
