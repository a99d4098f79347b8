"""The service's own credential check, before a plain Django view."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.settings import api_settings

View = Callable[..., HttpResponseBase]


def authenticated(view: View) -> View:
    """Let in who the service's authentication classes let in; 401 to everybody else."""

    @csrf_exempt  # as every view of an API: no cookie is a credential there
    @wraps(view)
    def checked(request: HttpRequest, **path: Any) -> HttpResponseBase:
        try:
            found = next(filter(None, (kind().authenticate(request) for kind in _kinds())), None)
        except AuthenticationFailed as refusal:
            return JsonResponse({"error": str(refusal.detail)}, status=401)
        if found is None:
            return JsonResponse({"error": "Send a credential"}, status=401)
        request.user = found[0]
        return view(request, **path)

    return checked


def _kinds() -> list[Any]:
    return list(api_settings.DEFAULT_AUTHENTICATION_CLASSES)
