from typing import Any

from django.conf import settings
from django.db import migrations

from wallet_transaction_api.accounts import keys


def fill(apps: Any, schema_editor: Any) -> None:
    keys.fill(
        users=apps.get_model(settings.AUTH_USER_MODEL),
        rows=apps.get_model("wallet_transaction_api", "UsernameKey"),
    )


class Migration(migrations.Migration):
    # Each batch commits by itself: users register meanwhile, and who runs it again goes on.
    atomic = False

    dependencies = [
        ("wallet_transaction_api", "0010_username_keys"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
