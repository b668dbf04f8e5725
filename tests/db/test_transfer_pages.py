"""Paying by transfer and by slip: the pages, the QR code, the papers."""

import re

import pytest
import segno

from staffetta.billing import orders, reasoncode
from staffetta.billing.banktransfer import data
from staffetta.billing.models import Order
from staffetta.billing.slip import codeline
from tests.db.banking import IBAN, POST, SHOP, open_shop
from tests.db.money import make_order, make_profile, pay
from tests.db.portal import asks_for_login, browser, hides_from, text

pytestmark = pytest.mark.django_db
PAGES = ("transfer/", "slip/", "transfer.pdf", "slip.pdf")


@pytest.fixture
def order(people) -> Order:
    open_shop()
    return make_order(people.account)


def said(content: bytes) -> str:
    """Return the words of an uncompressed PDF."""
    strings = re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", content)
    bare = [re.sub(rb"\\(\d{3})", lambda found: bytes([int(found[1], 8)]), each) for each in strings]
    return " ".join(re.sub(rb"\\(.)", rb"\1", each).decode("cp1252") for each in bare)


def test_the_transfer_works(order, people):
    client = browser(people.owner, "it")
    assert client.post(f"/orders/{order.pk}/transfer/").headers["Location"] == f"/orders/{order.pk}/transfer/"
    order.refresh_from_db()
    assert (order.state, order.way) == ("waiting", "transfer")
    page = text(client.get(f"/orders/{order.pk}/transfer/"))
    for value in (
        "Staffetta S.r.l.",
        "Banca di Prova",
        "IT60 X054 2811 1010 0000 0123 456",
        "BPPIITRRXXX",
        "91,50",
        reasoncode.shown(order.pk),
    ):
        assert value in page, value
    assert f'data-copy="{IBAN}"' in page
    assert 'data-copy="91,50"' in page
    assert "<svg" in page


def test_the_qr_code_holds_what_the_page_says(order):
    expected = "\n".join(["BCD", "002", "1", "SCT", "BPPIITRRXXX", "Staffetta S.r.l.", IBAN, "EUR91.5", "", "", reasoncode.shown(order.pk)])
    code = data.qr(data.of(order))
    assert code.matrix == segno.make(expected.encode(), error="m", boost_error=False, mask=code.mask, mode="byte", micro=False).matrix
    assert (code.error, int(code.version) <= 13) == ("M", True)


def test_the_papers_say_the_same_in_the_readers_language(order, people):
    answer = browser(people.owner, "it").get(f"/orders/{order.pk}/transfer.pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="bonifico-{order.pk}.pdf"'
    italian = said(answer.content)
    for value in ("Intestatario", "Causale", "IT60 X054 2811 1010 0000 0123 456", "91,50", reasoncode.shown(order.pk)):
        assert value in italian, value
    assert "Holder" in said(browser(people.owner, "en").get(f"/orders/{order.pk}/transfer.pdf").content)


def test_a_slip_of_type_451_is_data_to_copy(order, people):
    make_profile(people.account, name="Dvořák & Ňuñez S.n.c.")
    client = browser(people.owner, "it")
    assert client.post(f"/orders/{order.pk}/slip/").status_code == 302
    page = text(client.get(f"/orders/{order.pk}/slip/"))
    paper = said(client.get(f"/orders/{order.pk}/slip.pdf").content)
    for value in ("1234567", "novantuno/50", reasoncode.shown(order.pk), "Via Emilia 12, 40121 Bologna BO"):
        assert value in page, value
        assert value in paper, value
    assert "Dvorák & Nuñez" in paper
    assert "896" not in page + paper


def test_a_slip_of_type_896_has_the_code_line(order, people):
    open_shop(slip_896=True, slip_authorisation="DB/SSIC/E 1234 del 1.1.2026")
    make_profile(people.account)
    client = browser(people.owner, "it")
    paper = said(client.get(f"/orders/{order.pk}/slip.pdf").content)
    line = re.search(r"<\d{18}>.*896>", paper)
    assert line
    assert codeline.parsed(line[0]) == (order.pk, 9150, "000001234567")
    assert "DB/SSIC/E 1234" in paper
    assert "&lt;0000" in text(client.get(f"/orders/{order.pk}/slip/"))


@pytest.mark.parametrize(("page", "missing"), [("transfer", SHOP), ("slip", POST)])
def test_what_is_not_offered_says_so(order, people, page, missing):
    open_shop(**dict.fromkeys(missing, ""))
    client = browser(people.owner)
    assert "not taken at present" in text(client.get(f"/orders/{order.pk}/{page}/"))
    for answer in (client.post(f"/orders/{order.pk}/{page}/"), client.get(f"/orders/{order.pk}/{page}.pdf")):
        assert answer.status_code == 400
        assert "not taken at present" in text(answer)
    order.refresh_from_db()
    assert order.state == "created"


def test_a_paid_or_cancelled_order_leads_back(order, people):
    client, other = browser(people.owner), make_order(people.account, key="k2")
    pay(order)
    orders.cancel(other.pk)
    for each in (order, other):
        for page in ("transfer", "slip"):
            assert client.get(f"/orders/{each.pk}/{page}/").headers["Location"] == f"/orders/{each.pk}/"
            assert client.post(f"/orders/{each.pk}/{page}/").status_code == 400
            assert client.get(f"/orders/{each.pk}/{page}.pdf").status_code == 404


def test_it_requires_login_and_hides_other_accounts(order, people):
    for page in PAGES:
        assert asks_for_login(f"/orders/{order.pk}/{page}"), page
        assert hides_from(people.stranger, f"/orders/{order.pk}/{page}"), page
    assert hides_from(people.stranger, f"/orders/{order.pk}/transfer/", "post")
