"""The report of a send: every recipient with state, times and reason in words. Reads only."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from staffetta.lib.money import CREDIT_E4, shown
from staffetta.messaging import archive, words
from staffetta.messaging.archive import Row
from staffetta.messaging.models import Batch
from staffetta.messaging.settle import cost_e4
from staffetta.messaging.states import MESSAGE_STATES
from staffetta.reports.models import Report
from staffetta.reports.sheet import Cell, Column, Share, Sheet

_ORDER = ("delivered", "submitted", "queued", "uncertain", "undelivered", "expired", "rejected", "failed", "lapsed", "cancelled")


def sheet(report: Report) -> Sheet:
    """Return a send's report; `values` may name the states to keep. Raises Batch.DoesNotExist.

    The words are looked up before the first row: what runs later has no language any more.
    """
    batch = Batch.objects.select_related("account", "type").get(pk=report.subject or 0, account_id=report.account_id)
    zone = ZoneInfo(batch.account.time_zone)
    states = [state for state in report.values.get("states", []) if state in MESSAGE_STATES]
    tally = archive.totals([batch.pk]).get(batch.pk, {})
    labels = {state: str(words.of_message(state, batch.receipts).label) for state in MESSAGE_STATES}
    columns = [
        Column(_("Number"), 16, 3), Column(_("Name"), 16, 3), Column(_("Surname"), 16, 3), Column(_("State"), 16, 3), Column(_("Sent at"), 19),
        Column(_("Delivered at"), 19, 4), Column(_("Ended at"), 19), Column(_("Parts"), 7, 1), Column(_("Credits"), 9, 2),
        Column(_("Attempts"), 9), Column(_("Reason"), 30, 6), Column(_("Text"), 60),
    ]  # fmt: skip
    if batch.link_id:
        columns.append(Column(_("Link opened at"), 19, 4))
    return Sheet(
        title=Truncator(" ".join(batch.text.split())).chars(90),
        stem=_("report-%(n)s") % {"n": batch.pk},
        columns=columns,
        rows=_rows(batch, states, labels, {code: str(words.cause(code)) for code in words.known_causes()}, str(words.OTHER_CAUSE), zone),
        expected=sum(tally.get(state, 0) for state in states or MESSAGE_STATES),
        facts=_facts(batch, zone),
        shares=[Share(labels[state], tally[state], words.of_message(state, batch.receipts).tone) for state in _ORDER if tally.get(state)],
    )


def _facts(batch: Batch, zone: ZoneInfo) -> list[tuple[str, str]]:
    spent_e4 = batch.charged_e4 if batch.charged_e4 is not None else batch.credits_e4
    return [
        (_("Left at"), batch.send_at.astimezone(zone).strftime("%d/%m/%Y %H:%M")),
        (_("Sender"), batch.sender),
        (_("Type of SMS"), batch.type.name),
        (_("State"), str(words.of_batch(batch).label)),
        (_("Credits"), shown(spent_e4)),
    ]


def _rows(
    batch: Batch, states: list[str], labels: dict[str, str], causes: dict[str, str], unknown: str, zone: ZoneInfo
) -> Iterator[list[Cell]]:
    for row in archive.report(batch, states or None):
        reason = ""
        if row.error and row.state != "delivered":
            reason = causes.get(row.error, unknown % {"code": row.error})
        cells: list[Cell] = [
            row.number, row.name, row.surname, labels[row.state], _local(row.submitted_at, zone), _local(_delivered_at(row), zone),
            _local(row.ended_at, zone), row.parts, Decimal(cost_e4(row.state, row.cost_e4)) / CREDIT_E4, row.attempts, reason, row.text,
        ]  # fmt: skip
        yield [*cells, _local(row.clicked_at, zone)] if batch.link_id else cells


def _delivered_at(row: Row) -> datetime | None:
    return row.ended_at if row.state == "delivered" else None


def _local(when: datetime | None, zone: ZoneInfo) -> datetime | None:
    return when.astimezone(zone) if when else None
