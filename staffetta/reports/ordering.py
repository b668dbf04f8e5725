"""Order a report, delete it, read its file. Knows no rows and no formats' insides."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from staffetta.reports.errors import TooLongForPaper, TooManyReports, UnknownReport
from staffetta.reports.formats import pdfform
from staffetta.reports.kinds import KINDS
from staffetta.reports.models import Report, ReportPiece

FORMS = ("xlsx", "csv", "pdf")
WRITE_JOB = "staffetta.reports.jobs.write_report"
WAITING_MAX = 10  # of one account


@transaction.atomic
def order(
    account_id: int, user_id: int | None, kind: str, form: str, language: str, expected: int, subject: int | None = None, **values: Any
) -> Report:
    """Have a report written by a job and return it at once; one like it that is not ready yet is returned instead.

    `expected`: how many rows it will have, as far as is known. Raises UnknownReport, TooLongForPaper, TooManyReports.
    """
    if kind not in KINDS or form not in FORMS:
        raise UnknownReport(kind=f"{kind}.{form}")
    if form == "pdf" and expected > pdfform.ROWS_MAX:
        raise TooLongForPaper(rows=expected, rows_max=pdfform.ROWS_MAX)
    wanted = {"kind": kind, "form": form, "language": language, "subject": subject, "values": values}
    waiting = Report.objects.filter(account_id=account_id, state__in=["waiting", "writing"])
    if same := waiting.filter(**wanted).first():
        return same
    if waiting.count() >= WAITING_MAX:
        raise TooManyReports(waiting_max=WAITING_MAX)
    report = Report.objects.create(account_id=account_id, user_id=user_id, expected=expected, **wanted)
    app.configure_task(WRITE_JOB).defer(report_id=report.pk)
    return report


def content(report: Report) -> Iterator[bytes]:
    """Yield the file, a piece at a time."""
    for place in ReportPiece.objects.filter(report=report).order_by("place").values_list("place", flat=True):
        yield bytes(ReportPiece.objects.values_list("content", flat=True).get(report=report, place=place))


def delete(report: Report) -> None:
    """Delete a report; a job that is writing it notices and ends."""
    report.delete()
