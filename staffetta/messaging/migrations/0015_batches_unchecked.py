"""A batch's foreign keys are kept from one side only: what it names cannot be deleted, and nobody looks at each row that is written.

Seven keys, most of them null, were a quarter of PostgreSQL's work for a single message. Its hold and its draft stay its own alone,
by indexes that leave out the many that have none. docs/decisions/0017.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


NAMED = {
    "account_id": "accounts_account",
    "user_id": "accounts_user",
    "type_id": "billing_smstype",
    "draft_id": "messaging_draft",
    "hold_id": "billing_hold",
    "file_id": "contacts_filelist",
    "link_id": "messaging_link",
}
REFUSE = """
CREATE FUNCTION messaging_refuse_orphans() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN
        RETURN NEW;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM messaging_batch WHERE %I = $1)', TG_ARGV[0]) INTO found USING OLD.id;
    IF found THEN
        RAISE EXCEPTION '% of % in % is refused: a batch names it', TG_OP, OLD.id, TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
GUARDS = "".join(
    f"CREATE TRIGGER named_by_batch BEFORE DELETE OR UPDATE OF id ON {table} FOR EACH ROW EXECUTE FUNCTION messaging_refuse_orphans('{column}');\n"
    for column, table in NAMED.items()
)
NO_GUARDS = "".join(f"DROP TRIGGER named_by_batch ON {table};\n" for table in NAMED.values()) + "DROP FUNCTION messaging_refuse_orphans();"
# Django's unique=True has all rows in the index, also those without a value: dropped under whatever name it has.
OWN = """
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.conrelid = 'messaging_batch'::regclass AND c.contype = 'u' AND cardinality(c.conkey) = 1 AND a.attname IN ('hold_id', 'draft_id')
    LOOP
        EXECUTE format('ALTER TABLE messaging_batch DROP CONSTRAINT %I', name);
    END LOOP;
END $$;
CREATE UNIQUE INDEX one_batch_per_hold ON messaging_batch (hold_id) WHERE hold_id IS NOT NULL;
CREATE UNIQUE INDEX one_batch_per_draft ON messaging_batch (draft_id) WHERE draft_id IS NOT NULL;
"""
NOT_OWN = """
DROP INDEX one_batch_per_hold;
DROP INDEX one_batch_per_draft;
ALTER TABLE messaging_batch ADD UNIQUE (hold_id), ADD UNIQUE (draft_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_mail_tokens'),
        ('billing', '0015_entries_unchecked'),
        ('contacts', '0005_readers_of_files'),
        ('messaging', '0014_sandbox_send_at'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='batch',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='accounts.account'),
        ),
        migrations.AlterField(
            model_name='batch',
            name='draft',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to='messaging.draft'),
        ),
        migrations.AlterField(
            model_name='batch',
            name='file',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='contacts.filelist'),
        ),
        migrations.AlterField(
            model_name='batch',
            name='hold',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='billing.hold'),
        ),
        migrations.AlterField(
            model_name='batch',
            name='link',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='messaging.link'),
        ),
        migrations.AlterField(
            model_name='batch',
            name='type',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='billing.smstype'),
        ),
        migrations.AlterField(
            model_name='batch',
            name='user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.RunSQL(REFUSE + GUARDS, NO_GUARDS),
        migrations.RunSQL(OWN, NOT_OWN),
    ]
