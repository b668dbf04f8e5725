"""The statement of an account's credit as a file. Reads only."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from staffetta.billing import statement
from staffetta.billing.models import Entry
from staffetta.billing.statement import Wanted
from staffetta.lib.money import CREDIT_E4
from staffetta.messaging import movements
from staffetta.reports.models import Report
from staffetta.reports.sheet import Cell, Column, Sheet

_PAGE = 1_000


def sheet(report: Report) -> Sheet:
    """Return the movements, newest first; `values`: only (a kind), since, until (ISO) as the page was filtered."""
    given = report.values
    wanted = Wanted(given.get("only", ""), _moment(given.get("since")), _moment(given.get("until")))
    found = statement.entries(report.account_id, wanted)
    columns = [
        Column(_("When"), 19, 3),
        Column(_("Movement"), 16, 3),
        Column(_("For what"), 60, 9),
        Column(_("Credits"), 12, 2),
        Column(_("Balance"), 12, 2),
    ]
    labels = {kind: str(label) for kind, label in statement.KINDS.items()}
    return Sheet(
        title=_("Credit movements"),
        stem=_("movements"),
        columns=columns,
        rows=_rows(report.account_id, found.order_by("-pk"), labels, ZoneInfo(report.account.time_zone)),
        expected=found.count(),
    )


def _rows(account_id: int, found: QuerySet[Entry], labels: dict[str, str], zone: ZoneInfo) -> Iterator[list[Cell]]:
    before = 2**63 - 1
    while page := list(found.filter(pk__lt=before)[:_PAGE]):
        sends = movements.sends(account_id, page)
        for entry in page:
            batch = sends.get(entry.pk)
            about = Truncator(" ".join(batch.text.split())).chars(120) if batch else entry.reason
            credits, balance = (Decimal(value) / CREDIT_E4 for value in (entry.amount_e4, entry.balance_after_e4))
            yield [entry.created_at.astimezone(zone), labels[entry.kind], about, credits, balance]
        before = page[-1].pk


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
