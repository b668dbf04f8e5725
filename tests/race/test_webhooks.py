"""Two dispatchers at once take each event once; with its twin, which reads and then deletes, to show what would happen."""

import pytest
from django.db import connection, transaction

from staffetta.lib import clock
from staffetta.messaging import events
from staffetta.messaging.events import Taken
from staffetta.messaging.models import Event
from staffetta.webhooks import deliver, dispatch, endpoints, log
from staffetta.webhooks.deliver import Held
from staffetta.webhooks.models import Delivery
from tests.people import People, make_people
from tests.race.together import SURELY_S, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> People:
    people = make_people(0)
    endpoints.create(people.account.pk, "https://1.1.1.1/", ["message.delivered"])
    some = {
        "account_id": people.account.pk,
        "kind": "message.delivered",
        "at": clock.now(),
        "number": "+393330000001",
        "state": "delivered",
    }
    Event.objects.bulk_create([Event(**some, message_id=n, parts=1, cost_e4=1, key="", sandbox=False) for n in range(10)])
    return people


def read_then_delete(limit: int) -> list[Taken]:
    """Take as one would first write it: look, then delete."""
    rows = [Taken._make(row) for row in Event.objects.order_by("id").values_list(*Taken._fields)[:limit]]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM messaging_event WHERE id = ANY(%s)", [[row.id for row in rows]])
    return rows


def test_take_twin_doubles_every_event(people, monkeypatch):
    monkeypatch.setattr(events, "take", read_then_delete)
    together(dispatch.dispatch, dispatch.dispatch, after='FROM "messaging_event"', meet_s=SURELY_S)
    assert Delivery.objects.count() == 20


def test_each_event_is_taken_once(people):
    # Who comes second passes over the rows that the first has locked by then: how many each takes is chance.
    assert sum(together(dispatch.dispatch, dispatch.dispatch, after="DELETE FROM messaging_event", meet_s=SURELY_S)) == 10
    assert Delivery.objects.count() == 10
    assert not Event.objects.exists()


def test_only_one_dispatches_at_a_time_so_that_order_holds(people):
    assert sorted(together(dispatch.step, dispatch.step, after="pg_try_advisory_xact_lock", meet_s=SURELY_S)) == [False, True]


def test_a_dispatcher_that_dies_loses_nothing(people):
    def dies() -> None:
        with transaction.atomic():
            dispatch.dispatch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dies()
    assert (Event.objects.count(), Delivery.objects.count()) == (10, 0)


def test_hold_twin_calls_an_endpoint_twice(people, monkeypatch):
    monkeypatch.setattr(
        deliver,
        "_HOLD",
        deliver._HOLD.replace("UPDATE webhooks_endpoint SET busy_until = %(until)s WHERE id = (", "SELECT id FROM (").split("FOR UPDATE")[0]
        + ") AS e",
    )
    log.test(people.account.pk, endpoints.listed(people.account.pk).get().pk)
    assert [type(held) for held in together(deliver.hold, deliver.hold, after="webhooks_endpoint", meet_s=SURELY_S)] == [Held, Held]


def test_an_endpoint_is_held_by_one(people):
    log.test(people.account.pk, endpoints.listed(people.account.pk).get().pk)
    found = together(deliver.hold, deliver.hold, after="UPDATE webhooks_endpoint", meet_s=SURELY_S)
    assert sorted(held is None for held in found) == [False, True]
