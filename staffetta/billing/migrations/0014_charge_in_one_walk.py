"""Charge many small sends in one walk over them, by account, however many wallets they are of. Same results as 0013."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("staffetta.billing.migrations.0013_charge_at_once").FUNCTION
# Locked first, read after: the second statement sees what was committed while the first one waited.
FUNCTION = """
CREATE FUNCTION billing_charge_at_once(accounts bigint[], amounts bigint[], keys text[], reason text) RETURNS boolean[] LANGUAGE plpgsql AS $$
DECLARE
    wallet record;
    place int;
    left_e4 bigint;
    changed bigint[] := '{}';
    lefts bigint[] := '{}';
    paid boolean[] := array_fill(false, ARRAY[coalesce(cardinality(accounts), 0)]);
    balances bigint[] := array_fill(0::bigint, ARRAY[coalesce(cardinality(accounts), 0)]);
BEGIN
    PERFORM 1 FROM billing_wallet WHERE account_id = ANY(accounts) ORDER BY account_id FOR UPDATE;
    FOR wallet IN
        SELECT w.account_id, w.balance_e4, w.held_e4, g.places FROM billing_wallet w
        JOIN (SELECT u.account_id, array_agg(u.at::int ORDER BY u.at) AS places FROM unnest(accounts) WITH ORDINALITY AS u(account_id, at)
            GROUP BY u.account_id) AS g ON g.account_id = w.account_id
    LOOP
        left_e4 := wallet.balance_e4;
        FOREACH place IN ARRAY wallet.places LOOP
            IF amounts[place] >= 0 AND left_e4 - wallet.held_e4 >= amounts[place] THEN
                left_e4 := left_e4 - amounts[place];
                paid[place] := true;
                balances[place] := left_e4;
            END IF;
        END LOOP;
        IF left_e4 <> wallet.balance_e4 THEN
            changed := changed || wallet.account_id;
            lefts := lefts || left_e4;
        END IF;
    END LOOP;
    UPDATE billing_wallet w SET balance_e4 = g.left_e4 FROM unnest(changed, lefts) AS g(account_id, left_e4) WHERE w.account_id = g.account_id;
    INSERT INTO billing_entry (account_id, kind, key, amount_e4, balance_after_e4, reason, created_at)
    SELECT g.account_id, 'charge', g.key, -g.amount, g.balance, reason, now()
    FROM unnest(accounts, amounts, keys, balances, paid) WITH ORDINALITY AS g(account_id, amount, key, balance, paid, at)
    WHERE g.paid ORDER BY g.at;
    RETURN paid;
END $$;
"""


def replacing(function: str) -> str:
    """Return the statement that puts a function in its place: what uses it keeps its plan."""
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


class Migration(migrations.Migration):
    dependencies = [("billing", "0013_charge_at_once")]
    operations = [migrations.RunSQL(replacing(FUNCTION), replacing(BEFORE))]
