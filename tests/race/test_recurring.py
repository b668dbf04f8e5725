"""Two launchers of one time, two clicks at once, an expansion and another time at once: first with the guard off, then as the code is."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from staffetta.campaigns import launch, plans
from staffetta.campaigns.models import Occurrence, Recurrence
from staffetta.campaigns.rhythm import DAILY, Rhythm
from staffetta.lib import clock
from staffetta.messaging import accept, clicks, compose, control, links
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.errors import TimeFixed
from staffetta.messaging.expand import Expander
from staffetta.messaging.models import Batch, Click
from tests.db.line import expand_all
from tests.people import People, make_connector, make_group, make_people, sms_type
from tests.race.together import together

pytestmark = pytest.mark.django_db(transaction=True)
AGENT = "Mozilla/5.0 (iPhone) Mobile"


@pytest.fixture
def people() -> People:
    make_connector()
    return make_people(100)


def request(people: People, **fields) -> SendRequest:
    group = make_group(people.account, 3)
    return SendRequest(
        people.account.pk, sms_type("PRO con notifica"), **({"text": "Ciao", "sender": "BRUNI", "groups": (group.pk,)} | fields)
    )


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


# Two launchers of one time.


@pytest.fixture
def due(people, monkeypatch) -> Recurrence:
    made_at = clock.now().replace(hour=6, minute=0, second=0, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: made_at)
    plan = plans.Plan("Ogni giorno", Rhythm(DAILY, time(9, 0), made_at.date()))
    recurrence = plans.propose(request(people), plan, plans.ZoneInfo("UTC"))
    people.account.time_zone = "UTC"
    people.account.save()
    recurrence.refresh_from_db()
    plans.start(recurrence, people.owner)
    monkeypatch.setattr(clock, "now", lambda: made_at + timedelta(hours=3))
    return recurrence


def look_then_launch(recurrence_id: int, key: str) -> None:
    """A launch as one would first write it: look what is due, send it, then say when it comes next."""
    recurrence = Recurrence.objects.select_related("account", "type").get(pk=recurrence_id)
    assert recurrence.next_at
    if recurrence.next_at <= clock.now():
        draft = compose.prepare(
            SendRequest(recurrence.account_id, recurrence.type, recurrence.text, recurrence.sender, tuple(recurrence.groups))
        )
        accept.accept(draft, key)
        Recurrence.objects.filter(pk=recurrence_id).update(next_at=recurrence.next_at + timedelta(days=1))


def test_the_twin_sends_twice(due):
    together(*[lambda key=key: look_then_launch(due.pk, key) for key in "ab"], after='FROM "campaigns_recurrence"')
    assert Batch.objects.count() == 2


def test_the_twin_with_the_sends_own_key_sends_once_at_least(due):
    together(*[lambda: look_then_launch(due.pk, "same")] * 2, after='FROM "campaigns_recurrence"')
    assert Batch.objects.count() == 1


def test_two_launchers_send_once(due):
    results = together(*[lambda: launch.launch(due.pk)] * 2, after='FROM "campaigns_recurrence"')
    assert sorted(len(found) for found in results) == [0, 1]
    assert (Batch.objects.count(), Occurrence.objects.count()) == (1, 1)
    due.refresh_from_db()
    assert due.next_at > clock.now()


# Two first clicks of one recipient.


@pytest.fixture
def code(people) -> str:
    batch = accept.accept(compose.prepare(request(people, text="Vedi {link}", link="bruni.it")))
    expand_all()
    return links.code(batch.first_id)


def look_then_count(code: str) -> None:
    message_id = links.message_id(code)
    known = Click.objects.filter(pk=message_id).first()
    batch = Batch.objects.get()
    click = known or Click(message_id=message_id, batch=batch)
    click.clicks += 1
    click.first_at = click.first_at or clock.now()
    click.save(force_insert=known is None)


def test_the_twin_loses_a_click(code):
    clicks.follow(code, AGENT)
    together(*[lambda: look_then_count(code)] * 2, after='FROM "messaging_click"')
    assert Click.objects.get().clicks == 2  # of three


def test_the_twin_of_a_first_click_is_refused_by_the_database_at_least(code):
    results = together(*[lambda: look_then_count(code)] * 2, after='FROM "messaging_click"')
    assert [type(result) for result in results].count(IntegrityError) == 1


def test_no_click_is_lost_and_one_is_the_first(code):
    together(*[lambda: clicks.follow(code, AGENT)] * 2, after="FROM messaging_message")
    click = Click.objects.get()
    assert click.clicks == 2
    assert click.first_at <= click.last_at


# Another time while it is being written down.


@pytest.fixture
def planned(people) -> Batch:
    return accept.accept(compose.prepare(request(people, send_at=clock.now() + timedelta(minutes=4))))


def look_then_put_off(batch: Batch, later: datetime) -> None:
    with transaction.atomic():
        if Batch.objects.get(pk=batch.pk).started_at is None:
            sql("UPDATE messaging_batch SET send_at = %s WHERE id = %s", later, batch.pk)


def due_times(batch: Batch) -> tuple[datetime, datetime]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT due_at FROM messaging_chunk WHERE batch_id = %s", [batch.pk])
        (due_at,) = cursor.fetchone()
    batch.refresh_from_db()
    return due_at, batch.send_at


def test_the_twin_says_one_time_and_sends_at_another(planned):
    later = datetime(2099, 1, 1, tzinfo=UTC)
    together(lambda: look_then_put_off(planned, later), lambda: Expander().step(), after="FROM ")
    due_at, send_at = due_times(planned)
    assert due_at != send_at == later


def test_it_leaves_at_the_time_that_it_says(planned):
    later = clock.now() + timedelta(days=1)
    refused, _ = together(lambda: control.reschedule(planned, later), lambda: Expander().step(), after="messaging_batch")
    planned.refresh_from_db()
    if isinstance(refused, TimeFixed):
        due_at, send_at = due_times(planned)
        assert due_at == send_at < later
    else:
        assert planned.send_at == later
        assert planned.expanded == 0
