"""Another time for a planned send; what pausing and cancelling say before they are done."""

from datetime import timedelta

import pytest
from django.utils import timezone

from staffetta.lib import clock
from staffetta.messaging import claim
from tests.db.line import answer, claim_and_begin, expand_all
from tests.db.portal import accepted, asks_for_login, browser, hides_from, text
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


@pytest.fixture
def planned(people, connector):
    return accepted(people, send_at=clock.now() + timedelta(days=2))


def typed(days: int) -> str:
    return f"{timezone.localtime(clock.now() + timedelta(days=days)):%Y-%m-%dT%H:%M}"


def test_it_works(client, planned):
    assert f'href="/sends/{planned.pk}/time/"' in text(client.get(f"/sends/{planned.pk}/"))
    assert f'value="{timezone.localtime(planned.send_at):%Y-%m-%dT%H:%M}"' in text(client.get(f"/sends/{planned.pk}/time/"))
    page = text(client.post(f"/sends/{planned.pk}/time/", {"send_at": typed(5)}, follow=True))
    planned.refresh_from_db()
    assert f"{timezone.localtime(planned.send_at):%Y-%m-%dT%H:%M}" == typed(5)
    assert f"The send leaves on {timezone.localtime(planned.send_at):%d/%m/%Y %H:%M}" in page


def test_it_requires_login(planned):
    assert asks_for_login(f"/sends/{planned.pk}/time/")


def test_it_hides_other_accounts(people, planned):
    for method in ("get", "post"):
        assert hides_from(people.stranger, f"/sends/{planned.pk}/time/", method)


@pytest.mark.parametrize(
    ("written", "says"), [("2020-01-01T09:00", "has already passed"), ("domani", "is not a date and time"), ("", "Choose the date")]
)
def test_what_was_typed_stays_when_it_is_refused(client, planned, written, says):
    response = client.post(f"/sends/{planned.pk}/time/", {"send_at": written})
    assert response.status_code == 400
    assert says in text(response)
    assert f'value="{written}"' in text(response) or not written


def test_once_it_is_written_down_it_is_too_late(client, people, connector):
    batch = accepted(people, send_at=clock.now() + timedelta(minutes=3))
    expand_all()
    assert "/time/" not in text(client.get(f"/sends/{batch.pk}/"))
    assert client.get(f"/sends/{batch.pk}/time/").status_code == 302
    response = client.post(f"/sends/{batch.pk}/time/", {"send_at": typed(3)})
    assert response.status_code == 400
    assert "its time can no longer be changed" in text(response)


def test_pausing_says_how_many_leave_all_the_same(client, people, connector):
    batch = accepted(people, size=5)
    expand_all()
    assert "If you pause" not in text(client.get(f"/sends/{batch.pk}/"))
    claim.claim(connector.pk, "gw", 3, [])
    assert "If you pause, up to 3 messages already with the carrier leave" in text(client.get(f"/sends/{batch.pk}/progress/"))


def test_cancelling_says_how_many_and_how_much(client, people, connector):
    batch = accepted(people, size=5)
    assert "<b>5 messages</b> are taken back and <b>8 credits</b>" in text(client.get(f"/sends/{batch.pk}/cancel/"))
    expand_all()
    answer(connector, claim_and_begin(connector, limit=2))
    claim.claim(connector.pk, "gw", 1, [])
    page = text(client.get(f"/sends/{batch.pk}/cancel/"))
    for said in ("<b>2 messages</b> are taken back and <b>3.2 credits</b>", "2 of 5 have left already", "Up to 1 that is being handed"):
        assert said in page
