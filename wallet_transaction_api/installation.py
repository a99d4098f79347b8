"""Where this code is: in the project's folder, or where pip installed it."""

from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent
_IS_INSTALLED = not (_PROJECT / "manage.py").exists()
#: Where `.env` is, and what is made without configuration: the key and the SQLite file.
ROOT = Path.cwd() if _IS_INSTALLED else _PROJECT
#: How a command of ours is typed.
COMMAND = "wallet-transaction-api" if _IS_INSTALLED else "python manage.py"
