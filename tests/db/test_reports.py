"""Reports: ordered, written as CSV, Excel and PDF, taken, deleted; no report is left lying."""

import io
from datetime import timedelta

import openpyxl
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from staffetta.lib import clock
from staffetta.messaging.models import Message
from staffetta.reports import jobs, writing
from staffetta.reports.formats import pdfform, xlsxform
from staffetta.reports.models import Report, ReportPiece
from tests.db.portal import HTMX, accepted, asks_for_login, browser, hides_from, sent, text
from tests.db.reports import ordered, report_table, written
from tests.people import People, make_connector, make_group, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def connector():
    return make_connector()


@pytest.fixture
def client(people):
    return browser(people.owner)


def test_it_works(client, people, connector):
    report = ordered(client, sent(people, connector), "xlsx")
    page = f"/reports/{report.pk}/"
    assert "waits for its turn" in text(client.get(page))
    assert client.get(f"{page}file").status_code == 404
    content = written(report)
    assert "The file is ready" in text(client.get(page, headers=HTMX))
    response = client.get(f"{page}file")
    assert b"".join(response.streaming_content) == content
    assert int(response.headers["Content-Length"]) == len(content)
    assert f"{page}file" in text(client.get("/reports/"))
    client.post(f"{page}delete/")
    assert (Report.objects.count(), ReportPiece.objects.count()) == (0, 0)


def test_it_requires_login(client, people, connector):
    batch = sent(people, connector)
    report = ordered(client, batch)
    assert asks_for_login(f"/reports/{report.pk}/")
    assert asks_for_login(f"/reports/{report.pk}/file")
    assert asks_for_login(f"/reports/of-send/{batch.pk}/", "post")


def test_it_hides_other_accounts(client, people, connector):
    batch = sent(people, connector)
    report = ordered(client, batch)
    written(report)
    assert hides_from(people.stranger, f"/reports/of-send/{batch.pk}/", "post")
    for address in ("", "file"):
        assert hides_from(people.stranger, f"/reports/{report.pk}/{address}")
    assert hides_from(people.stranger, f"/reports/{report.pk}/delete/", "post")
    assert f"/reports/{report.pk}/" not in text(browser(people.stranger).get("/reports/"))


def test_excel_gets_numbers_as_text_and_times_as_times(people, connector):
    people.account.time_zone = "Asia/Tokyo"
    people.account.save()
    batch = sent(people, connector, size=2)
    Message.objects.filter(batch=batch).update(ended_at="2026-07-01T22:00:05Z")
    content = written(ordered(browser(people.owner, "it"), batch, "xlsx"))
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()]
    assert rows[0][:4] == ["Numero", "Nome", "Cognome", "Stato"]
    assert rows[1][:4] == ["+393330000001", "Nome0", "Rossi", "consegnato"]
    assert rows[1][5].isoformat() == "2026-07-02T07:00:05"
    assert rows[1][8] == 1.6
    assert len(rows) == 3


def test_cells_that_begin_like_a_formula_are_text_in_excel(client, people, connector):
    group = make_group(people.account, 1, "Altri", 3350000000)
    group.contacts.update(name="=HYPERLINK()", surname="https://x.it")
    batch = sent(people, connector, size=1, groups=(group.pk,))
    sheet = openpyxl.load_workbook(io.BytesIO(written(ordered(client, batch, "xlsx")))).active
    assert [sheet["B2"].data_type, sheet["C2"].data_type, sheet["C2"].hyperlink] == ["s", "s", None]


def test_more_rows_than_a_worksheet_holds_go_on_in_the_next(client, people, connector, monkeypatch):
    monkeypatch.setattr(xlsxform, "ROWS_MAX", 2)
    book = openpyxl.load_workbook(io.BytesIO(written(ordered(client, sent(people, connector, size=5), "xlsx"))))
    assert [len(list(sheet.iter_rows())) for sheet in book.worksheets] == [3, 3, 2]


