"""Which wallets a remembered request reached: before a replay its caller's right is asked anew.

The column is null in records of earlier releases, so adding it rewrites no table.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('wallet_transaction_api', '0008_kinds_and_statuses_known'),
    ]

    operations = [
        migrations.AddField(
            model_name='idempotencyrecord',
            name='wallet_ids',
            field=models.TextField(null=True),
        ),
    ]
