"""Statements in the back office: uploaded, matched, decided line by line; and how other files are read."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from staffetta.accounts.models import AuditLine
from staffetta.billing import ledger
from staffetta.billing.models import BankFile, BankLine, StatementMapping
from staffetta.lib.money import CREDIT_E4
from tests.db.money import make_order, pay
from tests.db.office import act, camt, code, entry, office
from tests.db.portal import browser, text

pytestmark = pytest.mark.django_db
ADD = "/office/billing/bankfile/add/"
WAYS = "/office/billing/statementmapping/"


@pytest.fixture(params=["owner", "accounts"])
def client(request):
    return office(request.param)


def upload(client, content: bytes, how: object = "camt053", name: str = "estratto.xml"):
    return client.post(ADD, {"file": SimpleUploadedFile(name, content), "how": how}, follow=True)


def test_a_statement_pays_orders_once(client, people):
    order = make_order(people.account, way="transfer")
    content = camt(entry(order.payable_cents, code(order)), entry(777, "regalo", "Zio"))
    page = text(upload(client, content))
    assert "New lines: 2; known already: 0; paid their orders: 1." in page
    assert "Paid their orders" in page
    assert "Zio" in page
    assert "New lines: 0; known already: 2" in text(upload(client, content))
    assert ledger.wallet(people.account.pk).balance_e4 == 2_000 * CREDIT_E4
    assert "Money that came in without an order" in text(client.get("/office/"))
    file = BankFile.objects.get()
    assert client.get(f"/office/billing/bankfile/{file.pk}/file/").content == content
    assert "Without an order: 1" in text(client.get("/office/billing/bankfile/"))
    assert "Zio" in text(client.get(f"/office/billing/bankline/?file__id__exact={file.pk}&state=unmatched"))


def test_the_forms_are_shown_empty(client):
    for address in (ADD, f"{WAYS}add/", "/office/billing/invoice/sdi/answers/"):
        response = client.get(address)
        assert response.status_code == 200
        assert "This field is required" not in text(response)


def test_a_wrong_file_says_why(client):
    response = upload(client, b"<Document><Altro/></Document>")
    assert response.status_code == 400
    assert "not a booked statement" in text(response)
    assert client.post(ADD, {"how": "camt053"}).status_code == 400
    assert not BankFile.objects.exists()


def test_customers_upload_nothing(people):
    assert browser(people.owner).post(ADD, {"file": SimpleUploadedFile("x.xml", camt()), "how": "camt053"}).status_code == 302
    assert not BankFile.objects.exists()


def proposed(client, people, cents_less: int = 100):
    order = make_order(people.account, way="transfer")
    upload(client, camt(entry(order.payable_cents - cents_less, code(order))))
    return order, BankLine.objects.get()


def test_less_than_is_due_is_accepted_only_with_a_reason(client, people):
    _order, line = proposed(client, people)
    page = text(client.get(f"/office/billing/bankline/{line.pk}/change/"))
    for said in ("€90.50", "€91.50", "€1.00 are missing", "The proposed order"):
        assert said in page
    response = act(client, "bankline", line.pk, "accept", reason="")
    assert response.status_code == 400
    assert "write the reason" in text(response)
    assert act(client, "bankline", line.pk, "accept", reason="spese bancarie").status_code == 302
    assert ledger.wallet(people.account.pk).balance_e4 == 2_000 * CREDIT_E4
    assert AuditLine.objects.get(action="accept line").reason == "spese bancarie"
    assert act(client, "bankline", line.pk, "accept", reason="spese bancarie").status_code == 400


def test_a_line_is_assigned_to_the_order_that_was_searched_for(client, people):
    order = make_order(people.account, way="transfer")
    make_order(people.other_account, key="other", way="transfer")
    upload(client, camt(entry(order.payable_cents, "senza codice", "Sconosciuto")))
    line = BankLine.objects.get()
    response = act(client, "bankline", line.pk, "assign", order="nessuno di noi", reason="")
    assert response.status_code == 400
    assert "nessuno di noi" in text(response)
    assert act(client, "bankline", line.pk, "assign", order="bruni", reason="").status_code == 302
    line.refresh_from_db()
    assert (line.state, line.order) == ("matched", order)


def test_money_for_a_paid_order_is_surplus_and_said_so(client, people):
    order, line = proposed(client, people)
    pay(order)
    assert "become surplus" in text(client.get(f"/office/billing/bankline/{line.pk}/change/"))
    response = client.post(f"/office/billing/bankline/{line.pk}/do/accept/", {"accept-reason": ""}, follow=True)
    assert "as surplus" in text(response)
    assert ledger.wallet(people.account.pk).balance_e4 == 2_000 * CREDIT_E4


def test_a_line_is_set_aside_with_a_reason_and_may_be_assigned_later(client, people):
    order, line = proposed(client, people, 0 - 50)
    assert act(client, "bankline", line.pk, "aside", reason="").status_code == 400
    assert act(client, "bankline", line.pk, "aside", reason="rimborso del fornitore").status_code == 302
    assert "to be confirmed" not in text(client.get("/office/"))
    assert act(client, "bankline", line.pk, "assign", order=str(order.pk), reason="").status_code == 302
    line.refresh_from_db()
    assert line.state == "matched"


CSV = "Data;Importo;Causale;Ordinante\n20/11/2026;91,50;{code};BRUNI\n31/02/2026;1,00;x;y\n20/11/2026;-5,00;spese;banca\n"
TYPED = {
    "name": "Banca del Borgo",
    "source": "bank",
    "kind": "csv",
    "encoding": "utf-8",
    "delimiter": ";",
    "skip_lines": "0",
    "date_format": "%d/%m/%Y",
    "decimals": "comma",
    "column_date": "Data",
    "column_amount": "2",
    "column_reason": "Causale",
    "column_payer": "Ordinante",
}


def test_a_way_to_read_is_tried_kept_and_used(client, people):
    order = make_order(people.account, way="transfer")
    content = CSV.format(code=code(order)).encode()
    page = text(client.post(f"{WAYS}add/", TYPED | {"preview": "1", "sample": SimpleUploadedFile("a.csv", content)}))
    for said in ("Preview", "BRUNI", "€91.50", "No date that can be read: “31/02/2026”.", 'value="Banca del Borgo"'):
        assert said in page
    assert not StatementMapping.objects.exists()
    assert client.post(f"{WAYS}add/", TYPED).status_code == 302
    mapping = StatementMapping.objects.get()
    assert mapping.fields == {"date": "Data", "amount": 2, "reason": "Causale", "payer": "Ordinante"}
    assert "paid their orders: 1" in text(upload(client, content, mapping.pk, "a.csv"))
    assert "31/02/2026" in text(client.get(f"/office/billing/bankfile/{BankFile.objects.get().pk}/change/"))
    client.post(f"{WAYS}{mapping.pk}/change/", TYPED | {"column_payer": ""})
    mapping.refresh_from_db()
    assert "payer" not in mapping.fields


def test_a_fixed_width_way_is_kept_with_its_places(client):
    fixed = TYPED | {"kind": "fixed", "source": "post", "from_date": "1", "length_date": "6", "from_amount": "7", "length_amount": "10"}
    assert client.post(f"{WAYS}add/", fixed | {"date_format": "%d%m%y", "decimals": "cents"}).status_code == 302
    assert StatementMapping.objects.get().fields == {"date": {"from": 1, "length": 6}, "amount": {"from": 7, "length": 10}}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"column_amount": ""}, "The column of the amount is missing"),
        ({"date_format": "%d/%m"}, "does not name day, month and year"),
        ({"kind": "fixed", "from_date": "1", "length_date": "6", "from_amount": "7"}, "The place of the amount is not right"),
        ({"preview": "1"}, "Choose a sample file"),
        ({"preview": "1", "column_date": "Giorno", "sample": CSV}, "It has no column “Giorno”"),
    ],
)
def test_a_wrong_way_to_read_says_what_is_wrong_and_keeps_what_was_typed(client, wrong, sentence):
    sample = {"sample": SimpleUploadedFile("a.csv", wrong["sample"].encode())} if "sample" in wrong else {}
    response = client.post(f"{WAYS}add/", TYPED | wrong | sample)
    assert response.status_code == 400
    assert sentence in text(response)
    assert "Banca del Borgo" in text(response)
    assert not StatementMapping.objects.exists()
