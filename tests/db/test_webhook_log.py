"""What the log of a webhook's calls keeps of each attempt, what a repeat begins anew, and the event of low credit."""

import json
from datetime import timedelta

import pytest

from staffetta.billing import ledger, lowcredit
from staffetta.messaging.events import credits_low
from staffetta.messaging.jobs import tell_low_credit
from staffetta.messaging.models import Event
from staffetta.webhooks import deliver, endpoints, log
from staffetta.webhooks.models import Delivery, Endpoint
from tests.db.hooks import Hands, Receiver, call_all, receiving
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOWED = ["127.0.0.0/8"]
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def endpoint(people: People, receiver: Receiver) -> Endpoint:
    return endpoints.create(people.account.pk, receiver.url, ["message.delivered"])


@pytest.fixture
def hands(monkeypatch) -> Hands:
    return Hands(monkeypatch)


def begun(people: People, endpoint: Endpoint) -> None:
    """Have one call made."""
    log.test(people.account.pk, endpoint.pk)
    call_all()


def test_low_credit_is_told_once_to_who_listens(people, receiver):
    endpoints.create(people.account.pk, receiver.url, ["credit.low"])
    endpoints.create(people.other_account.pk, receiver.url, ["message.delivered"])
    for account in (people.account, people.other_account):
        lowcredit.set_threshold(account.pk, "50,5")
    ledger.hold(people.account.pk, ledger.wallet(people.account.pk).balance_e4 - 401_000, "send-1")
    for _ in range(2):
        tell_low_credit(0)
    call_all()
    (told,) = (json.loads(each.body) for each in receiver.calls)
    data = told["data"]
    assert (told["type"], data["available"], data["threshold"], set(data)) == (
        "credit.low",
        "40.1000",
        "50.5000",
        {"available", "threshold", "at"},
    )


def test_the_event_of_low_credit_is_of_one_piece_with_its_note(people, endpoint):
    endpoints.change(people.account.pk, endpoint.pk, kinds=["credit.low"])
    lowcredit.set_threshold(people.account.pk, "50")
    ledger.hold(people.account.pk, ledger.wallet(people.account.pk).balance_e4 - 401_000, "send-1")

    def written_then_broken(low):
        credits_low(low)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        lowcredit.tell(written_then_broken)
    assert not Event.objects.exists()
    tell_low_credit(0)
    assert Event.objects.get().kind == "credit.low"


def test_each_attempt_is_kept_also_from_before_a_repeat(people, endpoint, receiver, hands):
    receiver.answers = [(500, "no", {}), (302, "", {}), (200, "ok", {})]
    begun(people, endpoint)
    hands.on(minutes=1)
    call_all()
    log.replay(people.account.pk, Delivery.objects.get().pk)
    call_all()
    kept = Delivery.objects.get()
    assert (kept.state, kept.attempts) == ("done", 1)
    assert [(each["status"], each["error"]) for each in kept.history] == [(500, "status"), (302, "redirect"), (200, "")]
    assert [each["at"] for each in kept.history][1:] == [hands.now.isoformat(timespec="milliseconds")] * 2


def test_the_history_keeps_the_last_thirty_attempts(people, endpoint, receiver):
    receiver.answers = [(500, "no", {})]
    log.test(people.account.pk, endpoint.pk)
    Delivery.objects.update(history=[{"at": "2026-01-01T00:00:00.000+00:00", "status": n, "ms": 1, "error": "status"} for n in range(30)])
    deliver.step()
    history = Delivery.objects.get().history
    assert [len(history), history[0]["status"], history[-1]["status"]] == [30, 1, 500]


def test_a_repeated_call_has_72_hours_of_its_own(people, endpoint, receiver, hands):
    receiver.answers = [(503, "later", {})]
    begun(people, endpoint)
    hands.on(hours=73)
    call_all()
    kept = Delivery.objects.get()
    assert (kept.state, kept.attempts) == ("given_up", 2)
    endpoints.change(people.account.pk, endpoint.pk, active=True)
    log.replay(people.account.pk, kept.pk)
    call_all()
    kept.refresh_from_db()
    assert (kept.state, kept.attempts, kept.first_at) == ("waiting", 1, hands.now)
    assert kept.due_at - hands.now < timedelta(seconds=7)
    hands.on(hours=73)
    call_all()
    kept.refresh_from_db()
    assert (kept.state, len(kept.history)) == ("given_up", 4)
