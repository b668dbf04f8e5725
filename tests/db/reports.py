"""Reports in tests: ordered through the page, written as the job would, and read back."""

import csv
import io

from django.test import Client

from staffetta.messaging.models import Batch
from staffetta.reports import ordering, writing
from staffetta.reports.models import Report
from tests.db.portal import text


def ordered(client: Client, batch: Batch, form: str = "csv", **fields: object) -> Report:
    """Ask for a send's report on its page."""
    response = client.post(f"/reports/of-send/{batch.pk}/", {"form": form, **fields})
    assert response.status_code == 302, text(response)
    return Report.objects.get(pk=int(response.headers["Location"].strip("/").rpartition("/")[2]))


def written(report: Report) -> bytes:
    """Do what the job does; return the file."""
    writing.write(report.pk)
    report.refresh_from_db()
    assert report.state == "ready"
    return b"".join(ordering.content(report))


def report_table(client: Client, batch: Batch, **fields: object) -> list[list[str]]:
    """Return the rows of a send's CSV."""
    content = written(ordered(client, batch, **fields)).decode()
    assert content[0] == "\ufeff"
    return list(csv.reader(io.StringIO(content[1:]), delimiter=";"))
