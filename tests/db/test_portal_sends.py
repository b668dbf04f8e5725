"""Sends: home, progress, pause and cancel, recipients, report, archive."""

from datetime import timedelta

import pytest

from staffetta.lib import clock
from staffetta.messaging import accept, compose, outcome
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.models import Batch, Message
from staffetta.messaging.outcome import Outcome
from tests.db.line import answer, claim_and_begin, deliver, expand_all, work_all
from tests.db.portal import HTMX, browser, hides_from, table, text
from tests.people import People, make_connector, make_group, make_people, sms_type

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


def accepted(
    people: People, size: int = 3, kind: str = "PRO con notifica", name: str = "Clienti", first: int = 3330000001, **fields
) -> Batch:
    group = make_group(people.account, size, name, first)
    given = {"text": "Ciao {nome}", "sender": "BRUNI", "groups": (group.pk,), "user_id": people.owner.pk} | fields
    return accept.accept(compose.prepare(SendRequest(people.account.pk, sms_type(kind), **given)))


def sent(people, connector, delivered: bool = True, **fields) -> Batch:
    batch = accepted(people, **fields)
    expand_all()
    chunk = claim_and_begin(connector)
    answer(connector, chunk)
    if delivered:
        deliver(connector, chunk)
    work_all()
    batch.refresh_from_db()
    return batch


def test_home_shows_credit_and_sms_left(client, people, connector):
    page = text(client.get("/home/"))
    for shown in ("1,000", "666", "625", "You have not sent anything yet"):
        assert shown in page
    accepted(people)
    assert "995.2" in text(client.get("/home/now/"))
    assert "1.000" in text(browser(people.colleague, "it").get("/more/")) or "995,2" in text(browser(people.colleague, "it").get("/home/"))


def test_home_moves_by_itself_only_while_something_moves(client, people, connector):
    assert "hx-trigger" not in text(client.get("/home/now/"))
    batch = accepted(people)
    expand_all()
    page = text(client.get("/home/now/"))
    assert "every 1s" in page
    assert f"/sends/{batch.pk}/" in page
    chunk = claim_and_begin(connector)
    answer(connector, chunk)
    work_all()
    assert "every 5s" in text(client.get("/home/now/"))
    deliver(connector, chunk)
    assert "hx-trigger" not in text(client.get("/home/now/"))


def test_home_asks_the_database_a_bounded_number_of_times(client, people, connector, django_assert_max_num_queries):
    for place in range(4):
        sent(people, connector, name=f"Gruppo {place}", first=3340000000 + 10 * place)
    with django_assert_max_num_queries(12):
        client.get("/home/")


def test_a_send_shows_its_progress_and_its_pace(client, people, connector):
    batch = accepted(people, 10)
    expand_all()
    chunk = claim_and_begin(connector, limit=4)
    answer(connector, chunk)
    at = round(clock.now().timestamp() * 1000) - 2_000
    page = text(client.get(f"/sends/{batch.pk}/progress/?at={at}&done=0&pace=-1"))
    assert "<b>4</b> of 10" in page
    assert "2 a second" in page
    assert "3 s to go" in page or "4 s to go" in page
    assert "waiting for the receipt <b>4</b>" in page
    assert "<html" not in page
    assert client.get(f"/sends/{batch.pk}/progress/?at=x&done=&pace=1").status_code == 200


def test_pause_resume_and_cancel(client, people, connector):
    batch = accepted(people, 5)
    address = f"/sends/{batch.pk}/"
    assert client.post(f"{address}pause/").headers["Location"] == address
    assert "Resume" in text(client.get(address))
    again = text(client.post(f"{address}pause/", follow=True))
    assert "This send is “paused”" in again
    client.post(f"{address}resume/")
    assert "Cancel what has not left yet?" in text(client.get(f"{address}cancel/"))
    batch.refresh_from_db()
    assert batch.state == "accepted"
    client.post(f"{address}cancel/")
    work_all()
    page = text(client.get(address))
    assert "cancelled <b>5</b>" in page
    assert "0 credits spent, 8 given back" in page
    assert client.get(f"{address}cancel/").headers["Location"] == address


def test_recipients_are_filtered_and_paged(client, people, connector, django_assert_max_num_queries):
    batch = sent(people, connector, size=30)
    with django_assert_max_num_queries(12):
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
    (message,) = claim_and_begin(connector).messages
    outcome.record(connector.pk, [Outcome(message.id, "failed", 1.0, (), "RINVDSTADR")])
    page = text(client.get(f"/sends/{batch.pk}/recipients/{message.id}/"))
    assert "this number does not exist or cannot get SMS" in page
    assert "0 credits" in page
    assert table(client.get(f"/sends/{batch.pk}/report.csv"))[1][8] == "0"


