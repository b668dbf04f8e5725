"""Answer a group of calls: let each in, judge it once, and accept all that fit together. Knows neither threads nor dialects."""

import logging
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple

from django.utils import translation

from staffetta.api import auth, operations
from staffetta.api.auth import KeyRow, LoginRow
from staffetta.api.errors import Internal, TooManyCalls
from staffetta.api.hot.call import Call, Key, LookAgain, Password
from staffetta.api.limits import buckets
from staffetta.api.principal import Principal
from staffetta.lib.errors import Refused
from staffetta.messaging import control, ownkeys
from staffetta.messaging.errors import MoveRefused
from staffetta.messaging.models import Batch, Message
from staffetta.messaging.offer import Asked, Offer
from staffetta.messaging.singles import Accepted, Single

# Grows with time, so that the index of keys grows at its end.
_run = f"{int(time.time()):x}{secrets.token_hex(4)}"
_marks = count()
_LOOKED_BACK = 200_000
_GIVEN_BACK = ("cancelled", "lapsed", "failed")
_log = logging.getLogger(__name__)


def mark() -> str:
    """Return a new key of our own, for a message whose program may have given none."""
    return f"call-{_run}-{next(_marks):x}"


def judge(calls: Sequence[Call]) -> None:
    """Give each call its `single`, or tell it why it is refused. Whoever was judged is not judged again; writes nothing but a key's last use."""
    waiting = [call for call in calls if call.single is None and call.told is None]
    refused: list[_Refused] = []
    # First all that the database is asked for, which can fail; what is counted comes after it.
    admitted = _admitted(waiting)
    offers = {sandboxed: operations.offer_of(Principal(0, 0, sandbox=sandboxed)) for sandboxed in (False, True)}
    spoken = ""
    with translation.override(translation.get_language()):
        for call, who in zip(waiting, admitted, strict=True):
            if isinstance(who, Refused | LookAgain):
                call.told = who
                continue
            call.language = call.language or who.language
            if call.language != spoken:  # to change it costs as much as to judge a message
                spoken = call.language
                translation.activate(spoken)
            try:
                if refusal := _judge(call, who, offers[who.sandbox]):
                    refused.append(refusal)
            except Exception:  # what stops one must not stop the others
                _log.exception("a call could not be judged: nothing was charged")
                call.told = Internal()
    # A repeat is answered as the first was, though today it would be refused.
    before = operations.told_before([(each.who, each.asked, ownkeys.kept(each.asked.key)) for each in refused])
    for each, sent in zip(refused, before, strict=True):
        each.call.told = sent or each.refusal


def accept(calls: Sequence[Call], again: bool = False) -> None:
    """Accept what was judged, and tell each call what became of it. `again`: an earlier try may have been committed."""
    waiting = [(call, call.single) for call in calls if call.told is None and call.single is not None]
    live = [(call, single) for call, single in waiting if not call.sandbox_of]
    if live:
        _tell(live, operations.accepted([single for _call, single in live], again=again))
    for key_id in sorted({call.sandbox_of for call, _single in waiting} - {0}):
        theirs = [(call, single) for call, single in waiting if call.sandbox_of == key_id]
        # Always under a key, their own or our mark: a second try finds the first one's.
        marked = [single if single.key else replace(single, key=single.mark) for _call, single in theirs]
        _tell(theirs, operations.accepted(marked, key_id))


def take_back(marks: Sequence[str]) -> int:
    """Cancel the messages with these marks that were accepted and have not left; return how many there were."""
    latest = Batch.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    batches = list(Batch.objects.filter(pk__gt=latest - _LOOKED_BACK, key__in=marks))  # no index has the key alone
    return sum(_taken_back(batch) for batch in batches)


def _taken_back(batch: Batch) -> bool:
    """Cancel one; return whether it was not yet cancelled."""
    try:
        control.cancel(batch)
        return True
    except MoveRefused as refusal:  # reads the batch anew
        if batch.state != "cancelling" and not Message.objects.filter(pk=batch.first_id, state__in=_GIVEN_BACK).exists():
            _log.error("message %d of a caller who was told that nothing was sent has left: %s", batch.first_id, refusal)
        return False


def _tell(calls: Iterable[tuple[Call, Single]], answers: Sequence[Accepted | Refused]) -> None:
    for (call, single), answer in zip(calls, answers, strict=True):
        told = operations.sent(single, answer)
        # Without a key of its own it can repeat nobody but itself.
        call.told = told if single.key or isinstance(told, Refused) else told._replace(repeated=False)


class _Refused(NamedTuple):
    """A call with a key of its own that is refused unless it is a repeat."""

    call: Call
    who: Principal
    asked: Asked
    refusal: Refused


def _judge(call: Call, who: Principal, offer: Offer) -> _Refused | None:
    """Give a call its single, or its refusal, in the language that is on: its key's limit comes first. Return it where it may be a repeat."""
    try:
        if who.key_id and call.left is None:
            call.left = buckets.take(who.key_id, who.per_minute, time.monotonic())
            if call.left.refused:
                raise TooManyCalls(limit=call.left.limit, seconds=call.left.wait_s)
        asked = call.asked(who) if callable(call.asked) else call.asked
        who.must("send")
    except Refused as refusal:
        call.told = refusal
        return None
    found = operations.judged(who, asked, offer, call.mark)
    if isinstance(found, Single):
        call.single, call.sandbox_of = found, who.key_id if who.sandbox else 0
    elif asked.key:
        return _Refused(call, who, asked, found)
    else:
        call.told = found
    return None


def _admitted(calls: Sequence[Call]) -> list[Principal | Refused | LookAgain]:
    """Let each caller in, or say why not; who calls often is looked at once."""
    hashes = {call.shown.hash for call in calls if isinstance(call.shown, Key)}
    names = {shown: auth.login_name(shown.login) for shown in {call.shown for call in calls} if isinstance(shown, Password)}
    keys = auth.keys(hashes) if hashes else {}
    logins = auth.logins(set(names.values())) if names else {}
    known: dict[tuple[Key | Password, str], Principal | Refused | LookAgain] = {}
    for call in calls:
        if (call.shown, call.address) not in known:
            known[call.shown, call.address] = _admit(call.shown, call.address, keys, logins, names)
    return [known[call.shown, call.address] for call in calls]


def _admit(
    shown: Key | Password, address: str, keys: Mapping[str, KeyRow], logins: Mapping[str, LoginRow], names: Mapping[Password, str]
) -> Principal | Refused | LookAgain:
    if isinstance(shown, Password):
        login = logins.get(names[shown])
        return auth.of_login(login) if login and login.encoded == shown.encoded else LookAgain()
    try:
        return auth.admitted(keys.get(shown.hash), address)
    except Refused as refusal:
        return refusal
