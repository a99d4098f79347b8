"""What the log calls an `ERROR`: somebody should get up for it, and nobody can cause it at will."""

import logging


class Callers(logging.Filter):
    """Makes a warning of one line of what Django refuses as suspicious, such as a foreign `Host`.

    Django logs each as an error with its traceback. They are answered 400, and the caller's fault.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass that its level lets pass."""
        if record.name.startswith("django.security.") and record.levelno > logging.WARNING:
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        return logging.getLogger(record.name).isEnabledFor(record.levelno)
