"""The database itself refuses a changed or deleted entry, and a hold resolved twice or altered."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION billing_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the ledger is only ever added to', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER entry_never_changes BEFORE UPDATE OR DELETE ON billing_entry FOR EACH ROW EXECUTE FUNCTION billing_refuse();
CREATE TRIGGER entry_never_emptied BEFORE TRUNCATE ON billing_entry FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse();
CREATE TRIGGER hold_never_deleted BEFORE DELETE ON billing_hold FOR EACH ROW EXECUTE FUNCTION billing_refuse();
CREATE TRIGGER wallet_never_deleted BEFORE DELETE ON billing_wallet FOR EACH ROW EXECUTE FUNCTION billing_refuse();

CREATE FUNCTION billing_hold_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'open' THEN
        RAISE EXCEPTION 'hold % was already %', OLD.id, OLD.state USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.account_id, NEW.amount_e4, NEW.key) IS DISTINCT FROM (OLD.account_id, OLD.amount_e4, OLD.key) THEN
        RAISE EXCEPTION 'hold %: account, amount and key never change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_resolved_once BEFORE UPDATE ON billing_hold FOR EACH ROW EXECUTE FUNCTION billing_hold_once();
"""

NO_GUARDS = """
DROP TRIGGER hold_resolved_once ON billing_hold;
DROP TRIGGER wallet_never_deleted ON billing_wallet;
DROP TRIGGER hold_never_deleted ON billing_hold;
DROP TRIGGER entry_never_emptied ON billing_entry;
DROP TRIGGER entry_never_changes ON billing_entry;
DROP FUNCTION billing_hold_once();
DROP FUNCTION billing_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