def test_a_pdf_goes_over_pages(client, people, connector):
    few = written(ordered(client, sent(people, connector, size=3, text="Ciao 🎉 {nome}"), "pdf"))
    many = written(ordered(client, sent(people, connector, size=90, name="Altri", first=3370000000), "pdf"))
    assert few.startswith(b"%PDF-")
    assert few.count(b"/Type /Page\n") < many.count(b"/Type /Page\n")


def test_a_pdf_that_nobody_could_hold_is_refused(client, people, connector, monkeypatch):
    monkeypatch.setattr(pdfform, "ROWS_MAX", 2)
    batch = sent(people, connector, size=3)
    page = text(client.post(f"/reports/of-send/{batch.pk}/", {"form": "pdf"}, follow=True))
    assert "A PDF has at most 2 lines, and this would have 3" in page
    assert "There is no report" in text(client.post(f"/reports/of-send/{batch.pk}/", {"form": "doc"}, follow=True))
    assert not Report.objects.exists()


def test_only_the_states_asked_for(client, people, connector):
    batch = sent(people, connector, size=3)
    Message.objects.filter(pk=batch.first_id).update(state="undelivered")
    assert [row[3] for row in report_table(client, batch, state="undelivered")[1:]] == ["not delivered"]


def test_a_report_without_rows_has_its_header(client, people, connector):
    batch = accepted(people)  # nobody is written down yet
    assert len(report_table(client, batch)) == 1
    sheet = openpyxl.load_workbook(io.BytesIO(written(ordered(client, batch, "xlsx")))).active
    assert len(list(sheet.iter_rows())) == 1


def test_the_same_report_is_not_written_twice_at_once(client, people, connector):
    batch = sent(people, connector)
    first = ordered(client, batch)
    assert ordered(client, batch).pk == first.pk
    assert ordered(client, batch, "xlsx").pk != first.pk
    written(first)
    assert ordered(client, batch).pk != first.pk


def test_so_many_at_once_and_no_more(client, people, connector, monkeypatch):
    monkeypatch.setattr("staffetta.reports.ordering.WAITING_MAX", 1)
    batch = sent(people, connector)
    ordered(client, batch)
    page = text(client.post(f"/reports/of-send/{batch.pk}/", {"form": "xlsx"}, follow=True))
    assert "1 files are being written for you already" in page


def test_a_writer_that_was_overtaken_writes_nothing(client, people, connector):
    report = ordered(client, sent(people, connector))
    run = writing._begin(report.pk)
    assert run is not None
    writing._begin(report.pk)
    with pytest.raises(writing.TakenOver):
        writing._keep(report, run, rows=1)


def test_a_report_deleted_while_it_is_written_ends_quietly(client, people, connector):
    report = ordered(client, sent(people, connector))
    pk = report.pk
    report.delete()
    writing.write(pk)
    assert not ReportPiece.objects.exists()


def test_a_report_that_no_job_writes_any_more_has_failed(client, people, connector):
    report = ordered(client, sent(people, connector))
    jobs.give_up_reports(0)
    report.refresh_from_db()
    assert report.state == "waiting"
    ProcrastinateJob.objects.all().delete()
    jobs.give_up_reports(0)
    assert "could not be written" in text(client.get(f"/reports/{report.pk}/"))


def test_old_reports_are_deleted(client, people, connector):
    report = ordered(client, sent(people, connector))
    written(report)
    jobs.delete_old_reports(0)
    assert Report.objects.exists()
    Report.objects.update(created_at=clock.now() - timedelta(days=8))
    jobs.delete_old_reports(0)
    assert not ReportPiece.objects.exists()


def test_who_may_only_look_deletes_no_file_of_others(client, people, connector):
    report = ordered(client, sent(people, connector))
    type(people.colleague).objects.filter(pk=people.colleague.pk).update(role="reader")
    reader = browser(people.colleague)
    assert reader.post(f"/reports/{report.pk}/delete/").status_code == 404
    own = ordered(reader, sent(people, connector, name="Altri", first=3370000000))
    assert reader.post(f"/reports/{own.pk}/delete/").status_code == 302
    assert list(Report.objects.all()) == [report]
