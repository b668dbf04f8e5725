"""Credit movements: each line says what it was for and leads there; the sum of all is the balance."""

import pytest

from staffetta.billing import ledger
from staffetta.billing.models import Entry
from staffetta.reports.models import Report
from tests.db.line import answer, claim_and_begin, work_all
from tests.db.money import make_order, pay
from tests.db.portal import accepted, asks_for_login, browser, sent, text
from tests.db.reports import written
from tests.people import People, make_connector, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def client(people):
    return browser(people.owner)


def test_it_works(client, people):
    batch = sent(people, make_connector(), size=3, text="Saldi per {nome}")
    page = text(client.get("/credits/"))
    assert f'href="/sends/{batch.pk}/"' in page
    for shown in ("Saldi per {nome}", "-4.8", "+1,000", "995.2", "for the tests"):
        assert shown in page
    assert (
        sum(Entry.objects.filter(account=people.account).values_list("amount_e4", flat=True)) == ledger.wallet(people.account.pk).balance_e4
    )
    assert 'href="/credits/"' in text(client.get("/home/"))


def test_what_was_given_back_leads_to_its_send(client, people):
    connector = make_connector()
    batch = accepted(people, 1)
    work_all()
    chunk = claim_and_begin(connector)
    answer(connector, chunk)
    work_all()
    ledger.credit(people.account.pk, 16_000, "refund", f"message-{chunk.messages[0].id}", "not taken")
    page = text(client.get("/credits/?kind=refund"))
    assert page.count(f'href="/sends/{batch.pk}/"') == 1
    assert "+1.6" in page


def test_it_is_filtered_paged_and_bounded(client, people, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("staffetta.portal.views.statement.PAGE", 2)
    for n in range(4):
        ledger.credit(people.account.pk, 10_000, "adjustment", f"a{n}", f"Rettifica {n}")
    page = text(client.get("/credits/?kind=adjustment"))
    assert "Rettifica 3" in page
    assert "Rettifica 1" not in page
    before = Entry.objects.get(key="a2").pk
    assert "Rettifica 1" in text(client.get(f"/credits/?kind=adjustment&before={before}"))
    assert "No movement is like this" in text(client.get("/credits/?since=2001-01-01&until=2001-01-02"))
    assert client.get("/credits/?since=2002-01-01&until=2001-01-02").status_code == 400
    with django_assert_max_num_queries(9):
        client.get("/credits/")


def test_it_requires_login_and_hides_other_accounts(people):
    assert asks_for_login("/credits/")
    assert asks_for_login("/credits/export/", "post")
    ledger.credit(people.other_account.pk, 10_000, "grant", "x", "segreto")
    assert "segreto" not in text(browser(people.owner).get("/credits/"))
    assert "No movements yet" not in text(browser(people.owner).get("/credits/"))


def test_it_is_exported_as_it_was_filtered(people):
    client = browser(people.owner, "it")
    sent(people, make_connector(), size=2, text="Saldi")
    client.post("/credits/export/", {"form": "csv", "kind": "charge"})
    lines = written(Report.objects.get()).decode().splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("Quando;Movimento;Per che cosa;Crediti;Saldo")
    assert lines[1].endswith(";Invio;Saldi;'-3,2;996,8")
    client.post("/credits/export/", {"form": "xlsx"})
    assert written(Report.objects.latest("pk")).startswith(b"PK")


def test_a_period_that_cannot_be_is_not_exported_as_all(client, people):
    response = client.post("/credits/export/", {"form": "csv", "since": "2026-03-02", "until": "2026-03-01"})
    assert response.status_code == 400
    assert 'value="2026-03-02"' in text(response)
    assert not Report.objects.exists()


def test_a_purchase_leads_to_its_order(client, people):
    order = make_order(people.account)
    pay(order)
    assert f'href="/orders/{order.pk}/"' in text(client.get("/credits/?kind=purchase"))
