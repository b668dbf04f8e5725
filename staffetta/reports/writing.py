"""Write an ordered report: its sheet into a file of its form, the file into the database in pieces. Runs in a job.

In the database and not in a folder: web and work may run on different machines. Repeating it writes the same report anew.
"""

import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import translation

from staffetta.lib import clock
from staffetta.reports.formats import csvform, pdfform, xlsxform
from staffetta.reports.kinds import KINDS
from staffetta.reports.models import Report, ReportPiece

FORMATS = {"csv": csvform.write, "xlsx": xlsxform.write, "pdf": pdfform.write}
PIECE_BYTES = 2**20
_TELL_EVERY_S = 0.5
_log = logging.getLogger(__name__)


class TakenOver(Exception):
    """The report was deleted, or another job writes it."""


def write(report_id: int) -> None:
    """Write a report that is waiting (or whose writer died); one that is ready or deleted is left as it is."""
    run = _begin(report_id)
    if run is None:
        return
    report = Report.objects.select_related("account").get(pk=report_id)
    try:
        with tempfile.TemporaryDirectory(prefix="staffetta-report-") as folder, translation.override(report.language):
            path = Path(folder) / "report"
            sheet = KINDS[report.kind](report)
            _keep(report, run, title=sheet.title[:200], expected=sheet.expected)
            FORMATS[report.form](sheet, path, _telling(report, run))
            _store(report, run, path, f"{sheet.stem}.{report.form}")
    except TakenOver:
        _log.info("report %s: deleted, or written by another job", report_id)


def _begin(report_id: int) -> int | None:
    changed = Report.objects.filter(pk=report_id, state__in=["waiting", "writing"]).update(state="writing", run=F("run") + 1, rows=0)
    return Report.objects.values_list("run", flat=True).get(pk=report_id) if changed else None


def _keep(report: Report, run: int, **values: object) -> None:
    if not Report.objects.filter(pk=report.pk, run=run, state="writing").update(**values):
        raise TakenOver


def _telling(report: Report, run: int) -> Callable[[int], None]:
    """Return a function that tells the page how many rows are written, twice a second at most."""
    told = time.monotonic()

    def tell(rows: int) -> None:
        nonlocal told
        if rows % 500 == 0 and time.monotonic() - told > _TELL_EVERY_S:
            told = time.monotonic()
            _keep(report, run, rows=rows)

    return tell


@transaction.atomic
def _store(report: Report, run: int, path: Path, name: str) -> None:
    size = path.stat().st_size
    _keep(report, run, state="ready", ready_at=clock.now(), file_name=name, file_bytes=size, rows=F("expected"))
    ReportPiece.objects.filter(report=report).delete()
    with path.open("rb") as file:
        place = 0
        while piece := file.read(PIECE_BYTES):
            ReportPiece.objects.create(report=report, place=place, content=piece)
            place += 1
