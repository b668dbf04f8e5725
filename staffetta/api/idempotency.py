"""Do a call once however often it comes: the second is given the first one's answer. Knows neither requests nor what the call does.

The key's row is inserted in the transaction of the work. So the second of two at once waits in the database until the first has
committed, and reads its answer; where the first was refused, and rolled back, the second does the work.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.db import connection, transaction

from staffetta.api.errors import RepeatUnderWay
from staffetta.api.models import KeyedAnswer
from staffetta.lib import clock
from staffetta.messaging.errors import KeyUsedDifferently

KEPT = timedelta(days=7)
_CLAIM = """
INSERT INTO api_keyedanswer (account_id, sandbox, key, place, fingerprint, status, body, created_at)
VALUES (%s, %s, %s, %s, %s, 0, '', %s) ON CONFLICT (account_id, sandbox, key) DO NOTHING
"""


@dataclass(frozen=True)
class Call:
    """A call that names a key of its own; `place` is its method and path."""

    account_id: int
    sandbox: bool
    key: str
    place: str
    body: bytes

    @property
    def fingerprint(self) -> str:
        """Return what tells this body from others."""
        return hashlib.sha256(self.body).hexdigest()


class Answer(NamedTuple):
    """What a call is answered with; `repeated`: it was done before."""

    status: int
    body: bytes
    repeated: bool = False


@transaction.atomic
def once(call: Call, work: Callable[[], Answer]) -> Answer:
    """Do the work of a call, or return the answer of the call that had its key before.

    What the work raises rolls everything back, the key too. Raises KeyUsedDifferently for another call's key.
    """
    if not _claim(call):
        return _known(call)
    answer = work()
    KeyedAnswer.objects.filter(account_id=call.account_id, sandbox=call.sandbox, key=call.key).update(
        status=answer.status, body=answer.body
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


def forget_old() -> int:
    """Forget the answers that are older than is promised; return how many."""
    return KeyedAnswer.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]
