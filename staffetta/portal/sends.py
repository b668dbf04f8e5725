"""Sends as pages show them: who got them, their outcome, their progress. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from staffetta.accounts.models import Account
from staffetta.contacts.models import Group
from staffetta.lib import clock
from staffetta.messaging import archive, resend, words
from staffetta.messaging.models import Batch
from staffetta.messaging.origin import PROGRAMS
from staffetta.messaging.states import RUNNING, batch_moves_into
from staffetta.portal.outcomes import Segment, good_tenths, segments

_ENDING = ("cancelling", "settling")
_TITLE_CHARS = 60
PROGRAMS_COUNTED = 10_000


@dataclass(frozen=True)
class Send:
    """One send with the count of its recipients by state and the names of its groups."""

    batch: Batch
    tally: dict[str, int]
    groups: list[str]

    @property
    def title(self) -> str:
        """Return the beginning of its text, on one line."""
        text = Truncator(" ".join(self.batch.text.split())).chars(_TITLE_CHARS)
        if self.batch.personal:
            return _("Personal texts, for example: %(text)s") % {"text": text}
        return _("Test: %(text)s") % {"text": text} if self.batch.test else text

    @property
    def by_program(self) -> bool:
        """Tell whether a program sent it."""
        return self.batch.via in PROGRAMS

    @property
    def charged_at_once(self) -> bool:
        """Tell whether it was charged when it was accepted: nothing is set aside for it."""
        return self.batch.hold_id is None

    @property
    def word(self) -> words.Word:
        """Return its state in words."""
        return words.CANCELLED_WHOLE if self.taken_back else words.of_batch(self.batch)

    @property
    def taken_back(self) -> bool:
        """Tell whether all of it was cancelled."""
        return self.batch.state == "settled" and 0 < self.tally.get("cancelled", 0) == self.total

    @property
    def total(self) -> int:
        """Return how many recipients it has: some confirmed ones drop out where contacts changed before they were written down."""
        return sum(self.tally.values()) if self.batch.expanded_at else self.batch.recipients

    @property
    def done(self) -> int:
        """Return how many recipients are not waiting any more."""
        return sum(self.tally.values()) - self.tally.get("queued", 0)

    @property
    def percent(self) -> int:
        """Return `done` in percent, rounded down."""
        return 100 * self.done // max(self.total, 1)

    @cached_property
    def segments(self) -> list[Segment]:
        """Return the outcome bar."""
        return segments(self.tally, self.total, self.batch.receipts)

    @property
    def good_tenths(self) -> int:
        """Return the share that arrived, in thousandths."""
        return good_tenths(self.tally, self.total, self.batch.receipts)

    @property
    def planned(self) -> bool:
        """Tell whether its time is still to come."""
        return self.batch.state in RUNNING and self.batch.send_at > clock.now()

    @property
    def moving(self) -> bool:
        """Tell whether it is being sent, or closed, now."""
        return not self.planned and self.batch.state in (*RUNNING, *_ENDING)

    @property
    def leaving(self) -> bool:
        """Tell whether messages leave now."""
        return not self.planned and self.batch.state in RUNNING

    @property
    def waiting(self) -> bool:
        """Tell whether receipts are still to come."""
        return self.batch.receipts and bool(self.tally.get("submitted"))

    @property
    def may_pause(self) -> bool:
        """Tell whether it can be paused now."""
        return self.leaving

    @property
    def may_cancel(self) -> bool:
        """Tell whether what is left of it can be taken back."""
        return self.batch.state in batch_moves_into("cancelling")

    @property
    def may_reschedule(self) -> bool:
        """Tell whether it can still be given another time: it is not being written down yet."""
        batch = self.batch
        accepted = batch.state == "accepted" or (batch.state == "paused" and batch.resume_state == "accepted")
        return accepted and batch.started_at is None and batch.send_at > clock.now()

    @property
    def not_reached(self) -> int:
        """Return how many can be written to again."""
        return 0 if self.leaving or self.planned else sum(self.tally.get(state, 0) for state in resend.FAILED)

    @property
    def given_back_e4(self) -> int:
        """Return what was held and not spent."""
        return self.batch.credits_e4 - (self.batch.charged_e4 or 0)


def with_outcomes(batches: Iterable[Batch]) -> list[Send]:
    """Return these batches with their tallies and groups, in two queries."""
    known = list(batches)
    totals = archive.totals([batch.pk for batch in known])
    wanted = {group for batch in known for group in batch.groups}
    names = dict(Group.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    return [Send(batch, totals.get(batch.pk, {}), [names[group] for group in batch.groups if group in names]) for batch in known]


def open_and_ended(account: Account, open_max: int, ended_max: int) -> tuple[list[Send], list[Send]]:
    """Return the account's sends that have not ended, without single messages of programs, and the last ended ones of its people; newest first."""
    known = Batch.objects.filter(account=account).select_related("type").order_by("-pk")
    under_way = known.exclude(state="settled").exclude(via__in=PROGRAMS, recipients=1)[:open_max]
    ended = known.filter(state="settled").exclude(via__in=PROGRAMS)[:ended_max]
    # One question for both: a send that ends meanwhile is in one of them, and only there.
    both = with_outcomes(sorted(under_way.union(ended, all=True), key=lambda batch: -batch.pk))
    return [send for send in both if send.batch.state != "settled"], [send for send in both if send.batch.state == "settled"]


def by_programs_today(account: Account) -> int:
    """Return how many messages programs have sent since midnight, at most PROGRAMS_COUNTED sends being looked at."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    known = Batch.objects.filter(account=account, via__in=PROGRAMS, send_at__gte=today, send_at__lt=today + timedelta(days=1))
    return sum(known.order_by("-send_at", "-pk").values_list("recipients", flat=True)[:PROGRAMS_COUNTED])
