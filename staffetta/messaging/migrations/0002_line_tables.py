"""The tables that move in sets: messages and parts in a partition a month, chunks, tallies, early receipts."""

from django.db import migrations

from staffetta.messaging.states import MESSAGE_STATES

STATES = ", ".join(f"'{state}'" for state in MESSAGE_STATES)

TABLES = f"""
CREATE TABLE messaging_message (
    id bigint NOT NULL,
    batch_id bigint NOT NULL,
    account_id bigint NOT NULL,
    cost_e4 integer NOT NULL,
    connector_id integer,
    parts smallint NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    parts_ended integer NOT NULL DEFAULT 0,
    parts_bad integer NOT NULL DEFAULT 0,
    submitted_at timestamptz,
    ended_at timestamptz,
    state text COLLATE "C" NOT NULL DEFAULT 'queued',
    number text COLLATE "C" NOT NULL,
    text text,
    error text,
    CONSTRAINT message_state_known CHECK (state IN ({STATES})),
    CONSTRAINT message_number_is_e164 CHECK (starts_with(number, '+') AND length(number) BETWEEN 8 AND 16)
) PARTITION BY RANGE (id);

CREATE TABLE messaging_part (
    message_id bigint NOT NULL,
    connector_id integer NOT NULL,
    part smallint NOT NULL,
    carrier_id text COLLATE "C" NOT NULL
) PARTITION BY RANGE (message_id);

CREATE TABLE messaging_chunk (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id bigint NOT NULL,
    account_id bigint NOT NULL,
    connector_id integer NOT NULL,
    lane smallint NOT NULL,
    first_id bigint NOT NULL,
    last_id bigint NOT NULL,
    due_at timestamptz NOT NULL DEFAULT now(),
    owner text,
    lease_until timestamptz,
    begun_to bigint NOT NULL DEFAULT 0,
    CONSTRAINT chunk_in_order CHECK (first_id <= last_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX chunk_waiting ON messaging_chunk (connector_id, lane, id) WHERE owner IS NULL;
CREATE INDEX chunk_by_batch ON messaging_chunk (batch_id);

CREATE TABLE messaging_tally (
    batch_id bigint PRIMARY KEY,
    {", ".join(f"{state} integer NOT NULL DEFAULT 0 CHECK ({state} >= 0)" for state in MESSAGE_STATES)}
) WITH (fillfactor = 30, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE messaging_earlyreceipt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connector_id integer NOT NULL,
    carrier_id text NOT NULL,
    number text NOT NULL,
    state text NOT NULL,
    ended_at timestamptz NOT NULL,
    error text,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX earlyreceipt_by_carrier_id ON messaging_earlyreceipt (carrier_id);

CREATE SEQUENCE messaging_serial;

CREATE FUNCTION messaging_make_partition(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text := to_char(month, 'YYYYMM');
    low bigint := name::bigint * 10000000000000;
    high bigint := to_char(month + interval '1 month', 'YYYYMM')::bigint * 10000000000000;
BEGIN
    PERFORM pg_advisory_xact_lock(7782, 1);
    IF to_regclass('messaging_message_' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE messaging_message_%s PARTITION OF messaging_message (PRIMARY KEY (id))'
        ' FOR VALUES FROM (%s) TO (%s) WITH (fillfactor = 45,'
        ' autovacuum_vacuum_scale_factor = 0.5, autovacuum_vacuum_insert_scale_factor = 1, autovacuum_analyze_scale_factor = 0.5)', name, low, high);
    EXECUTE format('CREATE UNIQUE INDEX messaging_message_%s_once ON messaging_message_%s (number, batch_id)', name, name);
    EXECUTE format('CREATE TABLE messaging_part_%s PARTITION OF messaging_part FOR VALUES FROM (%s) TO (%s)', name, low, high);
    EXECUTE format('CREATE INDEX messaging_part_%s_carrier ON messaging_part_%s (carrier_id)', name, name);
END $$;

-- Reserves so many consecutive message ids of the present month. The lock is held only while the sequence is moved on.
CREATE FUNCTION messaging_reserve(how_many bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    first bigint;
BEGIN
    PERFORM pg_advisory_lock(7782, 2);
    first := nextval('messaging_serial');
    IF how_many > 1 THEN
        PERFORM setval('messaging_serial', first + how_many - 1);
    END IF;
    PERFORM pg_advisory_unlock(7782, 2);
    RETURN to_char(now() AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + first;
END $$;

SELECT messaging_make_partition((date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month')::date) FROM generate_series(0, 2) n;
"""

NO_TABLES = """
DROP FUNCTION messaging_reserve(bigint);
DROP FUNCTION messaging_make_partition(date);
DROP SEQUENCE messaging_serial;
DROP TABLE messaging_earlyreceipt, messaging_tally, messaging_chunk, messaging_part, messaging_message;
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("carriers", "0001_initial")]
    operations = [migrations.RunSQL(TABLES, NO_TABLES)]
