"""Write down what providers answered: many at once, each number's state moved once. Next: settle.py

A repeat changes nothing. An answer that comes late, after the number became unknown, is taken; it is charged only where its lookup
was not settled yet.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection, transaction

from staffetta.carriers import operators
from staffetta.carriers.operators import Seen
from staffetta.lib import literal
from staffetta.lookup.backoff import retry_s
from staffetta.lookup.providers.base import Answer, Answered, Fields, RefusedForGood, RefusedForNow

# A provider that says "in a year" is asked again within the hour.
WAIT_S_MAX = 3_600.0


class Outcome(NamedTuple):
    """What came of one attempt to ask; `last`: there is no other after it."""

    id: int
    batch_id: int
    number: str
    attempt: int
    answer: Answer
    last: bool = False
    simulated: bool = False


class _Row(NamedTuple):
    id: int
    attempt: int
    state: str
    code: str
    provider_id: str
    wait_s: float
    fields: Fields


# What holds for one attempt (no answer, not now) must be of the attempt under way; an answer or a refusal for good is always taken.
_RECORD = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::bigint[], %(attempts)s::int[], %(states)s::text[], %(codes)s::text[], %(provider_ids)s::text[],
        %(waits)s::float[], %(originals)s::text[], %(operators)s::text[], %(mccs)s::text[], %(mncs)s::text[], %(ported)s::boolean[],
        %(reaches)s::text[], %(simulated)s::boolean[])
        AS g(id, attempt, state, code, provider_id, wait_s, original, operator, mcc, mnc, ported, reach, simulated)),
before AS MATERIALIZED (
    SELECT r.id, r.batch_id, r.state FROM lookup_result r JOIN given g ON g.id = r.id
    WHERE r.state = 'asked' AND (r.attempts = g.attempt OR g.state IN ('answered', 'refused'))
       OR r.state = 'unknown' AND g.state IN ('answered', 'refused')),
moved AS (
    UPDATE lookup_result r SET state = g.state, code = g.code, provider_id = g.provider_id, original_operator = g.original,
        operator = g.operator, mcc = g.mcc, mnc = g.mnc, ported = g.ported, reach = g.reach, simulated = g.simulated, lease_until = NULL,
        answered_at = CASE WHEN g.state = 'answered' THEN statement_timestamp() END,
        due_at = CASE WHEN g.state = 'queued' THEN statement_timestamp() + make_interval(secs => g.wait_s) ELSE r.due_at END,
        cost_e4 = CASE WHEN g.state = 'answered' AND b.state <> 'settled' THEN b.price_e4 ELSE 0 END
    FROM given g, before, lookup_batch b WHERE r.id = g.id AND before.id = r.id AND b.id = before.batch_id
    RETURNING r.id, r.batch_id, before.state AS was, r.state AS became, r.operator, r.reach, r.cost_e4),
tallied AS (
    INSERT INTO lookup_tally AS t (batch_id, operator, reach, numbers)
    SELECT batch_id, operator, coalesce(reach, ''), count(*) FROM moved WHERE became = 'answered' GROUP BY 1, 2, 3
    ON CONFLICT (batch_id, operator, reach) DO UPDATE SET numbers = t.numbers + excluded.numbers),
counted AS (
    UPDATE lookup_batch b SET
        queued = b.queued + c.queued, asked = b.asked - c.asked, answered = b.answered + c.answered, refused = b.refused + c.refused,
        unknown = b.unknown + c.unknown, charged_e4 = b.charged_e4 + c.cost_e4
    FROM (
        SELECT batch_id, count(*) FILTER (WHERE became = 'queued') AS queued, count(*) FILTER (WHERE was = 'asked') AS asked,
            count(*) FILTER (WHERE became = 'answered') AS answered, count(*) FILTER (WHERE became = 'refused') AS refused,
            count(*) FILTER (WHERE became = 'unknown') - count(*) FILTER (WHERE was = 'unknown') AS unknown,
            sum(cost_e4) AS cost_e4
        FROM moved GROUP BY batch_id) AS c
    WHERE b.id = c.batch_id RETURNING b.id, b.queued + b.asked = 0 AS ended)
SELECT array(SELECT id FROM moved WHERE became = 'answered'), array(SELECT id FROM counted WHERE ended)
"""


