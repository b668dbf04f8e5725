"""The archive's pages: filtered, paged both ways, searched by number; deliveries over time."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from staffetta.lib import clock
from staffetta.messaging import archive, curve, jobs, search
from staffetta.messaging.models import Batch, Curve, Message
from tests.db.portal import HTMX, accepted, asks_for_login, browser, hides_from, sent, text
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


def shown(client, batches: list[Batch], query: str) -> list[int]:
    """Return which of the batches the archive shows, by their place in the list."""
    page = text(client.get(f"/sends/?{query}"))
    return [place for place, batch in enumerate(batches) if f'href="/sends/{batch.pk}/"' in page]


def test_it_requires_login():
    for address in ("/sends/", "/sends/number/", "/reports/"):
        assert asks_for_login(address)


def test_it_is_filtered(client, people, connector, django_assert_max_num_queries):
    assert "The archive is empty" in text(client.get("/sends/"))
    old = sent(people, connector, text="Saldi di luglio, perché no?")
    Batch.objects.filter(pk=old.pk).update(send_at=clock.now() - timedelta(days=40))
    new = accepted(people, name="Altri", first=3370000000, text="Natale", sender="ALTRO", send_at=clock.now() + timedelta(days=1))
    both, today = [old, new], f"{clock.now():%Y-%m-%d}"
    assert shown(client, both, "") == [0, 1]
    for query in ("text=LUGLIO", "text=perche", "state=ended", f"until={today}"):
        assert shown(client, both, query) == [0], query
    for query in ("text=altro", "state=planned", f"since={today}"):
        assert shown(client, both, query) == [1], query
    for query in ("state=paused", "state=moving", "state=bad", "text=%25", "text=_"):
        assert shown(client, both, query) == [], query
    with django_assert_max_num_queries(10):
        client.get("/sends/?text=altro")


def test_sends_whose_recipients_were_not_reached_are_found(client, people, connector):
    fine, bad = sent(people, connector), sent(people, connector, delivered=False, name="Altri", first=3370000000)
    assert shown(client, [fine, bad], "state=bad") == []
    archive_moves(bad, "undelivered")
    assert shown(client, [fine, bad], "state=bad") == [1]


def archive_moves(batch: Batch, state: str) -> None:
    Message.objects.filter(batch=batch).update(state=state)
    tally = batch.tally
    tally.submitted, count = 0, tally.submitted
    setattr(tally, state, count)
    tally.save()


def test_a_period_that_ends_before_it_begins_is_refused_and_kept(client):
    response = client.get("/sends/?since=2026-03-02&until=2026-03-01&text=pizza")
    assert response.status_code == 400
    assert "01/03/2026 is before 02/03/2026" in text(response)
    assert 'value="2026-03-02"' in text(response)
    assert 'value="pizza"' in text(response)
    assert client.get("/sends/?since=domani").status_code == 400


@pytest.mark.parametrize("query", ["", "text=ciao"])
def test_it_goes_on_by_pages_both_ways(client, people, connector, query, monkeypatch):
    monkeypatch.setattr("staffetta.portal.views.archive.PAGE", 2)
    batches = [accepted(people, 1, name=f"G{n}", first=3380000000 + n, text="Ciao") for n in range(5)]
    seen, page = [], text(client.get(f"/sends/?{query}"))
    while True:
        seen.append([n for n, batch in enumerate(batches) if f'href="/sends/{batch.pk}/"' in page])
        if 'rel="next"' not in page:
            break
        page = text(client.get(link(page, "next")))
    assert seen == [[3, 4], [1, 2], [0]]
    page = text(client.get(link(page, "prev")))
    assert [n for n, batch in enumerate(batches) if f'href="/sends/{batch.pk}/"' in page] == [1, 2]
    page = text(client.get(link(page, "prev")))
    assert [n for n, batch in enumerate(batches) if f'href="/sends/{batch.pk}/"' in page] == [3, 4]
    assert 'rel="prev"' not in page


def link(page: str, rel: str) -> str:
    return "/sends/" + page.split(f'rel="{rel}" href="')[1].split('"')[0].replace("&amp;", "&")


def test_what_is_rare_is_found_a_stretch_at_a_time(client, people, connector, monkeypatch):
    monkeypatch.setattr(search, "STRETCH", 2)
    batches = [accepted(people, 1, name=f"G{n}", first=3380000000 + n, text="raro" if n == 0 else "Ciao") for n in range(4)]
    page = text(client.get("/sends/?text=raro"))
    assert 'hx-trigger="load"' in page
    assert "there may be more" in page
    page = text(client.get(link(page, "next"), headers=HTMX))
    assert f'href="/sends/{batches[0].pk}/"' in page
    assert "No send is like this" in text(client.get("/sends/?text=mai&older=0-0"))


def test_messages_to_a_number(client, people, connector, monkeypatch):
    batch = sent(people, connector, size=3)
    other = accepted(people, 1, name="Altri", first=3330000099, text="Altro testo")
    for typed in ("333 000 0002", "+39 3330000002", "00393330000002", "333000000"):
        page = text(client.get("/sends/number/", {"number": typed}))
        assert f"/sends/{batch.pk}/recipients/{batch.first_id + 1}/" in page, typed
    assert f"/sends/{other.pk}/" not in page  # not written down yet
    assert f"recipients/{batch.first_id + 1}/" in text(client.get("/sends/number/", {"number": "3330000002", "state": "delivered"}))
    assert "No message to this number" in text(client.get("/sends/number/", {"number": "3330000002", "state": "failed"}))
    response = client.get("/sends/number/", {"number": "333"})
    assert response.status_code == 400
    assert "“333” is too short" in text(response)
    monkeypatch.setattr("staffetta.portal.views.archive.PAGE", 1)
    assert f"before={batch.last_id}" in text(client.get("/sends/number/", {"number": "333000000"}))


def test_it_hides_other_accounts(people, connector):
    batch = sent(people, connector)
    assert hides_from(people.stranger, f"/sends/{batch.pk}/deliveries/")
    stranger = browser(people.stranger)
    assert "recipients/" not in text(stranger.get("/sends/number/", {"number": "3330000001"}))
    assert f"/sends/{batch.pk}/" not in text(stranger.get("/sends/?text=ciao"))


def test_deliveries_over_time_are_a_picture(client, people, connector):
    batch = sent(people, connector, size=3)
    page = text(client.get(f"/sends/{batch.pk}/"))
    assert "Deliveries over time" in page
    assert "3 deliveries between" in page
    waiting = sent(people, connector, delivered=False, name="Altri", first=3370000000)
    assert "Deliveries over time" not in text(client.get(f"/sends/{waiting.pk}/"))


def test_deliveries_of_a_large_send_are_counted_by_a_job(client, people, connector, monkeypatch):
    monkeypatch.setattr(curve, "AT_ONCE", 1)
    batch = sent(people, connector, size=3)
    for _ in range(2):  # the second look does not queue a second count
        assert "are being counted" in text(client.get(f"/sends/{batch.pk}/"))
    assert ProcrastinateJob.objects.filter(task_name__endswith="count_deliveries").count() == 1
    jobs.count_deliveries(batch.pk)
    assert Curve.objects.get().delivered == 3
    assert "3 deliveries between" in text(client.get(f"/sends/{batch.pk}/deliveries/", headers=HTMX))


def test_a_rare_state_among_many_recipients_is_looked_for_in_steps(client, people, connector, monkeypatch):
    monkeypatch.setattr(archive, "SPAN", 2)
    batch = sent(people, connector, size=5)
    Message.objects.filter(pk=batch.last_id).update(state="failed")
    page = text(client.get(f"/sends/{batch.pk}/?state=failed", headers=HTMX))
    assert "Still looking" in page
    page = text(client.get(f"/sends/{batch.pk}/?state=failed&after={batch.first_id + 3}", headers=HTMX))
    assert f"recipients/{batch.last_id}/" in page


def test_messages_of_others_to_the_same_number_hide_none_of_mine(client, people, connector, monkeypatch):
    monkeypatch.setattr(search, "HITS_MAX", 2)
    mine = sent(people, connector, size=1)
    theirs = [sent(people, connector, size=1, name=f"G{n}", first=3350000000 + n) for n in range(4)]
    Message.objects.filter(batch__in=theirs).update(number="+393330000001", account_id=people.other_account.pk)
    page = text(client.get("/sends/number/", {"number": "3330000001"}))
    assert f"/sends/{mine.pk}/recipients/" in page
    assert "write more digits" not in page
    sent(people, connector, size=2, name="Mille", first=3330000002)
    assert "write more digits" in text(client.get("/sends/number/", {"number": "333000000"}))
