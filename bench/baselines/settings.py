"""What the baselines share: everything of the service's own settings but the views.

The middlewares, the credential check and the database are the service's, imported and not
copied: whoever writes the plain view has them too, and they must not decide a ratio.
"""

import os

from wallet_transaction_api import settings as service
from wallet_transaction_api.settings import *  # noqa: F403

BASELINE = os.environ["DJANGO_SETTINGS_MODULE"].rpartition(".")[0]
INSTALLED_APPS = [*service.INSTALLED_APPS, BASELINE]
MIDDLEWARE = service.MIDDLEWARE
ROOT_URLCONF = f"{BASELINE}.urls"
WSGI_APPLICATION = "bench.baselines.wsgi.application"
