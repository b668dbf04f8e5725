"""The database itself refuses a changed or deleted line of the audit log."""

from django.db import migrations

GUARD = """
CREATE FUNCTION accounts_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the audit log is only ever added to', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_never_changes BEFORE UPDATE OR DELETE ON accounts_auditline FOR EACH ROW EXECUTE FUNCTION accounts_audit_refuse();
"""
NO_GUARD = "DROP TRIGGER audit_never_changes ON accounts_auditline; DROP FUNCTION accounts_audit_refuse();"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_operator_address_and_audit")]
    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
