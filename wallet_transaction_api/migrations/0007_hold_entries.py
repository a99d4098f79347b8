import django.db.models.deletion
import django.utils.timezone
import wallet_transaction_api.fields
from django.db import migrations, models

# What the holds that are there say of themselves is the best that is known of them.
BACKFILL = """
INSERT INTO hold_entries
    (wallet_id, hold_id, sequence, status, amount, expires_at, captured_amount, transaction_id, created_at)
SELECT wallet_id, id, ROW_NUMBER() OVER (PARTITION BY wallet_id ORDER BY id, ended),
    status, amount, expires_at, captured_amount, transaction_id, moment
FROM (
    SELECT wallet_id, id, 0 AS ended, 'pending' AS status, amount, expires_at,
        NULL AS captured_amount, NULL AS transaction_id, created_at AS moment
    FROM holds
    UNION ALL
    SELECT wallet_id, id, 1, status, amount, expires_at, captured_amount, transaction_id, updated_at
    FROM holds WHERE status <> 'pending'
) AS changes
"""


class Migration(migrations.Migration):

    dependencies = [
        ('wallet_transaction_api', '0006_audit_records'),
    ]

    operations = [
        migrations.CreateModel(
            name='HoldEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveBigIntegerField()),
                ('status', wallet_transaction_api.fields.ExactCharField(choices=[('pending', 'Pending'), ('captured', 'Captured'), ('voided', 'Voided'), ('expired', 'Expired')], max_length=10)),
                ('amount', wallet_transaction_api.fields.MoneyField()),
                ('expires_at', models.DateTimeField()),
                ('captured_amount', wallet_transaction_api.fields.MoneyField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('hold', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='wallet_transaction_api.hold')),
                ('transaction', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet_transaction_api.transaction')),
                ('wallet', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='wallet_transaction_api.wallet')),
            ],
            options={
                'verbose_name_plural': 'hold entries',
                'db_table': 'hold_entries',
                'base_manager_name': 'objects',
                'constraints': [
                    models.UniqueConstraint(fields=('wallet', 'sequence'), name='hold_entries_sequence'),
                    models.UniqueConstraint(fields=('hold', 'status'), name='hold_entries_once'),
                ],
            },
        ),
        migrations.AddField(
            model_name='seal',
            name='journal',
            field=wallet_transaction_api.fields.ExactCharField(choices=[('entries', 'Entries'), ('holds', 'Holds')], default='entries', max_length=10),
        ),
        # The new one first: MySQL's foreign key to wallets leans on one of them.
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.UniqueConstraint(fields=('wallet', 'journal', 'last_sequence'), name='seals_of_journal'),
        ),
        migrations.RemoveConstraint(
            model_name='seal',
            name='seals_of_wallet',
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
