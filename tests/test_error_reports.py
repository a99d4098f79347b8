"""Error pages show no address that holds a password."""

from typing import Any

import pytest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

SECRET = "s3cr3t-of-the-database"


@pytest.mark.django_db
def test_no_address_is_on_an_error_page(settings: Any) -> None:
    settings.REDIS_URL = f"redis://:{SECRET}@h/0"
    settings.CACHES = {"default": {"LOCATION": f"redis://:{SECRET}@h/0"}}
    request = RequestFactory().get("/", DATABASE_URL=f"mysql://u:{SECRET}@h/d")
    reporter = ExceptionReporter(request, ZeroDivisionError, ZeroDivisionError(), None)
    assert "DATABASE_URL" in reporter.get_traceback_html()
    assert SECRET not in reporter.get_traceback_html()
    assert SECRET not in reporter.get_traceback_text()
