"""Do a call once however often it comes: the second is given the first one's answer. Knows neither requests nor what the call does.

Calls of one key wait for one another in the database (a lock that ends with the transaction of the work): the second reads the first
one's answer; where the first was refused, and rolled back, the second does the work. Single messages, which have their own key in
their batch, take the same lock for themselves and each other (shared), and never wait for it: many are accepted together.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, TypeAlias

from django.db import Error, connection, transaction

from staffetta.api.errors import RepeatUnderWay
from staffetta.api.models import KeyedAnswer
from staffetta.lib import clock, literal, prepared
from staffetta.lib.errors import Refused
from staffetta.messaging import ownkeys
from staffetta.messaging.errors import KeyUsedDifferently
from staffetta.messaging.models import Batch, SandboxMessage

KEPT = timedelta(days=7)
_CLAIM = """
INSERT INTO api_keyedanswer (account_id, sandbox, key, place, fingerprint, status, body, created_at)
VALUES (%s, %s, %s, %s, %s, 0, '', %s) ON CONFLICT (account_id, sandbox, key) DO NOTHING
"""
_LOCK = "SELECT pg_advisory_xact_lock(%s)"
_ELSEWHERE = """
SELECT place, under_way FROM api_keys_elsewhere(%(accounts)s::bigint[], %(keys)s::text[], %(locks)s::bigint[], %(sandbox)s::boolean,
    %(staying)s::boolean)
"""
_UNLOCK = "SELECT pg_advisory_unlock_shared(u.lock) FROM unnest(%(locks)s::bigint[]) AS u(lock)"
Owner: TypeAlias = tuple[int, str]


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
    _wait(call)
    if not _claim(call):
        return _known(call)
    if _sent_with(call):
        raise KeyUsedDifferently(key=call.key)
    answer = work()
    KeyedAnswer.objects.filter(account_id=call.account_id, sandbox=call.sandbox, key=call.key).update(
        status=answer.status, body=answer.body if answer.kept is None else answer.kept
    )
    return answer


def _wait(call: Call) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [_lock(call.account_id, call.sandbox, call.key)])


def _lock(account_id: int, sandbox: bool, key: str) -> int:
    """Return the number under which the database locks a key."""
    return int.from_bytes(hashlib.blake2b(f"{account_id} {sandbox} {key}".encode(), digest_size=8).digest(), "big", signed=True)


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


@contextmanager
def apart(kept: Iterable[Owner], sandbox: bool) -> Iterator[dict[Owner, Refused]]:
    """Keep other calls from the keys of single messages (account, key as kept) while they are accepted.

    Gives those that another call has used (KeyUsedDifferently) or is using (RepeatUnderWay). Asks nothing without any.
    """
    given = list(dict.fromkeys((account_id, key) for account_id, kept_key in kept if (key := ownkeys.given(kept_key))))
    if not given:
        yield {}
        return
    staying = not connection.in_atomic_block  # within a transaction the lock lasts as long as that
    locks = [_lock(account_id, sandbox, key) for account_id, key in given]
    values = {
        "accounts": literal.numbers([account_id for account_id, _key in given]),
        "keys": literal.texts([key for _account, key in given]),
        "locks": literal.numbers(locks),
        "sandbox": "t" if sandbox else "f",
        "staying": "t" if staying else "f",
    }
    found = dict(prepared.rows(_ELSEWHERE, values))
    try:
        yield {
            (account_id, ownkeys.kept(key)): RepeatUnderWay(key=key) if found[place] else KeyUsedDifferently(key=key)
            for place, (account_id, key) in enumerate(given)
            if place in found
        }
    finally:
        if staying:
            _let_go([lock for place, lock in enumerate(locks) if not found.get(place)])


def _let_go(locks: Sequence[int]) -> None:
    try:
        prepared.rows(_UNLOCK, {"locks": literal.numbers(locks)})
    except Error:  # what was accepted is accepted: with the connection its locks end
        connection.close()


def forget_old() -> int:
    """Forget the answers that are older than is promised; return how many."""
    return KeyedAnswer.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]
