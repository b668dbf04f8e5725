"""Recurring sends as pages show them: their rhythm in a sentence, what comes next, what came of each time. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from staffetta.accounts.models import Account
from staffetta.campaigns import plans
from staffetta.campaigns.models import Occurrence, Recurrence
from staffetta.campaigns.rhythm import DAILY, MONTHLY, WEEKLY
from staffetta.contacts.models import Group
from staffetta.lib import clock
from staffetta.messaging.models import Batch
from staffetta.messaging.words import Words
from staffetta.portal.sends import Send, with_outcomes

NEXT_SHOWN = 5
PAST_SHOWN = 20
SOON_SHOWN = 3
_DAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
_TONES = {"proposed": "wait", "active": "good", "paused": "wait", "ended": "none"}
MISSED = gettext_lazy("The service was not running at that time, and more than six hours had passed when it began again.")


@dataclass(frozen=True)
class Past:
    """One time that has been: its send with how it went, or why there is none."""

    occurrence: Occurrence
    send: Send | None

    @property
    def why(self) -> Words:
        """Return why nothing left."""
        return MISSED if self.occurrence.outcome == "missed" else self.occurrence.sentence


@dataclass(frozen=True)
class Recurring:
    """A recurring send with its words."""

    recurrence: Recurrence
    last: Occurrence | None = None

    @property
    def state(self) -> Words:
        """Return its state in words."""
        return plans.STATES[self.recurrence.state]

    @property
    def tone(self) -> str:
        """Return the colour of its state."""
        return _TONES[self.recurrence.state]

    @property
    def rhythm(self) -> str:
        """Return when it comes, in a sentence."""
        return rhythm_words(self.recurrence)

    @property
    def next(self) -> datetime | None:
        """Return when it comes next; None where it is not running."""
        found = plans.coming(self.recurrence, 1) if self.recurrence.state == "active" else []
        return found[0] if found else None


def rhythm_words(recurrence: Recurrence) -> str:
    """Return when it comes, and until when: "every Monday and Thursday at 09:00, until 31/12/2026"."""
    at = f"{recurrence.at:%H:%M}"
    if recurrence.rhythm == DAILY:
        words = _("every day at %(time)s") % {"time": at}
    elif recurrence.rhythm == WEEKLY:
        words = _("every %(days)s at %(time)s") % {"days": _listed([str(_DAYS[day]) for day in sorted(recurrence.weekdays)]), "time": at}
    elif recurrence.rhythm == MONTHLY and (recurrence.day or 0) > 28:
        words = _("on day %(day)s of every month (the last day where the month is shorter) at %(time)s") % {
            "day": recurrence.day,
            "time": at,
        }
    elif recurrence.rhythm == MONTHLY:
        words = _("on day %(day)s of every month at %(time)s") % {"day": recurrence.day, "time": at}
    else:
        words = _("every year on %(date)s at %(time)s") % {"date": formats.date_format(recurrence.starts, "j F"), "time": at}
    if recurrence.ends:
        words += _(", until %(day)s") % {"day": f"{recurrence.ends:%d/%m/%Y}"}
    if recurrence.times:
        words += ngettext(", %(n)s time", ", %(n)s times", recurrence.times) % {"n": recurrence.times}
    return words


def _listed(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def listed(account: Account) -> list[Recurring]:
    """Return the account's recurring sends, newest first, each with its last time."""
    found = list(Recurrence.objects.filter(account=account).select_related("account", "type").order_by("-pk"))
    return [Recurring(each, lasts.get(each.pk)) for lasts in (_lasts(found),) for each in found]


def _lasts(recurrences: Iterable[Recurrence]) -> dict[int, Occurrence]:
    rows = (
        Occurrence.objects.filter(recurrence__in=[each.pk for each in recurrences])
        .order_by("recurrence_id", "-at")
        .distinct("recurrence_id")
    )
    return {row.recurrence_id: row for row in rows}


def soon(account: Account) -> list[Recurring]:
    """Return the running ones that come next, soonest first."""
    rows = Recurrence.objects.filter(account=account, state="active").select_related("account").order_by("next_at")[:SOON_SHOWN]
    return [Recurring(each) for each in rows]


def past(recurrence: Recurrence) -> list[Past]:
    """Return the last times that have been, newest first."""
    occurrences = list(recurrence.occurrences.order_by("-at")[:PAST_SHOWN])
    batches = Batch.objects.filter(pk__in=[each.batch_id for each in occurrences if each.batch_id]).select_related("type")
    sends = {send.batch.pk: send for send in with_outcomes(batches)}
    return [Past(each, sends.get(each.batch_id or 0)) for each in occurrences]


def accepted_ahead(recurrence: Recurrence) -> datetime | None:
    """Return the time of a send that was accepted some minutes ahead, where nothing shall leave any more; else None."""
    if recurrence.state == "active":
        return None
    last = recurrence.occurrences.filter(outcome="sent", at__gt=clock.now(), batch__isnull=False).order_by("-at").first()
    return last.at if last else None


def groups(recurrence: Recurrence, ids: list[int]) -> list[str]:
    """Return the names of these groups as they are now."""
    return list(Group.objects.filter(account=recurrence.account, pk__in=ids).order_by("name").values_list("name", flat=True)) if ids else []
