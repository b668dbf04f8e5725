"""Sends: home, progress, pause and cancel, the archive."""

import pytest

from staffetta.lib import clock
from tests.db.line import answer, claim_and_begin, deliver, expand_all, work_all
from tests.db.portal import accepted, browser, hides_from, sent, text
from tests.people import People, make_connector, make_people

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
    client.get("/home/")  # what is read once a process is read
    with django_assert_max_num_queries(15):
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


def test_it_hides_other_accounts(people, connector):
    batch = sent(people, connector)
    for address in ("", "progress/", "cancel/", "deliveries/", f"recipients/{batch.first_id}/"):
        assert hides_from(people.stranger, f"/sends/{batch.pk}/{address}")
    for address in ("pause/", "resume/", "cancel/"):
        assert hides_from(people.stranger, f"/sends/{batch.pk}/{address}", "post")
    for address in ("/home/", "/sends/"):
        assert f"/sends/{batch.pk}/" not in text(browser(people.stranger).get(address))
    foreign = sent(people, connector, name="Altri", first=3360000000)
    assert browser(people.owner).get(f"/sends/{batch.pk}/recipients/{foreign.first_id}/").status_code == 404
