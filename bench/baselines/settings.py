"""What the baselines share: the service's own database settings, and as little else as runs."""

import os

from wallet_transaction_api import databases, env

SECRET_KEY = env.text("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {"default": databases.default()} if env.text("DATABASE_URL") else {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
ROOT_URLCONF = os.environ["DJANGO_SETTINGS_MODULE"].replace("settings", "urls")
USE_TZ = True
APPEND_SLASH = False
