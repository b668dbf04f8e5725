"""REST: credit, movements, types with prices, and reports of batches."""

import pytest

from staffetta.billing import ledger
from staffetta.messaging import offer
from staffetta.reports.jobs import write_report
from staffetta.reports.models import Report
from tests.db.portal import sent
from tests.db.rest import owner, read, refused, stranger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_offer():
    offer.forget()
    yield
    offer.forget()


def test_movements_are_listed_a_page_at_a_time(people):
    for n in range(3):
        ledger.credit(people.account.pk, 10_000 * (n + 1), "adjustment", f"k{n}", f"Motivo {n}")
    program = owner(people)
    found = program.everything("/movements?limit=2")
    assert [each["credits"] for each in found] == ["3.0000", "2.0000", "1.0000", "1000.0000"]
    assert (found[0]["reason"], found[0]["balance_after"], found[0]["created_at"][-1]) == ("Motivo 2", "1006.0000", "Z")
    assert len(program.everything("/movements?kind=grant")) == 1
    assert stranger(people).everything("/movements") == []


def test_credit_is_the_accounts_own(people):
    assert read(stranger(people).get("/credit"))["available"] == "0.0000"


def test_types_have_prices(people):
    types = {each["name"]: each for each in owner(people).everything("/types?limit=1")}
    assert {"prefix": "+39", "credits": "1.6000"} in types["PRO con notifica"]["prices"]
    assert types["PRO con notifica"]["receipts"] is True


@pytest.mark.parametrize(("form", "kind"), [("csv", "text/csv"), ("xlsx", "application/vnd"), ("pdf", "application/pdf")])
def test_a_report_is_ordered_and_taken(people, connector, form, kind):
    program, batch = owner(people), sent(people, connector)
    report = read(program.post("/reports", {"batch": str(batch.pk), "form": form, "states": ["delivered"]}), 202)
    assert (report["state"], report["file_name"], report["batch"]) == ("waiting", None, str(batch.pk))
    refused(program.get(f"/reports/{report['id']}/file"), 404, "not_found")
    write_report(report["id"])
    ready = read(program.get(f"/reports/{report['id']}"))
    assert (ready["state"], ready["percent"]) == ("ready", 100)
    file = program.get(f"/reports/{report['id']}/file")
    content = b"".join(file.streaming_content)
    assert file.headers["Content-Type"].startswith(kind)
    assert ready["file_name"] in file.headers["Content-Disposition"]
    assert len(content) == ready["file_bytes"]
    assert form != "csv" or content.count(b"+39333") == 3
    assert [each["id"] for each in program.everything("/reports?limit=1")] == [report["id"]]
    refused(owner(people, "read").call("delete", f"/reports/{report['id']}"), 403, "scope_missing")
    assert program.call("delete", f"/reports/{report['id']}").status_code == 204
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"batch": 1}, {"batch": "x"}, {"batch": "0"}, {"batch": "9" * 19}, {"form": "doc"}, {"states": ["nix"]}, {"nix": 1}]
)
def test_a_bad_order_is_refused(people, connector, fields):
    assert owner(people).post("/reports", {"batch": str(sent(people, connector).pk)} | fields).status_code == 422
    assert not Report.objects.exists()


def test_another_accounts_reports_are_hidden(people, connector):
    batch = sent(people, connector)
    report = read(owner(people).post("/reports", {"batch": str(batch.pk)}), 202)["id"]
    program = stranger(people)
    refused(program.post("/reports", {"batch": str(batch.pk)}), 404, "not_found")
    refused(program.get(f"/reports/{report}"), 404, "not_found")
    refused(program.get(f"/reports/{report}/file"), 404, "not_found")
    refused(program.call("delete", f"/reports/{report}"), 404, "not_found")
    assert program.everything("/reports") == []


def test_files_with_peoples_data_are_not_taken_as_reports(people):
    contacts = Report.objects.create(account=people.account, kind="contacts", form="csv", language="it", state="ready")
    refused(owner(people).get(f"/reports/{contacts.pk}"), 404, "not_found")
