"""Lookups as pages show them: what was asked for, how far it is, one number's answer, the picture of operators. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from staffetta.accounts.models import Account
from staffetta.lib import clock
from staffetta.lookup import ranges, results, words
from staffetta.lookup.models import LookupBatch, LookupResult
from staffetta.lookup.states import batch_moves_into
from staffetta.lookup.wanted import LeftOut
from staffetta.messaging.words import Word, Words
from staffetta.portal.outcomes import Segment

NUMBER = "number"
OPERATORS_SHOWN = 10
_TOLD_FOR = timedelta(days=1)
_LOOKED_AT = 20


@dataclass(frozen=True)
class Shown:
    """A lookup as the list, the home page and its own page show it."""

    batch: LookupBatch

    @property
    def title(self) -> str:
        """Return what was asked for: the number, the group's or the file's name, or how many numbers were pasted."""
        if self.batch.name:
            return self.batch.name
        if self.batch.source == NUMBER:
            return _("An erased number")
        return ngettext("%(n)s pasted number", "%(n)s pasted numbers", self.batch.count) % {"n": number_format(self.batch.count)}

    @property
    def single(self) -> bool:
        """Tell whether it is about one typed number."""
        return self.batch.source == NUMBER

    @property
    def word(self) -> Word:
        """Return its state in words."""
        return words.of_batch(self.batch)

    @property
    def ended(self) -> bool:
        """Tell whether nothing of it moves any more."""
        return self.batch.state == "settled"

    @property
    def may_pause(self) -> bool:
        """Tell whether it can be paused now."""
        return self.batch.state in batch_moves_into("paused")

    @property
    def may_cancel(self) -> bool:
        """Tell whether what is left of it can be taken back."""
        return self.batch.state in batch_moves_into("cancelling")

    @property
    def poll_s(self) -> int:
        """Return after how many seconds the page looks again; 0 where nothing moves."""
        return 0 if self.ended else 5 if self.batch.state == "paused" else 1

    @property
    def silent(self) -> int:
        """Return how many numbers have ended without an answer."""
        return self.batch.refused + self.batch.unknown + self.batch.cancelled

    @property
    def given_back_e4(self) -> int:
        """Return what was set aside and not spent."""
        return self.batch.credits_e4 - self.batch.charged_e4

    @property
    def percent(self) -> int:
        """Return how far it is."""
        return self.batch.percent

    @property
    def segments(self) -> list[Segment]:
        """Return the bar of how far it is."""
        batch = self.batch
        counts = (
            ("answered", pgettext("number", "answered"), "good", batch.answered),
            ("refused", words.of_result("refused", None).label, "wait", batch.refused),
            ("unknown", words.of_result("unknown", None).label, "bad", batch.unknown),
            ("cancelled", words.of_result("cancelled", None).label, "none", batch.cancelled),
        )
        return [_segment(state, label, tone, n, batch.count) for state, label, tone, n in counts if n]


def reaches(batch: LookupBatch) -> list[Segment]:
    """Return the answered numbers by whether they can be reached, and those without an answer, as a bar."""
    found = results.by_reach(batch)
    pieces = [(reach or "not-told", word.label, word.tone, found[reach]) for reach, word in words.REACH.items() if found.get(reach)]
    if silent := Shown(batch).silent:
        pieces.append(("none", _("without an answer"), "none", silent))
    total = sum(n for _state, _label, _tone, n in pieces)
    return [_segment(state, label, tone, n, total) for state, label, tone, n in pieces]


def _segment(state: str, label: Words, tone: str, count: int, total: int) -> Segment:
    return Segment(state, label, tone, "", count, f"{100 * count / max(total, 1):.2f}")


@dataclass(frozen=True)
class Bar:
    """An operator with its numbers; `width` is of the widest bar's hundred, `share_tenths` of all numbers' thousand."""

    name: str
    count: int
    width: int
    share_tenths: int
    others: bool = False


@dataclass(frozen=True)
class Chart:
    """The picture of operators, and the same in words."""

    bars: list[Bar]
    words: str


def chart(operators: list[tuple[str, int]]) -> Chart | None:
    """Return the picture of who has how many numbers, the largest first; None where nobody has any."""
    if not operators:
        return None
    total, top = sum(n for _name, n in operators), operators[0][1]
    shown, rest = operators[:OPERATORS_SHOWN], operators[OPERATORS_SHOWN:]
    bars = [Bar(name, n, max(1, 100 * n // top), 1000 * n // total) for name, n in shown]
    if rest:
        others = sum(n for _name, n in rest)
        label = ngettext("%(n)s other operator", "%(n)s other operators", len(rest)) % {"n": len(rest)}
        bars.append(Bar(label, others, max(1, min(100, 100 * others // top)), 1000 * others // total, others=True))
    told = ngettext("Numbers: %(n)s, with %(m)s operator", "Numbers: %(n)s, with %(m)s operators", len(operators)) % {
        "n": number_format(total, force_grouping=True),
        "m": len(operators),
    }
    return Chart(bars, _("%(told)s; most are with %(name)s (%(count)s).") % {"told": told, "name": bars[0].name, "count": bars[0].count})


@dataclass(frozen=True)
class Row:
    """A number of a lookup with its state and reason in words."""

    result: LookupResult

    @property
    def word(self) -> Word:
        """Return what became of it."""
        return words.of_result(self.result.state, self.result.reach)

    @property
    def cause(self) -> str:
        """Return why it has no answer; blank where its state says it all."""
        return words.cause(self.result)


def answer(batch: LookupBatch) -> Row | None:
    """Return what became of the one number of a lookup; None where it is not written down, or erased."""
    result = LookupResult.objects.filter(batch=batch).first()
    return Row(result) if result else None


@dataclass(frozen=True)
class Before:
    """What is known of a number before anybody is asked: its range's operator, a kept answer, and what asking costs."""

    number: str
    operator: str
    kept: Row | None
    age: str


def before(account: Account, number: str) -> Before:
    """Return what is known of a number (E.164). Raises NobodyToAsk."""
    kept = results.fresh(account.pk, number)
    return Before(number, ranges.operator_of_range(number), Row(kept) if kept else None, age(kept.answered_at) if kept else "")


def age(asked_at: datetime | None) -> str:
    """Return how long ago something was asked for, in days."""
    days = (timezone.localdate() - timezone.localtime(asked_at).date()).days
    if days < 1:
        return _("asked today")
    return ngettext("asked yesterday", "asked %(n)s days ago", days) % {"n": days}


def reasons(left: Iterable[LeftOut]) -> list[tuple[str, str]]:
    """Return numbers that are left out, each with why."""
    return [(each.written, words.left_out(each.code)) for each in left]


def reasons_of(batch: LookupBatch) -> list[tuple[str, str]]:
    """Return the first numbers that a lookup has left out, each with why."""
    return [(each["written"], words.left_out(each["code"])) for each in batch.reasons]


def last(account: Account, number: str) -> Row | None:
    """Return the newest answer about a number; None where it was never checked."""
    found = results.latest(account.pk, number)
    return Row(found) if found else None


def recent(account: Account) -> list[Shown]:
    """Return the account's lists that are under way or ended within a day, newest first: what the home page tells of."""
    told_since = clock.now() - _TOLD_FOR
    last = LookupBatch.objects.filter(account=account).defer("numbers").order_by("-pk")[:_LOOKED_AT]
    return [Shown(batch) for batch in last if batch.source != NUMBER and (batch.settled_at is None or batch.settled_at > told_since)][:3]
