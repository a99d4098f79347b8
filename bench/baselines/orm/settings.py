"""One app, no middleware but the one that sets Content-Length."""

from bench.baselines.settings import *  # noqa: F403

INSTALLED_APPS = ["bench.baselines.orm"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
