"""Many small charges in one call, for who writes what is charged in the same statement. Part of the ledger: see billing/ledger.py."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION billing_charge_at_once(accounts bigint[], amounts bigint[], keys text[], reason text) RETURNS boolean[] LANGUAGE plpgsql AS $$
DECLARE
    wallet record;
    left_e4 bigint;
    paid boolean[] := array_fill(false, ARRAY[coalesce(cardinality(accounts), 0)]);
    balances bigint[] := array_fill(0::bigint, ARRAY[coalesce(cardinality(accounts), 0)]);
BEGIN
    FOR wallet IN
        SELECT account_id, balance_e4, held_e4 FROM billing_wallet WHERE account_id = ANY(accounts) ORDER BY account_id FOR UPDATE
    LOOP
        left_e4 := wallet.balance_e4;
        FOR place IN 1 .. cardinality(accounts) LOOP
            IF accounts[place] = wallet.account_id AND amounts[place] >= 0 AND left_e4 - wallet.held_e4 >= amounts[place] THEN
                left_e4 := left_e4 - amounts[place];
                paid[place] := true;
                balances[place] := left_e4;
            END IF;
        END LOOP;
        UPDATE billing_wallet SET balance_e4 = left_e4 WHERE account_id = wallet.account_id AND balance_e4 <> left_e4;
    END LOOP;
    INSERT INTO billing_entry (account_id, kind, key, amount_e4, balance_after_e4, reason, created_at)
    SELECT g.account_id, 'charge', g.key, -g.amount, g.balance, reason, now()
    FROM unnest(accounts, amounts, keys, balances, paid) WITH ORDINALITY AS g(account_id, amount, key, balance, paid, place)
    WHERE g.paid ORDER BY g.place;
    RETURN paid;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0012_fewer_indexes")]
    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION billing_charge_at_once(bigint[], bigint[], text[], text)")]
