"""Recipients of a send, page by page and one by one, and the report of all."""

import pytest

from staffetta.messaging.models import Message
from tests.db.line import answer, claim_and_begin, expand_all
from tests.db.portal import HTMX, accepted, browser, sent, text
from tests.db.reports import report_table
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


def test_recipients_are_filtered_and_paged(client, people, connector, django_assert_max_num_queries):
    batch = sent(people, connector, size=30)
    client.get(f"/sends/{batch.pk}/")  # what is read once a process is read
    with django_assert_max_num_queries(13):
        page = text(client.get(f"/sends/{batch.pk}/"))
    assert "+393330000025" in page
    assert "+393330000026" not in page
    assert "+393330000026" in text(client.get(f"/sends/{batch.pk}/?after={batch.first_id + 24}"))
    rows = text(client.get(f"/sends/{batch.pk}/?number=0007&state=delivered", headers=HTMX))
    assert rows.count("recipients/") == 1
    assert "No recipient is like this" in text(client.get(f"/sends/{batch.pk}/?state=failed"))
    assert client.get(f"/sends/{batch.pk}/?state=zz&after=zz").status_code == 200


def test_a_recipient_has_its_story(client, people, connector):
    batch = sent(people, connector)
    page = text(client.get(f"/sends/{batch.pk}/recipients/{batch.first_id}/"))
    for shown in ("+393330000001", "Accepted", "Given to the carrier", "Delivered", "Ciao Nome0", "1.6 credits", "Nome0 Rossi"):
        assert shown in page
    assert client.get(f"/sends/{batch.pk}/recipients/{batch.last_id + 1}/").status_code == 404


def test_errors_are_told_in_words_and_cost_nothing(client, people, connector):
    batch = accepted(people, 1)
    expand_all()
    chunk = claim_and_begin(connector)
    (message,) = chunk.messages
    answer(connector, chunk, "failed")
    Message.objects.filter(pk=message.id).update(error="RINVDSTADR")
    page = text(client.get(f"/sends/{batch.pk}/recipients/{message.id}/"))
    assert "this number does not exist or cannot get SMS" in page
    assert "0 credits" in page
    assert report_table(client, batch)[1][8] == "0"


def test_the_report_is_italian_excel_s_and_has_the_times_of_delivery(people, connector):
    batch = sent(people, connector, size=2)
    rows = report_table(browser(people.owner, "it"), batch)
    assert rows[0][:6] == ["Numero", "Nome", "Cognome", "Stato", "Inviato alle", "Consegnato alle"]
    assert rows[1][:4] == ["'+393330000001", "Nome0", "Rossi", "consegnato"]
    assert rows[1][5] == rows[1][6] != ""
    assert rows[1][8] == "1,6"


def test_a_type_without_receipts_ends_as_sent(people, connector):
    batch = sent(people, connector, delivered=False, kind="PRO")
    client = browser(people.owner, "it")
    assert {row[3] for row in report_table(client, batch)[1:]} == {"inviato"}
    page = text(client.get(f"/sends/{batch.pk}/"))
    assert "attesa" not in page.split("Che cosa significano")[0].split("<select")[0]
    assert "every" not in page


def test_cells_that_begin_like_a_formula_are_made_harmless(client, people, connector):
    group = make_group(people.account, 1, "Altri", 3350000000)
    group.contacts.update(name="=HYPERLINK()", surname="@x")
    batch = accepted(people, 1, groups=(group.pk,), text="-1 sconto {nome}")
    expand_all()
    row = report_table(client, batch)[1]
    assert (row[1], row[2], row[11]) == ("'=HYPERLINK()", "'@x", "'-1 sconto =HYPERLINK()")


def test_times_are_in_the_account_s_zone(client, people, connector):
    people.account.time_zone = "Asia/Tokyo"
    people.account.save()
    batch = sent(people, connector, size=1)
    Message.objects.filter(batch=batch).update(submitted_at="2026-07-01T22:00:00Z", ended_at="2026-07-01T22:00:05Z")
    assert report_table(client, batch)[1][5] == "02/07/2026 07:00:05"
    assert "02/07/2026 07:00:05" in text(client.get(f"/sends/{batch.pk}/"))
