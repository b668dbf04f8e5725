"""Programs hear that a lookup has ended: once, with what it found and cost, and only those that listen."""

import json

import pytest

from staffetta.lookup import control, settle
from staffetta.messaging.models import Event
from staffetta.webhooks import dispatch, endpoints
from staffetta.webhooks.models import Delivery
from tests.db.lookups import claimed_of, listed, work_all
from tests.people import People

pytestmark = pytest.mark.django_db
KIND = "lookup.finished"


@pytest.fixture
def listening(people: People, settings) -> None:
    settings.WEBHOOK_ALLOWED = ["127.0.0.0/8"]
    endpoints.create(people.account.pk, "http://127.0.0.1:9/x", [KIND])


def test_it_is_told_once_with_counts_and_credits(people, listening):
    batch = work_all(listed(people, 3))
    assert not settle.settle(batch.pk)
    assert dispatch.dispatch() == 1
    told = json.loads(Delivery.objects.get().body)
    assert told["type"] == KIND
    assert told["data"] == {
        "id": str(batch.pk),
        "state": "settled",
        "counts": {"answered": 3},
        "credits": "1.5000",
        "at": told["timestamp"],
    }


def test_it_is_not_told_while_a_question_is_in_flight(people, listening):
    batch = listed(people, 3)
    claimed_of(batch, 1)
    control.cancel(batch)
    assert not Event.objects.exists()


def test_a_cancelled_one_has_ended_too(people, listening):
    control.cancel(listed(people, 3))
    event = Event.objects.get()
    assert (event.kind, event.cost_e4, event.counts["cancelled"], event.counts["answered"]) == (KIND, 0, 3, 0)


def test_who_does_not_listen_is_told_nothing(people, settings):
    settings.WEBHOOK_ALLOWED = ["127.0.0.0/8"]
    endpoints.create(people.account.pk, "http://127.0.0.1:9/x", ["batch.settled"])
    endpoints.create(people.other_account.pk, "http://127.0.0.1:9/x", [KIND])
    work_all(listed(people, 1))
    assert not Event.objects.exists()