def record(outcomes: Sequence[Outcome]) -> list[int]:
    """Write outcomes down; return the lookups that have nothing queued or in flight any more."""
    rows = _rows(outcomes)
    if not rows:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        # Always lookups before results, in their order: nobody waits for somebody who waits for them, and none is settled meanwhile.
        batches = sorted({outcome.batch_id for outcome in outcomes})
        cursor.execute("SELECT id FROM lookup_batch WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [batches])
        cursor.execute(_RECORD, _columns(rows, {outcome.id for outcome in outcomes if outcome.simulated}))
        answered, ended = cursor.fetchone()
        operators.saw(_seen(outcomes, set(answered)))
    return list(ended)


def _rows(outcomes: Iterable[Outcome]) -> list[_Row]:
    """Return one row for each number: of two outcomes at once, the one that says more."""
    best: dict[int, _Row] = {}
    for outcome in outcomes:
        row = _row(outcome)
        if outcome.id not in best or _WORTH[row.state] > _WORTH[best[outcome.id].state]:
            best[outcome.id] = row
    return list(best.values())


_WORTH = {"queued": 0, "unknown": 1, "refused": 2, "answered": 3}


def _row(outcome: Outcome) -> _Row:
    answer, nothing = outcome.answer, Fields()
    if isinstance(answer, Answered):
        return _Row(outcome.id, outcome.attempt, "answered", "", answer.provider_id, 0, answer.fields)
    if isinstance(answer, RefusedForGood):
        return _Row(outcome.id, outcome.attempt, "refused", answer.code, answer.provider_id, 0, nothing)
    if isinstance(answer, RefusedForNow):
        state = "refused" if outcome.last else "queued"
        wait_s = retry_s(outcome.attempt) if answer.after_s is None else min(answer.after_s, WAIT_S_MAX)
        return _Row(outcome.id, outcome.attempt, state, answer.code, "", wait_s, nothing)
    return _Row(outcome.id, outcome.attempt, "unknown", answer.code, "", 0, nothing)


def _columns(rows: Sequence[_Row], simulated: set[int]) -> dict[str, str]:
    return {
        "ids": literal.numbers([row.id for row in rows]),
        "attempts": literal.numbers([row.attempt for row in rows]),
        "states": literal.plain([row.state for row in rows]),
        "codes": literal.texts([row.code[:40] for row in rows]),
        "provider_ids": literal.texts([row.provider_id[:80] for row in rows]),
        "waits": literal.plain([str(row.wait_s) for row in rows]),
        "originals": literal.texts([row.fields.original_operator for row in rows]),
        "operators": literal.texts([row.fields.operator for row in rows]),
        "mccs": literal.texts([row.fields.mcc for row in rows]),
        "mncs": literal.texts([row.fields.mnc for row in rows]),
        "ported": literal.plain(["NULL" if row.fields.ported is None else "ft"[row.fields.ported] for row in rows]),
        "reaches": literal.plain([row.fields.reach or "NULL" for row in rows]),
        "simulated": literal.plain(["ft"[row.id in simulated] for row in rows]),
    }


def _seen(outcomes: Iterable[Outcome], answered: set[int]) -> list[Seen]:
    return [
        Seen(
            each.number,
            each.answer.fields.operator,
            each.answer.fields.mcc,
            each.answer.fields.mnc,
            each.answer.fields.ported,
            each.simulated,
        )
        for each in outcomes
        if each.id in answered and isinstance(each.answer, Answered) and each.answer.fields.operator
    ]
