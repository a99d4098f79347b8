"""`alembic check` needs a database that is up to date: make one, check it, throw it away."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Migrate an empty SQLite file and let Alembic compare it with the tables it owns."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "SECRET_KEY": "only-for-this-check-0123456789-0123456789-0123456789",
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'check.sqlite3'}",
            "REDIS_URL": "",
        }
        for command in (["manage.py", "migrate", "--verbosity", "0"], ["-m", "alembic", "check"]):
            done = subprocess.run([sys.executable, *command], env=environment, check=False)
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
