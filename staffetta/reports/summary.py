"""The daily or weekly mail about an account's sends, in the account's time zone: at eight, on Mondays. Reads sends, writes mails.

What the service slept through is told of by the next mail, up to DAYS_MAX days back.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.formats import number_format
from django.utils.text import Truncator

from staffetta.accounts import mail
from staffetta.accounts.models import Account, User
from staffetta.lib import clock
from staffetta.lib.money import shown
from staffetta.messaging import archive, words
from staffetta.messaging.models import Batch
from staffetta.reports.models import SummaryMail

HOUR, MONDAY = 8, 0
EVERY, DAYS_MAX = ("day", "week"), 31
SHOWN = 20
_SETS = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Summary:
    """The sends of a period: the last ones as lines, how many in all, recipients by state in words, credits spent."""

    lines: list[str]
    sends: int
    recipients: str
    states: list[tuple[str, str]]
    credits: str


def choose(user: User, every: str) -> None:
    """Set how often a user wants the mail: "day", "week", or "" for never; what was not told yet comes at the new pace."""
    if every not in EVERY:
        SummaryMail.objects.filter(user=user).delete()
        return
    today = clock.now().astimezone(_zone(user)).date()
    SummaryMail.objects.update_or_create(user=user, defaults={"every": every}, create_defaults={"every": every, "told_to": today})


def chosen(user: User) -> str:
    """Return how often a user wants the mail: "day", "week", or "" for never."""
    return SummaryMail.objects.filter(user=user).values_list("every", flat=True).first() or ""


def send_due() -> int:
    """Send the mails that are due; return how many. A period without sends is passed over. Once more sends nothing twice."""
    open_accounts = SummaryMail.objects.filter(user__is_active=True, user__account__isnull=False, user__account__closed_at=None)
    sent = 0
    for wanted in list(open_accounts.select_related("user__account")):
        try:
            sent += _send_if_due(wanted)
        except Exception:  # one whose mail cannot be written must not keep the others from theirs
            _log.exception("the summary for user %s could not be sent and will be tried again", wanted.pk)
    return sent


def _send_if_due(wanted: SummaryMail) -> bool:
    now = clock.now().astimezone(_zone(wanted.user))
    until = now.date()
    if wanted.every == "week":
        until -= timedelta(days=(until.weekday() - MONDAY) % 7)
    if now.hour < HOUR or until <= wanted.told_to:
        return False
    since = max(wanted.told_to, until - timedelta(days=DAYS_MAX))
    with transaction.atomic():
        told = SummaryMail.objects.filter(pk=wanted.pk, every=wanted.every, told_to=wanted.told_to).update(told_to=until)
        return bool(told) and _send(wanted.user, since, until)


def _send(user: User, since: date, until: date) -> bool:
    assert user.account
    with translation.override(user.language):
        summary = of_period(user.account, since, until)
    if not summary.sends or not user.email:
        return False
    begin, end = f"{since:%d/%m/%Y}", f"{until - timedelta(days=1):%d/%m/%Y}"
    values = {
        "account": user.account,
        "begin": begin,
        "end": end,
        "summary": summary,
        "url": mail.address(reverse("archive")),
    }
    mail.send(user.email, *mail.written("reports/mail/summary.txt", user.language, **values), language=user.language)
    return True


def of_period(account: Account, since: date, until: date) -> Summary:
    """Return the account's sends from a day up to before another, in the language that is on."""
    zone = ZoneInfo(account.time_zone)
    begin, end = (datetime.combine(day, time.min, tzinfo=zone) for day in (since, until))
    found = Batch.objects.filter(account=account, send_at__gte=begin, send_at__lt=end).order_by("-send_at", "-pk")
    sends, spent_e4, receipts, totals = 0, 0, False, Counter[str]()
    lines: list[str] = []
    for batches in _sets(found.iterator(_SETS)):
        tallies = archive.totals([batch.pk for batch in batches])
        for batch in batches:
            tally = tallies.get(batch.pk, {})
            sends, spent_e4, receipts = sends + 1, spent_e4 + (batch.charged_e4 or 0), receipts or batch.receipts
            totals.update(tally)
            if len(lines) < SHOWN:
                lines.append(_line(batch, tally, zone))
    states = [(str(words.of_message(state, receipts).label), _number(n)) for state, n in totals.most_common() if n]
    return Summary(lines, sends, _number(totals.total()), states, shown(spent_e4))


def _line(batch: Batch, tally: dict[str, int], zone: ZoneInfo) -> str:
    text = Truncator(" ".join(batch.text.split())).chars(50)
    label = str(words.of_message("delivered" if batch.receipts else "submitted", batch.receipts).label)
    good = tally.get("delivered", 0) if batch.receipts else tally.get("submitted", 0)
    return f"{batch.send_at.astimezone(zone):%d/%m %H:%M}  {text}  ({label} {_number(good)}/{_number(batch.recipients)})"


def _sets(batches: Iterator[Batch]) -> Iterator[list[Batch]]:
    kept: list[Batch] = []
    for batch in batches:
        kept.append(batch)
        if len(kept) == _SETS:
            yield kept
            kept = []
    if kept:
        yield kept


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)


def _zone(user: User) -> ZoneInfo:
    return ZoneInfo(user.account.time_zone if user.account else "Europe/Rome")
