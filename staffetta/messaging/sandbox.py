"""The door for sandbox keys: the same contract as singles.accept, but nothing leaves and nothing is charged.

What becomes of a message is read off its number (`MAGIC`). `work` moves what is due, in sets, and writes the same events as the line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staffetta.billing.errors import NoPrice, NotEnoughCredit
from staffetta.billing.models import SmsType
from staffetta.carriers import routing
from staffetta.lib import clock, literal
from staffetta.lib.errors import Refused
from staffetta.lib.money import shown
from staffetta.messaging import singles
from staffetta.messaging.errors import NoRoute, OptedOut
from staffetta.messaging.models import SandboxMessage
from staffetta.messaging.singles import Accepted, Single

KEPT_FOR = timedelta(days=7)
STEP_S = 1
ADVANCED_AT_ONCE = 2_000
_ERROR = "sandbox"


@dataclass(frozen=True)
class Magic:
    """What a number stands for: the states that follow one another, or the refusal of its message; with words for the documentation."""

    says: Promise
    states: tuple[str, ...] = ()
    refused: str = ""


OTHERS = Magic(_("submitted at once, delivered one second later; any other number does the same"), ("submitted", "delivered"))
MAGIC: dict[str, Magic] = {
    "+393300000001": OTHERS,
    "+393300000002": Magic(_("submitted, then not delivered"), ("submitted", "undelivered")),
    "+393300000003": Magic(_("submitted, then expired at the carrier"), ("submitted", "expired")),
    "+393300000004": Magic(_("submitted, then rejected by the carrier"), ("submitted", "rejected")),
    "+393300000005": Magic(_("refused by the carrier: failed, and given back"), ("failed",)),
    "+393300000006": Magic(_("uncertain, then delivered after all"), ("uncertain", "delivered")),
    "+393300000007": Magic(_("stays submitted: no receipt ever comes"), ("submitted",)),
    "+393300000010": Magic(_("refused: not enough credit"), refused=NotEnoughCredit.code),
    "+393300000011": Magic(_("refused: this type of SMS is not sold toward this number"), refused=NoPrice.code),
    "+393300000012": Magic(_("refused: the recipient has asked not to be written to"), refused=OptedOut.code),
    "+393300000013": Magic(_("refused: no carrier is connected; try again"), refused=NoRoute.code),
}


# Stands for the routes: a sandbox works on a service that has no carrier yet. Every number begins with no prefix.
EVERYWHERE = routing.Table({"": 0}, (0,))


def accept(given: Sequence[Single], key_id: int) -> list[Accepted | Refused]:
    """Accept messages of a sandbox key; return for each, in their order, its id, or why it was refused.

    A repeat with a key that was used before returns the first one's id; with the key of another message it is refused.
    """
    try:
        return _accept_all(given, key_id)
    except IntegrityError:
        # Somebody used one of the keys between our look and our write: now it is seen.
        return _accept_all(given, key_id)


@transaction.atomic
def _accept_all(given: Sequence[Single], key_id: int) -> list[Accepted | Refused]:
    return singles.answered(given, _known(given, key_id), lambda fresh: _record(given, fresh, key_id))


def _known(given: Sequence[Single], key_id: int) -> singles.Known:
    owners = {"account_id__in": {each.account_id for each in given if each.key}, "own_key__in": {each.key for each in given if each.key}}
    known = SandboxMessage.objects.filter(key_id=key_id, **owners) if owners["own_key__in"] else ()
    return {
        (each.account_id, each.own_key): (each.pk, each.type_id, each.sender, each.text, [each.number], singles.ms(each.send_at))
        for each in known
    }


_RECORD = """
WITH numbered AS MATERIALIZED (
    SELECT g.*, nextval('messaging_sandbox_serial') AS id FROM unnest(%(accounts)s::bigint[], %(keys)s::text[], %(types)s::bigint[],
        %(senders)s::text[], %(texts)s::text[], %(numbers)s::text[], %(parts)s::smallint[], %(costs)s::int[], %(plans)s::text[],
        %(ats)s::bigint[]) WITH ORDINALITY AS g(account_id, own_key, type_id, sender, text, number, parts, cost_e4, plan, at_ms, place)),
written AS (
    INSERT INTO messaging_sandboxmessage
        (id, account_id, key_id, own_key, type_id, sender, text, number, parts, cost_e4, state, plan, due_at, send_at, created_at)
    SELECT id, account_id, %(key_id)s, own_key, type_id, sender, text, number, parts, cost_e4, 'queued', plan::text[],
        coalesce(to_timestamp(at_ms / 1000.0), %(now)s), to_timestamp(at_ms / 1000.0), %(now)s
    FROM numbered)
