"""Make a recurring send, start it, pause it, end it, and say when it comes next. What happens each time is in launch.py.

proposed → active ↔ paused, active or paused → ended. What is only proposed costs nothing and never leaves.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from staffetta.accounts.models import User
from staffetta.campaigns.errors import (
    DayOfMonthWrong,
    EndsTooEarly,
    FileDoesNotRecur,
    NeverComes,
    NoWeekday,
    RecurrenceMoveRefused,
    RecurrenceNameWrong,
    RecurrenceStillCounting,
    RecurringFieldInUse,
    RecurringNeedsOwner,
    StartsTooEarly,
    StartsTooLate,
    TimesWrong,
    TooManyRecurrences,
)
from staffetta.campaigns.models import Recurrence
from staffetta.campaigns.rhythm import MONTHLY, WEEKLY, YEARLY, Rhythm, after
from staffetta.contacts.models import Field
from staffetta.lib import clock
from staffetta.messaging import approval, compose, merge
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.models import Draft

NAME_CHARS_MAX = 80
RECURRENCES_MAX = 100
TIMES_MAX = 10_000
_FIRST_AHEAD_MAX = timedelta(days=366)
STATES = {
    "proposed": gettext_lazy("not started yet"),
    "active": gettext_lazy("running"),
    "paused": gettext_lazy("paused"),
    "ended": gettext_lazy("ended"),
}


@dataclass(frozen=True)
class Plan:
    """What to call a recurring send, and when it comes; `instead` of which proposed one it is made."""

    name: str
    rhythm: Rhythm
    instead: int | None = None


def zone_of(recurrence: Recurrence) -> ZoneInfo:
    """Return the zone of its days and times."""
    return ZoneInfo(recurrence.account.time_zone)


def rhythm_of(recurrence: Recurrence) -> Rhythm:
    """Return when it comes."""
    return Rhythm(
        recurrence.rhythm,
        recurrence.at,
        recurrence.starts,
        tuple(recurrence.weekdays),
        recurrence.day,
        recurrence.month,
        recurrence.ends,
        recurrence.times,
    )


def coming(recurrence: Recurrence, number: int, since: datetime | None = None) -> list[datetime]:
    """Return the next moments at which it comes, `number` at most."""
    if recurrence.state == "ended":
        return []
    # What was launched some minutes ahead has not come yet, but is not to come again.
    begin = since or max(clock.now(), recurrence.next_at - timedelta(seconds=1) if recurrence.next_at else clock.now())
    return list(islice(after(rhythm_of(recurrence), zone_of(recurrence), begin, recurrence.done), number))


def check(plan: Plan, zone: ZoneInfo) -> None:
    """Raise RhythmRefused or RecurrenceNameWrong where a plan cannot be kept."""
    rhythm, today = plan.rhythm, clock.now().astimezone(zone).date()
    if not 1 <= len(plan.name) <= NAME_CHARS_MAX:
        raise RecurrenceNameWrong(length=len(plan.name), limit=NAME_CHARS_MAX)
    if rhythm.kind == WEEKLY and not rhythm.weekdays:
        raise NoWeekday
    if rhythm.kind in (MONTHLY, YEARLY) and not 1 <= (rhythm.day or 0) <= 31:
        raise DayOfMonthWrong(day=rhythm.day or "")
    if rhythm.starts < today:
        raise StartsTooEarly(day=_shown(rhythm.starts))
    if rhythm.starts > today + _FIRST_AHEAD_MAX:
        raise StartsTooLate(day=_shown(rhythm.starts), limit=_shown(today + _FIRST_AHEAD_MAX))
    if rhythm.ends and rhythm.ends < rhythm.starts:
        raise EndsTooEarly(starts=_shown(rhythm.starts), ends=_shown(rhythm.ends))
    if rhythm.times is not None and not 1 <= rhythm.times <= TIMES_MAX:
        raise TimesWrong(times=rhythm.times, limit=TIMES_MAX)
    if next(after(rhythm, zone, clock.now()), None) is None:
        raise NeverComes


def _shown(day: date) -> str:
    return f"{day:%d/%m/%Y}"


@transaction.atomic
def propose(request: SendRequest, plan: Plan, zone: ZoneInfo) -> Recurrence:
    """Make a recurring send that waits to be started, with what it would cost today counted (or being counted, where large).

    Raises RhythmRefused, RecurrenceNameWrong, TooManyRecurrences, FileDoesNotRecur, and what compose.prepare does.
    """
    check(plan, zone)
    if request.file is not None:
        raise FileDoesNotRecur
    own = Recurrence.objects.filter(account_id=request.account_id)
    if plan.instead is not None:
        own.filter(pk=plan.instead, state="proposed").delete()
    if own.count() >= RECURRENCES_MAX:
        raise TooManyRecurrences(limit=RECURRENCES_MAX)
    draft = compose.prepare(replace(request, send_at=None))
    rhythm = plan.rhythm
    return Recurrence.objects.create(
        account_id=request.account_id,
        user_id=request.user_id,
        name=plan.name,
        type=request.type,
        sender="" if request.type.fixed_sender else draft.sender,
        text=request.text,
        target=draft.link.target if draft.link else "",
        groups=draft.groups,
        excluded=draft.excluded,
        numbers=list(request.numbers),
        rhythm=rhythm.kind,
        weekdays=list(rhythm.weekdays),
        day=rhythm.day,
        month=rhythm.month,
        at=rhythm.at,
        starts=rhythm.starts,
        ends=rhythm.ends,
        times=rhythm.times,
        draft=draft,
    )


def check_approved(recurrence: Recurrence, draft: Draft, by: User | None) -> None:
    """Raise RecurringNeedsOwner where the account wants the yes of an owner for so many recipients, and who started it gives none."""
    rule = approval.rule(recurrence.account)
    if rule is None or draft.recipients <= rule.above:
        return
    if by is None or "approve" not in by.may or (approval.wants_other_owner(rule) and by.pk == recurrence.user_id):
        raise RecurringNeedsOwner(recipients=draft.recipients, limit=rule.above)


def start(recurrence: Recurrence, user: User) -> None:
    """Let a proposed one begin. Raises RecurrenceStillCounting, RecurringNeedsOwner, NeverComes, RecurrenceMoveRefused."""
    draft = recurrence.draft
    if draft is not None and draft.state == "counting":
        raise RecurrenceStillCounting
    if draft is not None:
        check_approved(recurrence, draft, user)
    _move(recurrence, ("proposed",), "active", started_by=user, next_at=_next(recurrence))


def check_field_unused(field: Field) -> None:
    """Raise RecurringFieldInUse while a recurring send that goes on names the field in its text."""
    for name, text in Recurrence.objects.filter(account=field.account_id, state__in=("active", "paused")).values_list("name", "text"):
        if field.name.casefold() in merge.names(text):
            raise RecurringFieldInUse(field=field.name, name=name)


def pause(recurrence: Recurrence) -> None:
    """Let nothing leave until it is resumed. Raises RecurrenceMoveRefused."""
    _move(recurrence, ("active",), "paused", next_at=None)


def resume(recurrence: Recurrence) -> None:
    """Go on from now; what would have left meanwhile is passed over. Raises RecurrenceMoveRefused, NeverComes."""
    _move(recurrence, ("paused",), "active", next_at=_next(recurrence))


def end(recurrence: Recurrence) -> None:
    """Let it never come again; what it has sent stays in the archive. Raises RecurrenceMoveRefused."""
    _move(recurrence, ("active", "paused"), "ended", next_at=None)


def delete(recurrence: Recurrence) -> None:
    """Forget it; what it has sent stays in the archive."""
    Recurrence.objects.filter(pk=recurrence.pk).delete()


def _next(recurrence: Recurrence) -> datetime:
    # What was accepted some minutes ahead is not accepted again by a pause and a resumption before its time.
    last = recurrence.occurrences.order_by("-at").values_list("at", flat=True).first()
    since = max(clock.now(), last) if last else clock.now()
    found = next(after(rhythm_of(recurrence), zone_of(recurrence), since, recurrence.done), None)
    if found is None:
        raise NeverComes
    return found


def _move(recurrence: Recurrence, origins: tuple[str, ...], state: str, **values: object) -> None:
    moved = Recurrence.objects.filter(pk=recurrence.pk, state__in=origins).update(state=state, **values)
    recurrence.refresh_from_db()
    if not moved:
        raise RecurrenceMoveRefused(name=recurrence.name, state=gettext(str(STATES[recurrence.state])))