def test_the_report_is_italian_excel_s_and_has_the_times_of_delivery(people, connector):
    batch = sent(people, connector, size=2)
    rows = table(browser(people.owner, "it").get(f"/sends/{batch.pk}/report.csv"))
    assert rows[0][:6] == ["Numero", "Nome", "Cognome", "Stato", "Inviato alle", "Consegnato alle"]
    assert rows[1][:4] == ["'+393330000001", "Nome0", "Rossi", "consegnato"]
    assert rows[1][5] == rows[1][6] != ""
    assert rows[1][8] == "1,6"


def test_a_type_without_receipts_ends_as_sent(people, connector):
    batch = sent(people, connector, delivered=False, kind="PRO")
    client = browser(people.owner, "it")
    assert {row[3] for row in table(client.get(f"/sends/{batch.pk}/report.csv"))[1:]} == {"inviato"}
    page = text(client.get(f"/sends/{batch.pk}/"))
    assert "attesa" not in page.split("Che cosa significano")[0].split("<select")[0]
    assert "every" not in page


def test_cells_that_begin_like_a_formula_are_made_harmless(client, people, connector):
    group = make_group(people.account, 1, "Altri", 3350000000)
    group.contacts.update(name="=HYPERLINK()", surname="@x")
    batch = accepted(people, 1, groups=(group.pk,), text="-1 sconto {nome}")
    expand_all()
    row = table(client.get(f"/sends/{batch.pk}/report.csv"))[1]
    assert (row[1], row[2], row[11]) == ("'=HYPERLINK()", "'@x", "'-1 sconto =HYPERLINK()")


def test_times_are_in_the_account_s_zone(client, people, connector):
    people.account.time_zone = "Asia/Tokyo"
    people.account.save()
    batch = sent(people, connector, size=1)
    Message.objects.filter(batch=batch).update(submitted_at="2026-07-01T22:00:00Z", ended_at="2026-07-01T22:00:05Z")
    assert table(client.get(f"/sends/{batch.pk}/report.csv"))[1][5] == "02/07/2026 07:00:05"
    assert "02/07/2026 07:00:05" in text(client.get(f"/sends/{batch.pk}/"))


def test_it_hides_other_accounts(people, connector):
    batch = sent(people, connector)
    for address in ("", "progress/", "cancel/", "report.csv", f"recipients/{batch.first_id}/"):
        assert hides_from(people.stranger, f"/sends/{batch.pk}/{address}")
    for address in ("pause/", "resume/", "cancel/"):
        assert hides_from(people.stranger, f"/sends/{batch.pk}/{address}", "post")
    for address in ("/home/", "/sends/"):
        assert f"/sends/{batch.pk}/" not in text(browser(people.stranger).get(address))
    foreign = sent(people, connector, name="Altri", first=3360000000)
    assert browser(people.owner).get(f"/sends/{batch.pk}/recipients/{foreign.first_id}/").status_code == 404


def test_the_archive_is_filtered_and_paged(client, people, connector, django_assert_max_num_queries):
    assert "The archive is empty" in text(client.get("/sends/"))
    old = sent(people, connector, text="Saldi di luglio")
    Batch.objects.filter(pk=old.pk).update(send_at=clock.now() - timedelta(days=40))
    new = accepted(people, name="Altri", first=3370000000, text="Natale", sender="ALTRO", send_at=clock.now() + timedelta(days=1))
    today = f"{clock.now():%Y-%m-%d}"

    def found(query: str) -> set[int]:
        page = text(client.get(f"/sends/?{query}"))
        return {batch.pk for batch in (old, new) if f'href="/sends/{batch.pk}/"' in page}

    assert found("") == {old.pk, new.pk}
    assert found("text=luglio") == found("state=ended") == found(f"until={today}") == {old.pk}
    assert found("text=altro") == found("state=planned") == found(f"since={today}") == {new.pk}
    assert found("state=paused") == found("state=moving") == set()
    assert found(f"before={new.pk}") == {old.pk}
    assert client.get("/sends/?since=domani").status_code == 400
    with django_assert_max_num_queries(9):
        client.get("/sends/")


def test_the_archive_goes_on_by_pages(client, people, connector, monkeypatch):
    monkeypatch.setattr("staffetta.portal.views.archive.PAGE", 2)
    batches = [accepted(people, 1, name=f"G{place}", first=3380000000 + place, text="Ciao") for place in range(3)]
    page = text(client.get("/sends/?text=ciao"))
    assert f"?text=ciao&amp;before={batches[1].pk}" in page
    assert f'href="/sends/{batches[0].pk}/"' in text(client.get(f"/sends/?text=ciao&before={batches[1].pk}"))
