"""Invoices in the back office: looked at, handed to SDI, its answers taken in, a rejected one written again."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from staffetta.accounts.models import AuditLine
from staffetta.billing.models import Invoice, SdiAnswer
from tests.db.invoicing import answer, invoiced
from tests.db.office import act, office
from tests.db.portal import browser, text

pytestmark = pytest.mark.django_db
SDI = "/office/billing/invoice/sdi/"


@pytest.fixture(params=["owner", "accounts"])
def client(request):
    return office(request.param)


def upload(client, *files: tuple[str, bytes]):
    return client.post(f"{SDI}answers/", {"answers": [SimpleUploadedFile(name, content) for name, content in files]})


def test_it_works(client, people):
    invoice = invoiced(people.account)
    page = text(client.get(f"/office/billing/invoice/{invoice.pk}/change/"))
    for said in ("Ferramenta Bruni S.r.l.", "€75.00", "€91.50", invoice.xml_name, "To be sent"):
        assert said in page
    assert "Issue again" not in page
    assert invoice.shown_number in text(client.get("/office/billing/invoice/?state=issued&kind__exact=invoice"))
    for kind, start in (("pdf", b"%PDF"), ("xml", b"<?xml")):
        response = client.get(f"/office/billing/invoice/{invoice.pk}/file/{kind}/")
        assert response.content.startswith(start)
        assert response.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/office/billing/invoice/{invoice.pk}/file/exe/").status_code == 404


def test_it_requires_staff(people):
    invoice = invoiced(people.account)
    client = browser(people.owner)
    for address in (
        f"{SDI}to-send/",
        f"{SDI}to-send/zip/?id={invoice.pk}",
        f"{SDI}answers/",
        f"/office/billing/invoice/{invoice.pk}/file/xml/",
    ):
        assert client.get(address).status_code == 302
    assert client.post(f"{SDI}to-send/", {"id": invoice.pk}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.state == "issued"


def test_invoices_are_handed_over_and_marked_as_sent(client, people):
    first, second = (invoiced(people.account, key) for key in "ab")
    page = text(client.get(f"{SDI}to-send/"))
    assert f'value="{first.pk}"' in page
    packed = zipfile.ZipFile(io.BytesIO(client.get(f"{SDI}to-send/zip/", {"id": [first.pk, second.pk, "x"]}).content))
    assert packed.namelist() == [first.xml_name, second.xml_name]
    assert "No invoice was marked" in text(client.post(f"{SDI}to-send/", {}, follow=True))
    assert "1 invoice is marked as sent." in text(client.post(f"{SDI}to-send/", {"id": [first.pk, "x", 10**9]}, follow=True))
    assert [Invoice.objects.get(pk=each.pk).state for each in (first, second)] == ["sent", "issued"]
    assert AuditLine.objects.get(action="send invoice").after == {"state": "sent", "file": first.xml_name}
    assert "cannot be marked as sent" in text(client.post(f"{SDI}to-send/", {"id": first.pk}, follow=True))
    assert act(client, "invoice", second.pk, "sent").status_code == 302
    assert "Nothing to send" in text(client.get(f"{SDI}to-send/"))


def test_answers_are_taken_in_and_their_errors_told(client, people):
    invoice, other = (invoiced(people.account, key) for key in "ab")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("RC.xml", answer("RC", other))
    page = text(upload(client, ("NS.xml", answer("NS", invoice)), ("a.zip", packed.getvalue()), ("x.xml", b"niente")))
    told = SdiAnswer.objects.get(kind="NS").told[0]
    assert told["code"] in page
    assert "is not an answer of the exchange system" in page
    assert [Invoice.objects.get(pk=each.pk).state for each in (invoice, other)] == ["rejected", "delivered"]
    assert "Invoices that SDI rejected" in text(client.get("/office/"))
    assert told["code"] in text(client.get(f"/office/billing/invoice/{invoice.pk}/change/"))
    assert "known already" in text(upload(client, ("NS.xml", answer("NS", invoice))))
    kept = SdiAnswer.objects.get(kind="NS")
    assert client.get(f"{SDI}answers/{kept.pk}/").content == answer("NS", invoice)
    assert upload(client).status_code == 400


def test_an_answer_to_nobody_waits_in_the_queue(client, people):
    invoice = invoiced(people.account)
    content = answer("RC", invoice).replace(invoice.xml_name.encode(), b"IT99999999999_zzzzz.xml")
    assert "No invoice of ours" in text(upload(client, ("RC.xml", content)))
    assert "belong to no invoice" in text(client.get("/office/"))


def test_a_rejected_invoice_is_issued_again(client, people):
    invoice = invoiced(people.account)
    assert act(client, "invoice", invoice.pk, "again").status_code == 400
    upload(client, ("NS.xml", answer("NS", invoice)))
    assert act(client, "invoice", invoice.pk, "again").status_code == 302
    again = Invoice.objects.get()
    assert (again.state, again.attempt, again.shown_number) == ("issued", 2, invoice.shown_number)
    assert again.xml_name != invoice.xml_name