SELECT place::int - 1, id FROM numbered
"""


def _record(given: Sequence[Single], places: Sequence[int], key_id: int) -> dict[int, Accepted | Refused]:
    """Write down the messages at these places, but for those whose number stands for a refusal; return what became of each."""
    refused: dict[int, Accepted | Refused] = {
        at: _refusal(code, given[at]) for at in places if (code := MAGIC.get(given[at].number, OTHERS).refused)
    }
    fit = [at for at in places if at not in refused]
    if not fit:
        return refused
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, _columns([given[at] for at in fit]) | {"key_id": key_id, "now": clock.now()})
        return refused | {fit[step]: Accepted(message_id) for step, message_id in cursor.fetchall()}


def _plan(single: Single) -> str:
    states = MAGIC.get(single.number, OTHERS).states
    return literal.plain(states if single.receipts else states[:1])


def _columns(given: Sequence[Single]) -> dict[str, Any]:
    return {
        "accounts": literal.numbers([each.account_id for each in given]),
        "keys": literal.texts([each.key for each in given]),
        "types": literal.numbers([each.type_id for each in given]),
        "senders": literal.texts([each.sender for each in given]),
        "texts": literal.texts([each.text for each in given]),
        "numbers": literal.plain([each.number for each in given]),
        "parts": literal.numbers([each.parts for each in given]),
        "costs": literal.numbers([each.cost_e4 for each in given]),
        "plans": literal.texts([_plan(each) for each in given]),
        "ats": literal.numbers([singles.ms(each.send_at) for each in given]),
    }


def _refusal(code: str, single: Single) -> Refused:
    if code == NotEnoughCredit.code:
        return NotEnoughCredit(needed=shown(single.cost_e4), available=shown(0))
    if code == NoPrice.code:
        return NoPrice(type=SmsType.objects.get(pk=single.type_id).name, number=single.number)
    return {OptedOut.code: OptedOut, NoRoute.code: NoRoute}[code](number=single.number)


def find(account_id: int, key_id: int, message_id: int) -> SandboxMessage | None:
    """Return a message of a sandbox key; None where it has no such."""
    return SandboxMessage.objects.filter(pk=message_id, account_id=account_id, key_id=key_id).first()


def with_key(account_id: int, key_id: int, kept_key: str) -> SandboxMessage | None:
    """Return the message that a sandbox key sent under a key of the program's; None where there is none."""
    return SandboxMessage.objects.select_related("type").filter(account_id=account_id, key_id=key_id, own_key=kept_key).first()


_ADVANCE = f"""
WITH due AS (
    SELECT id FROM messaging_sandboxmessage WHERE due_at <= %(now)s ORDER BY due_at, id LIMIT {ADVANCED_AT_ONCE} FOR UPDATE SKIP LOCKED),
moved AS (
    UPDATE messaging_sandboxmessage s SET state = s.plan[1], plan = s.plan[2:],
        due_at = CASE WHEN cardinality(s.plan) > 1 THEN %(now)s + make_interval(secs => {STEP_S}) END,
        submitted_at = CASE WHEN s.plan[1] = 'failed' THEN NULL ELSE coalesce(s.submitted_at, %(now)s) END,
        ended_at = CASE WHEN s.plan[1] IN ('submitted', 'uncertain') THEN NULL ELSE %(now)s END,
        error = CASE WHEN s.plan[1] IN ('submitted', 'uncertain', 'delivered') THEN NULL ELSE '{_ERROR}' END
    FROM due WHERE s.id = due.id RETURNING s.*),
heard AS (
    INSERT INTO messaging_event (account_id, kind, at, batch_id, message_id, number, state, error, parts, cost_e4, key, sandbox)
    SELECT v.account_id, 'message.' || v.state, %(now)s, NULL, v.id, v.number, v.state, v.error, v.parts, v.cost_e4, v.own_key, true
    FROM moved v JOIN messaging_listener l ON l.account_id = v.account_id AND 'message.' || v.state = ANY(l.kinds) ORDER BY v.id)
SELECT count(*) FROM moved
"""


def advance() -> bool:
    """Move the sandbox's messages that are due; return False where there was none."""
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, {"now": clock.now()})
        return bool(cursor.fetchone()[0])


def forget() -> int:
    """Forget the sandbox's messages of more than a week ago; return how many."""
    return SandboxMessage.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]
