"""The database itself refuses an order whose sums change or that goes back from paid, and an invoice that changes or goes."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION billing_order_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.account_id, NEW.package_id, NEW.credits_e4, NEW.list_cents, NEW.net_cents, NEW.vat_regime, NEW.vat_bp, NEW.vat_cents, NEW.payable_cents)
       IS DISTINCT FROM
       (OLD.account_id, OLD.package_id, OLD.credits_e4, OLD.list_cents, OLD.net_cents, OLD.vat_regime, OLD.vat_bp, OLD.vat_cents, OLD.payable_cents)
    THEN
        RAISE EXCEPTION 'order %: what is sold and its sums never change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (OLD.state = 'paid' AND NEW.state NOT IN ('paid', 'refunded')) OR (OLD.state = 'refunded' AND NEW.state <> 'refunded') THEN
        RAISE EXCEPTION 'order %: from % to % is refused', OLD.id, OLD.state, NEW.state USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER order_keeps_its_sums BEFORE UPDATE ON billing_order FOR EACH ROW EXECUTE FUNCTION billing_order_guard();
CREATE TRIGGER order_never_deleted BEFORE DELETE ON billing_order FOR EACH ROW EXECUTE FUNCTION billing_refuse();
CREATE TRIGGER payment_never_deleted BEFORE DELETE ON billing_payment FOR EACH ROW EXECUTE FUNCTION billing_refuse();

CREATE FUNCTION billing_invoice_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.kind, NEW.prefix, NEW.year, NEW.number, NEW.account_id, NEW.order_id, NEW.corrects_id, NEW.issued_on, NEW.net_cents, NEW.vat_cents)
       IS DISTINCT FROM
       (OLD.kind, OLD.prefix, OLD.year, OLD.number, OLD.account_id, OLD.order_id, OLD.corrects_id, OLD.issued_on, OLD.net_cents, OLD.vat_cents)
    THEN
        RAISE EXCEPTION 'invoice %: number, date and sums never change', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state <> 'rejected' AND (NEW.data, NEW.xml, NEW.pdf) IS DISTINCT FROM (OLD.data, OLD.xml, OLD.pdf) THEN
        RAISE EXCEPTION 'invoice %: only one that SDI rejected is written anew', OLD.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_never_changes BEFORE UPDATE ON billing_invoice FOR EACH ROW EXECUTE FUNCTION billing_invoice_guard();
CREATE TRIGGER invoice_never_deleted BEFORE DELETE ON billing_invoice FOR EACH ROW EXECUTE FUNCTION billing_refuse();
"""

NO_GUARDS = """
DROP TRIGGER invoice_never_deleted ON billing_invoice;
DROP TRIGGER invoice_never_changes ON billing_invoice;
DROP FUNCTION billing_invoice_guard();
DROP TRIGGER payment_never_deleted ON billing_payment;
DROP TRIGGER order_never_deleted ON billing_order;
DROP TRIGGER order_keeps_its_sums ON billing_order;
DROP FUNCTION billing_order_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_money")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
