"""What a server's process has done before its first request."""

from tests.environment import KEY, Project

SAY = """
import gc
import sys
from wallet_transaction_api.wsgi import application
print("wallet_transaction_api.api.jsonapi.urls" in sys.modules, gc.get_freeze_count())
"""


def test_what_lives_as_long_as_the_process_is_loaded_and_no_garbage(project: Project) -> None:
    done = project.run("-c", SAY, SECRET_KEY=KEY, DATABASE_URL="sqlite:///wallets.sqlite3")
    loaded, frozen = done.stdout.split()
    assert loaded == "True", done.stderr
    assert int(frozen) > 10_000
