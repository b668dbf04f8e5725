"""The report of a lookup: every number with its operator, whether it was ported and can be reached, and what it cost. Reads only."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from staffetta.lib.money import CREDIT_E4, shown
from staffetta.lookup import results, words
from staffetta.lookup.models import LookupBatch, LookupResult
from staffetta.lookup.results import Filter
from staffetta.lookup.states import RESULT_STATES
from staffetta.reports.models import Report
from staffetta.reports.sheet import Cell, Column, Sheet

_FILTERS = ("state", "reach", "operator", "ported", "number")
_CHUNK = 2_000


def sheet(report: Report) -> Sheet:
    """Return a lookup's report; `values` may name what to filter by. Raises LookupBatch.DoesNotExist.

    The words are looked up before the first row: what runs later has no language any more.
    """
    batch = LookupBatch.objects.select_related("account").get(pk=report.subject or 0, account_id=report.account_id)
    found = results.filtered(batch, Filter(**{name: str(report.values.get(name, "")) for name in _FILTERS}))
    labels = {(state, reach): str(words.of_result(state, reach).label) for state in RESULT_STATES for reach in words.REACH}
    given = [name for name in _FILTERS if report.values.get(name)]
    left = [] if given else [(str(each["written"]), words.left_out(each["code"])) for each in batch.reasons]
    columns = [
        Column(_("Number"), 16, 3), Column(_("State"), 20, 4), Column(_("Present operator"), 18, 3), Column("MCC", 6), Column("MNC", 6),
        Column(_("Original operator"), 18, 3), Column(_("Moved to another operator"), 12, 2), Column(_("Asked at"), 19, 4),
        Column(_("From kept results"), 12), Column(_("Credits"), 9, 2), Column(_("Reason"), 40),
    ]  # fmt: skip
    return Sheet(
        title=_("Number check: %(name)s") % {"name": batch.name or _("pasted numbers")},
        stem=_("number-check-%(n)s") % {"n": batch.pk},
        columns=columns,
        rows=chain(
            _rows(found, labels, {True: _("yes"), False: _("no"), None: ""}, ZoneInfo(batch.account.time_zone)),
            _left_out(left, str(pgettext("number", "left out"))),
        ),
        expected=found.count() + len(left),
        facts=[(_("Numbers"), str(batch.count)), (_("Credits"), shown(batch.charged_e4))],
    )


def _rows(
    found: "QuerySet[LookupResult]", labels: dict[tuple[str, str], str], said: dict[bool | None, str], zone: ZoneInfo
) -> Iterator[list[Cell]]:
    for one in found.iterator(chunk_size=_CHUNK):
        yield [
            one.number, labels[one.state, one.reach or ""], one.operator, one.mcc, one.mnc, one.original_operator, said[one.ported],
            one.answered_at.astimezone(zone) if one.answered_at else None, said[one.reused] if one.state == "answered" else "",
            Decimal(one.cost_e4) / CREDIT_E4, words.cause(one),
        ]  # fmt: skip


def _left_out(left: list[tuple[str, str]], label: str) -> Iterator[list[Cell]]:
    """Yield the numbers that were not asked for, as many as are kept, with why."""
    for written, why in left:
        yield [written, label, "", "", "", "", "", None, "", Decimal(0), why]
