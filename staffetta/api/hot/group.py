"""Answer a group of calls: let each in, judge it, and accept all that fit in one transaction. Knows neither threads nor dialects."""

import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from itertools import count

from staffetta.api import auth, operations
from staffetta.api.auth import KeyRow, LoginRow
from staffetta.api.errors import AccessDenied, TooManyCalls
from staffetta.api.hot.call import Call, Key, Password
from staffetta.api.limits import buckets
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.lib.errors import Refused
from staffetta.messaging import control, sandbox, singles
from staffetta.messaging.models import Batch
from staffetta.messaging.singles import Single

# Grows with time, so that the index of keys grows at its end.
_run = f"{int(time.time()):x}{secrets.token_hex(4)}"
_marks = count()
_LOOKED_BACK = 200_000
_log = logging.getLogger(__name__)


def mark() -> str:
    """Return a new key of our own, for a message whose program may have given none."""
    return f"call-{_run}-{next(_marks):x}"


def answers(calls: Sequence[Call], again: bool = False) -> list[Sent | Refused]:
    """Return what became of each call, in their order. `again`: an earlier try may have been committed."""
    told: list[Sent | Refused | None] = [None] * len(calls)
    live: list[tuple[int, Single]] = []
    for at, (call, who) in enumerate(zip(calls, _admitted(calls), strict=True)):
        found = who if isinstance(who, Refused) else _judged(call, who)
        if isinstance(found, Refused):
            told[at] = found
        elif isinstance(who, Principal) and who.sandbox:
            told[at] = operations.sent(found, sandbox.accept([found], who.key_id)[0])
        else:
            live.append((at, found))
    if live:
        accepted = singles.accept([single for _at, single in live], again)
        for (at, single), answer in zip(live, accepted, strict=True):
            told[at] = operations.sent(single, answer)
    return [answer for answer in told if answer is not None]


def take_back(marks: Sequence[str]) -> int:
    """Cancel the messages with these marks that were accepted and have not left; return how many there were."""
    latest = Batch.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    batches = list(Batch.objects.filter(pk__gt=latest - _LOOKED_BACK, key__in=marks))  # no index has the key alone
    for batch in batches:
        try:
            control.cancel(batch)
        except Refused as refusal:
            _log.error("message %d of a caller who was told that nothing was sent has left: %s", batch.first_id, refusal)
    return len(batches)


def _judged(call: Call, who: Principal) -> Single | Refused:
    """Return what to accept for a call, or why it is refused: its key's scope and limit come first."""
    call.language = call.language or who.language
    try:
        who.must("send")
        if who.key_id:
            call.left = buckets.take(who.key_id, who.per_minute, time.monotonic())
            if call.left.refused:
                return TooManyCalls(limit=call.left.limit, seconds=call.left.wait_s)
        asked = call.asked(who) if callable(call.asked) else call.asked
    except Refused as refusal:
        return refusal
    return operations.judged(who, asked, operations.offer_of(who), call.mark)


def _admitted(calls: Sequence[Call]) -> list[Principal | Refused]:
    """Let each caller in, or say why not; who calls often is looked at once."""
    hashes = {call.shown.hash for call in calls if isinstance(call.shown, Key)}
    names = {call.shown: auth.login_name(call.shown.login) for call in calls if isinstance(call.shown, Password)}
    keys = auth.keys(hashes) if hashes else {}
    logins = auth.logins(set(names.values())) if names else {}
    known: dict[tuple[Key | Password, str], Principal | Refused] = {}
    for call in calls:
        if (call.shown, call.address) not in known:
            known[call.shown, call.address] = _admit(call.shown, call.address, keys, logins)
    return [known[call.shown, call.address] for call in calls]


def _admit(shown: Key | Password, address: str, keys: Mapping[str, KeyRow], logins: Mapping[str, LoginRow]) -> Principal | Refused:
    if isinstance(shown, Password):
        login = logins.get(auth.login_name(shown.login))
        return auth.of_login(login) if login and login.encoded == shown.encoded else AccessDenied()
    try:
        return auth.admitted(keys.get(shown.hash), address)
    except Refused as refusal:
        return refusal
