"""Reports of batches: order one, see how far it is, take the file, delete it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field as Limits

from staffetta.api.errors import NotFound
from staffetta.api.rest.cursors import LIMIT, Cursor, Limit, Page, first, page
from staffetta.api.rest.messages import State
from staffetta.api.rest.shapes import Given, Id, caller, own
from staffetta.messaging import archive
from staffetta.messaging.models import Batch
from staffetta.messaging.states import MESSAGE_STATES
from staffetta.reports import ordering
from staffetta.reports.models import Report

router = Router()
KIND = "send"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


class ReportShown(Schema):
    """A report: `waiting`, `writing`, `ready` (then it has a file) or `failed`."""

    id: int
    batch: str
    form: Literal["xlsx", "csv", "pdf"]
    state: Literal["waiting", "writing", "ready", "failed"]
    percent: int
    file_name: str | None
    file_bytes: int | None
    created_at: datetime


class NewReport(Given):
    """Of which batch, in which form; `states` names the messages to keep, none for all."""

    batch: Annotated[str, Limits(pattern=r"^[1-9][0-9]{0,17}$")]
    form: Literal["xlsx", "csv", "pdf"] = "xlsx"
    states: Annotated[list[State], Limits(max_length=10)] = []


def _shown(report: Report) -> dict[str, Any]:
    ready = report.state == "ready"
    return {
        "id": report.pk,
        "batch": str(report.subject),
        "form": report.form,
        "state": report.state,
        "percent": report.percent,
        "file_name": report.file_name if ready else None,
        "file_bytes": report.file_bytes if ready else None,
        "created_at": report.created_at,
    }


def _own(request: HttpRequest, report_id: int) -> Report:
    who, _key = caller(request)
    who.must("read")
    found: Report = own(Report.objects.filter(kind=KIND), who, _("report"), pk=report_id)
    return found


@router.get("/reports", response=Page[ReportShown], operation_id="listReports", summary="List reports")
def listed(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """List the reports of the last week, the newest first."""
    who, _key = caller(request)
    who.must("read")
    found = Report.objects.filter(account_id=who.account_id, kind=KIND).order_by("-pk")
    if before := first(cursor):
        found = found.filter(pk__lt=before)
    reports = list(found[: limit + 1])
    return page([_shown(report) for report in reports[:limit]], reports[limit - 1].pk if len(reports) > limit else None)


@router.post("/reports", response={202: ReportShown}, operation_id="createReport", summary="Order a report")
def create(request: HttpRequest, given: NewReport) -> dict[str, Any]:
    """Have the report of a batch written; it is ready a moment later, and kept for a week."""
    who, _key = caller(request)
    who.must("read")
    batch = own(Batch.objects.all(), who, _("batch"), pk=int(given.batch))
    states = [state for state in MESSAGE_STATES if state in given.states]
    tally = archive.totals([batch.pk]).get(batch.pk, {})
    expected = sum(tally.get(state, 0) for state in states or MESSAGE_STATES)
    return _shown(
        ordering.order(who.account_id, who.user_id or None, KIND, given.form, get_language() or "it", expected, batch.pk, states=states)
    )


@router.get("/reports/{report_id}", response=ReportShown, operation_id="getReport", summary="Read a report's state")
def read(request: HttpRequest, report_id: Id) -> dict[str, Any]:
    """Return how far a report is."""
    return _shown(_own(request, report_id))


@router.get("/reports/{report_id}/file", operation_id="getReportFile", summary="Take a report's file")
def file(request: HttpRequest, report_id: Id) -> StreamingHttpResponse:
    """Return the file of a report that is ready."""
    report = _own(request, report_id)
    if report.state != "ready":
        raise NotFound(what=_("file that is ready"))
    response = StreamingHttpResponse(ordering.content(report), content_type=TYPES[report.form])
    response["Content-Disposition"] = f'attachment; filename="{report.file_name}"'
    response["Content-Length"] = str(report.file_bytes)
    return response


@router.delete("/reports/{report_id}", response={204: None}, operation_id="deleteReport", summary="Delete a report")
def delete(request: HttpRequest, report_id: Id) -> None:
    """Delete a report with its file. Whoever only reads may not: it may be somebody else's."""
    caller(request)[0].must("send")
    ordering.delete(_own(request, report_id))
