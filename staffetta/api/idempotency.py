"""Do a call once however often it comes: the second is given the first one's answer. Knows neither requests nor what the call does.

The key's row is inserted in the transaction of the work. So the second of two at once waits in the database until the first has
committed, and reads its answer; where the first was refused, and rolled back, the second does the work.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.db import connection, transaction

from staffetta.api.errors import RepeatUnderWay
from staffetta.api.models import KeyedAnswer
from staffetta.lib import clock, literal, prepared
from staffetta.messaging import ownkeys
from staffetta.messaging.errors import KeyUsedDifferently
from staffetta.messaging.models import Batch, SandboxMessage

KEPT = timedelta(days=7)
_CLAIM = """
INSERT INTO api_keyedanswer (account_id, sandbox, key, place, fingerprint, status, body, created_at)
VALUES (%s, %s, %s, %s, %s, 0, '', %s) ON CONFLICT (account_id, sandbox, key) DO NOTHING
"""
_ELSEWHERE = """
SELECT k.account_id, k.key FROM api_keyedanswer k JOIN unnest(%(accounts)s::bigint[], %(keys)s::text[]) AS g(account_id, key)
    ON k.account_id = g.account_id AND k.key = g.key WHERE k.sandbox = %(sandbox)s::boolean
"""


@dataclass(frozen=True)
class Call:
    """A call that names a key of its own; `place` is its method and path, `key_id` the key that let it in."""

    account_id: int
    sandbox: bool
    key: str
    place: str
    body: bytes
    key_id: int = 0

    @property
    def fingerprint(self) -> str:
        """Return what tells this body from others."""
        return hashlib.sha256(self.body).hexdigest()


class Answer(NamedTuple):
    """What a call is answered with; `repeated`: it was done before. `kept`: what a repeat is told, where it must not be the same."""

    status: int
    body: bytes
    repeated: bool = False
    kept: bytes | None = None


@transaction.atomic
def once(call: Call, work: Callable[[], Answer]) -> Answer:
    """Do the work of a call, or return the answer of the call that had its key before.

    What the work raises rolls everything back, the key too. Raises KeyUsedDifferently for another call's key.
    """
    if not _claim(call):
        return _known(call)
    if _sent_with(call):
        raise KeyUsedDifferently(key=call.key)
    answer = work()
    KeyedAnswer.objects.filter(account_id=call.account_id, sandbox=call.sandbox, key=call.key).update(
        status=answer.status, body=answer.body if answer.kept is None else answer.kept
    )
    return answer


def _claim(call: Call) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [call.account_id, call.sandbox, call.key, call.place, call.fingerprint, clock.now()])
        return bool(cursor.rowcount == 1)


def _known(call: Call) -> Answer:
    known = KeyedAnswer.objects.filter(account_id=call.account_id, sandbox=call.sandbox, key=call.key).first()
    if known is None:  # it was forgotten for its age between the two looks
        raise RepeatUnderWay(key=call.key)
    if (known.place, known.fingerprint) != (call.place, call.fingerprint):
        raise KeyUsedDifferently(key=call.key)
    return Answer(known.status, bytes(known.body), True)


def _sent_with(call: Call) -> bool:
    """Tell whether a single message was sent with the key: its own row is what guards that."""
    key = ownkeys.kept(call.key)
    if call.sandbox:
        return SandboxMessage.objects.filter(account_id=call.account_id, key_id=call.key_id, own_key=key).exists()
    return Batch.objects.filter(account_id=call.account_id, key=key).exists()


def elsewhere(kept: Iterable[tuple[int, str]], sandbox: bool) -> dict[tuple[int, str], KeyUsedDifferently]:
    """Return which keys of single messages (account, key as kept) another call has used, each with its refusal; asks nothing without any."""
    given = {(account_id, key) for account_id, kept_key in kept if (key := ownkeys.given(kept_key))}
    if not given:
        return {}
    values = {
        "accounts": literal.numbers([account_id for account_id, _key in given]),
        "keys": literal.texts([key for _account, key in given]),
        "sandbox": "t" if sandbox else "f",
    }
    return {(account_id, ownkeys.kept(key)): KeyUsedDifferently(key=key) for account_id, key in prepared.rows(_ELSEWHERE, values)}


def forget_old() -> int:
    """Forget the answers that are older than is promised; return how many."""
    return KeyedAnswer.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]
