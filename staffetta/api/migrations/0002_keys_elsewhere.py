"""Which keys of single messages another call has used, or is using: it is locked and looked for in one statement (idempotency.py)."""

from django.db import migrations

# A function looks anew for each of its statements: what was committed before a lock was had is seen after it.
FUNCTION = """
CREATE FUNCTION api_keys_elsewhere(accounts bigint[], keys text[], locks bigint[], sandboxed boolean, staying boolean)
RETURNS TABLE (place int, under_way boolean) LANGUAGE plpgsql AS $$
DECLARE
    free boolean[] := '{}';
BEGIN
    FOR at IN 1 .. coalesce(cardinality(locks), 0) LOOP
        free[at] := CASE WHEN staying THEN pg_try_advisory_lock_shared(locks[at]) ELSE pg_try_advisory_xact_lock_shared(locks[at]) END;
    END LOOP;
    RETURN QUERY SELECT g.at::int - 1, NOT free[g.at] FROM unnest(accounts, keys) WITH ORDINALITY AS g(account_id, key, at)
    WHERE NOT free[g.at] OR EXISTS (
        SELECT 1 FROM api_keyedanswer k WHERE k.account_id = g.account_id AND k.key = g.key AND k.sandbox = sandboxed);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("api", "0001_answers")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION api_keys_elsewhere(bigint[], text[], bigint[], boolean, boolean)"),
    ]
