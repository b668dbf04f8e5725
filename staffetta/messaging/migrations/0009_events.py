"""What programs want to hear of (an outbox), who listens, and the messages of sandbox keys."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

QUEUE = """
ALTER TABLE messaging_event SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
-- Real ids begin with a year and a month (messaging_reserve): these cannot meet them before the year 9000.
CREATE SEQUENCE messaging_sandbox_serial MINVALUE 9000000000000000001 START 9000000000000000001;
ALTER TABLE messaging_sandboxmessage ALTER COLUMN id SET DEFAULT nextval('messaging_sandbox_serial');

-- A statement that wrote no event (nobody listens) wakes nobody: a NOTIFY costs every commit a lock.
CREATE FUNCTION messaging_event_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM written) THEN
        PERFORM pg_notify('staffetta_webhooks', '');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER event_wakes AFTER INSERT ON messaging_event REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION messaging_event_wake();
"""

NO_QUEUE = """
DROP TRIGGER event_wakes ON messaging_event;
DROP FUNCTION messaging_event_wake();
ALTER TABLE messaging_sandboxmessage ALTER COLUMN id DROP DEFAULT;
DROP SEQUENCE messaging_sandbox_serial;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_keys_of_programs"),
        ("billing", "0011_payment_automatic"),
        ("messaging", "0008_singles_need_no_hold"),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_id", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("at", models.DateTimeField()),
                ("batch_id", models.BigIntegerField(null=True)),
                ("message_id", models.BigIntegerField(null=True)),
                ("number", models.TextField()),
                ("state", models.TextField()),
                ("error", models.TextField(null=True)),
                ("parts", models.IntegerField()),
                ("cost_e4", models.BigIntegerField()),
                ("key", models.TextField()),
                ("sandbox", models.BooleanField()),
                ("counts", models.JSONField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Listener",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to="accounts.account"
                    ),
                ),
                ("kinds", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
            ],
        ),
        migrations.CreateModel(
            name="SandboxMessage",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("key_id", models.BigIntegerField()),
                ("own_key", models.CharField(max_length=120)),
                ("sender", models.CharField(max_length=21)),
                ("text", models.TextField()),
                ("number", models.CharField(max_length=16)),
                ("parts", models.SmallIntegerField()),
                ("cost_e4", models.IntegerField()),
                ("state", models.CharField(default="queued", max_length=11)),
                ("error", models.CharField(max_length=20, null=True)),
                ("plan", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("due_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="accounts.account")),
                ("type", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="billing.smstype")),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="sandbox_due"),
                    models.Index(fields=["created_at"], name="sandbox_by_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("own_key", ""), _negated=True),
                        fields=("account", "key_id", "own_key"),
                        name="one_sandbox_message_per_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "queued",
                                    "submitted",
                                    "uncertain",
                                    "delivered",
                                    "undelivered",
                                    "expired",
                                    "rejected",
                                    "failed",
                                    "cancelled",
                                    "lapsed",
                                ),
                            )
                        ),
                        name="sandbox_state_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(QUEUE, NO_QUEUE),
    ]
