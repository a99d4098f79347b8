"""Pages of other origins: django-cors-headers, where any are named (`CORS_ALLOWED_ORIGINS`)."""

from typing import Any

from corsheaders.middleware import CorsMiddleware
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed


class OtherOrigins(CorsMiddleware):
    """Tells browsers which pages of other origins may call; where there are none, nothing.

    It looks through each request's headers, which takes a quarter of what else a probe takes.
    """

    def __init__(self, get_response: Any) -> None:
        if not settings.CORS_ALLOWED_ORIGINS:
            raise MiddlewareNotUsed
        super().__init__(get_response)
