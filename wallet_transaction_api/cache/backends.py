"""Which store this installation uses."""

import functools

from django.core.cache import caches
from django_redis.cache import RedisCache

from wallet_transaction_api.cache.local import LocalStore
from wallet_transaction_api.cache.shared import SharedStore
from wallet_transaction_api.cache.stores import Store


@functools.cache
def current() -> Store:
    """Return the process' store, by `settings.CACHES`: Redis if that is its default cache."""
    return SharedStore() if isinstance(caches["default"], RedisCache) else LocalStore()
