"""What Django's error pages and mails leave out."""

import re

from django.views.debug import SafeExceptionReporterFilter


class Filter(SafeExceptionReporterFilter):
    """Also hides what holds addresses with passwords, such as `DATABASE_URL` and `LOCATION`."""

    hidden_settings = re.compile(
        rf"{SafeExceptionReporterFilter.hidden_settings.pattern}|URL|LOCATION|DSN", re.IGNORECASE
    )
