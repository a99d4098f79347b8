"""Django's settings, all of them from the environment (`.env.example` explains each variable)."""

from datetime import timedelta

from corsheaders.defaults import default_headers

from wallet_transaction_api import databases, env, exposure, money

# What the app's configuration looks for: these settings, or a module that imports all of them
WALLET_TRANSACTION_API = True

# Who is this installation, and how open
DEVELOPMENT = env.is_development()
SECRET_KEY = exposure.secret_key()
DEBUG = exposure.debug()
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
AUTH_REQUIRED = env.flag("AUTH_REQUIRED", default=True)
SELF_CREDIT = env.flag("SELF_CREDIT", default=True)
REGISTRATION_OPEN = env.flag("REGISTRATION_OPEN", default=DEVELOPMENT)

# Money
ASSETS = env.parsed("ASSETS", money.parse_assets)
DEFAULT_CURRENCY = env.choice("DEFAULT_CURRENCY", "USD", (*money.ISO_4217, *ASSETS))
HOLD_DAYS = env.number("HOLD_DAYS", 7, least=1, most=3650)

# The server
HOST = env.address("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000, least=1, most=65535)
WEB_WORKERS = env.number("WEB_WORKERS", 1, least=1, most=256)
WEB_THREADS = env.number("WEB_THREADS", 16, least=1, most=1024)
REQUEST_BODY_SECONDS = env.number("REQUEST_BODY_SECONDS", 20, least=1, most=60)
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
THROTTLE_ANON = env.rate("THROTTLE_ANON")
THROTTLE_USER = env.rate("THROTTLE_USER")
THROTTLE_LOGIN = env.rate("THROTTLE_LOGIN", "30/minute")

# Storage
DATABASES = {"default": databases.default()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.parsed("REDIS_URL", databases.redis_url)
BALANCE_CACHE_SECONDS = env.number("BALANCE_CACHE_SECONDS", 30, least=1, most=86400)
_REDIS = {
    "BACKEND": "django_redis.cache.RedisCache",
    "LOCATION": REDIS_URL,
    "OPTIONS": {
        # A cache that does not answer at once is worse than the database.
        "SOCKET_CONNECT_TIMEOUT": 0.25,
        "SOCKET_TIMEOUT": 0.5,
        # Its default unpickles: whoever writes to Redis would run code here.
        "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
    },
}
# In memory apart: whoever reads many balances must not wash out what others have used of a rate.
_IN_MEMORY = {
    name: {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": name,
        "OPTIONS": {"MAX_ENTRIES": most},
    }
    # Django keeps 300; these are reasoned in docs/caching.md.
    for name, most in {"default": 10_000, "throttles": 100_000}.items()
}
CACHES = dict.fromkeys(_IN_MEMORY, _REDIS) if REDIS_URL else _IN_MEMORY

# How postings are committed: concurrent ones of a process together, or each by itself
GROUP_COMMIT = env.flag("GROUP_COMMIT", default=True)
IDEMPOTENCY_DAYS = env.number("IDEMPOTENCY_DAYS", 7, least=1, most=3650)

# Django itself
INSTALLED_APPS = [
    # Before Django's own: its commands for accounts replace theirs.
    "wallet_transaction_api",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "rest_framework_json_api",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "wallet_transaction_api.api.request_ids.RequestIds",
    "wallet_transaction_api.api.proxies.TrustedProxies",
    "wallet_transaction_api.api.access_log.AccessLog",
    "wallet_transaction_api.api.content_length.NoLengthWithoutBody",
    "wallet_transaction_api.api.trouble.JsonInDebug",
    "wallet_transaction_api.api.hosts.Hosts",
    "wallet_transaction_api.api.cookies.NoSessions",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wallet_transaction_api.api.trouble.DatabaseTrouble",
]
ROOT_URLCONF = "wallet_transaction_api.urls"
WSGI_APPLICATION = "wallet_transaction_api.wsgi.application"
APPEND_SLASH = False  # both forms of every URL are routed, no redirect loses a body
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DEFAULT_EXCEPTION_REPORTER_FILTER = "wallet_transaction_api.error_reports.Filter"
# Of the admin only, which has sessions; Django's default makes two storages for every request.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # served from where the apps keep them, so nothing to collect
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
AUTHENTICATION_BACKENDS = ["wallet_transaction_api.accounts.backend.NormalizingBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# The wire
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=False)
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)/?\Z"]  # probes speak plain HTTP
# Only `TrustedProxies` lets the header through.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 0)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag("SECURE_COOKIES", default=not DEBUG)
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS", wildcard=True)
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")
CORS_ALLOW_HEADERS = [
    *default_headers,
    *("idempotency-key", "if-match", "if-none-match", "x-request-id"),
]
CORS_EXPOSE_HEADERS = [
    *("Allow", "ETag", "Idempotent-Replayed", "Location", "Retry-After", "WWW-Authenticate"),
    "X-Request-ID",
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "wallet_transaction_api.api.credentials.BearerToken",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["wallet_transaction_api.api.throttling.CallThrottle"],
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Wallet Transaction API",
    "DESCRIPTION": "Wallets and transactions that other software can trust with money.",
    "VERSION": "0.1.0",
    "LICENSE": {"name": "MIT"},
    "OAS_VERSION": "3.1.0",
    "DEFAULT_GENERATOR_CLASS": "wallet_transaction_api.api.openapi.generator.Generator",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [],
}
SIMPLE_JWT = {
    "AUTH_TOKEN_CLASSES": ["wallet_transaction_api.api.tokens.Access"],
    # Seconds by which the clocks of two servers may differ; these classes grant none to `exp`.
    "LEEWAY": 10,
    "CHECK_REVOKE_TOKEN": True,  # a token is of the password of its day: a new one ends it
    "ACCESS_TOKEN_LIFETIME": timedelta(
        minutes=env.number("ACCESS_TOKEN_MINUTES", 60, least=1, most=3650 * 24 * 60)
    ),
    "REFRESH_TOKEN_LIFETIME": timedelta(
        days=env.number("REFRESH_TOKEN_DAYS", 7, least=1, most=3650)
    ),
}

ACCESS_LOG = env.flag("ACCESS_LOG", default=False)
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"},
    },
    "filters": {
        "callers": {"()": "wallet_transaction_api.alarms.Callers"},
        "stamp": {"()": "wallet_transaction_api.origins.Stamp"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["callers", "stamp"],
        }
    },
    # `migrate` says what is applied; Alembic's own command line logs as alembic.ini has it.
    "loggers": {"alembic": {"level": "WARNING"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
