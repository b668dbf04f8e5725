"""Events become calls, calls reach a real receiver in order, failures are tried again, and nothing secret is kept."""

import json
import random
from datetime import timedelta

import pytest
from django.core import mail as outbox
from standardwebhooks import Webhook

from staffetta.messaging import control, singles
from staffetta.messaging.models import Event
from staffetta.webhooks import backoff, call, deliver, dispatch, endpoints, log, targets, words
from staffetta.webhooks.errors import EndpointOff
from staffetta.webhooks.models import Delivery, Endpoint
from tests.db.hooks import Hands, Receiver, call_all, receiving
from tests.db.line import accepted, answer, claim_and_begin, lease_runs_out, work_all
from tests.db.line import deliver as receipts
from tests.db.test_singles import single
from tests.people import People

pytestmark = pytest.mark.django_db
DELIVERED = ["message.delivered"]


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOWED = ["127.0.0.0/8"]
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def endpoint(people: People, receiver: Receiver) -> Endpoint:
    return endpoints.create(people.account.pk, receiver.url, DELIVERED)


@pytest.fixture
def hands(monkeypatch) -> Hands:
    return Hands(monkeypatch)


def events() -> list[tuple[str, int | None]]:
    return list(Event.objects.order_by("id").values_list("kind", "message_id"))


def one_delivered(people: People, connector, key: str = "") -> int:
    ((message_id, _repeated),) = singles.accept([single(people, connector, key=key)])
    chunk = claim_and_begin(connector)
    answer(connector, chunk)
    receipts(connector, chunk)
    return message_id


def bodies(receiver: Receiver) -> list[dict]:
    return [json.loads(each.body) for each in receiver.calls]


def test_nobody_listens_and_nothing_is_written(people, connector):
    one_delivered(people, connector)
    work_all()
    assert events() == []


def test_every_move_is_written_for_who_listens(people, connector, monkeypatch):
    endpoints.create(people.account.pk, "https://93.184.215.14/", endpoints.KINDS)
    endpoints.create(people.other_account.pk, "https://93.184.215.14/", endpoints.KINDS)
    batch = accepted(people, 6)
    work_all()
    chunk = claim_and_begin(connector, limit=1)
    answer(connector, chunk)
    receipts(connector, chunk, "expired")
    answer(connector, claim_and_begin(connector, limit=1), "failed")
    claim_and_begin(connector, limit=2)
    lease_runs_out(monkeypatch)
    control.cancel(batch)
    work_all()
    first = batch.first_id
    assert sorted(events()) == sorted(
        [("message.submitted", first), ("message.expired", first), ("message.failed", first + 1)]
        + [("message.uncertain", first + n) for n in (2, 3)]
        + [("message.cancelled", first + n) for n in (4, 5)]
    )


def test_a_send_that_is_settled_is_told_with_its_counts(people, connector, receiver):
    endpoints.create(people.account.pk, receiver.url, ["batch.settled"])
    batch = accepted(people, 2)
    work_all()
    answer(connector, claim_and_begin(connector))
    work_all()
    call_all()
    (told,) = bodies(receiver)
    assert told["type"] == "batch.settled"
    data = told["data"]
    assert (data["id"], data["messages"], data["credits"], data["state"]) == (str(batch.pk), {"submitted": 2}, "3.2000", "settled")


def test_a_part_of_two_is_no_event(people, connector, endpoint):
    singles.accept([single(people, connector, text="x" * 200, parts=2)])
    chunk = claim_and_begin(connector)
    answer(connector, chunk)
    chunk.messages = [chunk.messages[0]._replace(parts=1)]
    receipts(connector, chunk)
    assert events() == []


def test_it_works(people, connector, endpoint, receiver):
    message_id = one_delivered(people, connector, key="api-order-7")
    call_all()
    ((path, headers, body),) = [(each.path, each.headers, each.body) for each in receiver.calls]
    assert Webhook(endpoint.secret).verify(body, headers)["type"] == "message.delivered"
    data = json.loads(body)["data"]
    assert (data["id"], data["to"], data["key"], data["sandbox"]) == (str(message_id), "+393330000001", "order-7", False)
    assert (data["parts"], data["credits"], data["error"], data["state"]) == (1, "1.6000", None, "delivered")
    assert (path, headers["host"]) == ("/sms?x=1", f"127.0.0.1:{receiver.port}")
    kept = Delivery.objects.get()
    assert (kept.state, kept.status, kept.answer, kept.attempts) == ("done", 200, "ok", 1)
    assert headers["webhook-id"] == kept.webhook
    assert not Event.objects.exists()


def test_several_events_come_in_one_call_where_the_endpoint_takes_them(people, connector, receiver):
    endpoint = endpoints.create(people.account.pk, receiver.url, DELIVERED, batch_max=2)
    ids = [str(one_delivered(people, connector)) for _ in range(3)]
    call_all()
    told = bodies(receiver)
    assert [each["type"] for each in told] == ["batch", "batch"]
    assert [event["data"]["id"] for each in told for event in each["events"]] == ids
    Webhook(endpoint.secret).verify(receiver.calls[0].body, receiver.calls[0].headers)


def test_the_order_holds_while_the_first_fails(people, connector, endpoint, receiver, hands):
    ids = [str(one_delivered(people, connector)) for _ in range(3)]
    receiver.answers = [(500, "no", {}), (200, "ok", {})]
    call_all()
    assert [each["data"]["id"] for each in bodies(receiver)] == ids[:1]
    hands.on(seconds=7)
    call_all()
    assert [each["data"]["id"] for each in bodies(receiver)] == [ids[0], *ids]
    assert {each.headers["webhook-id"] for each in receiver.calls[:2]} == {Delivery.objects.earliest("pk").webhook}


def test_one_that_fails_holds_no_other_endpoint(people, connector, endpoint, receiver):
    with receiving() as other:
        endpoints.create(people.account.pk, other.url, DELIVERED)
        other.answers = [(500, "no", {})]
        for _ in range(2):
            one_delivered(people, connector)
        call_all()
        assert (len(receiver.calls), len(other.calls)) == (2, 1)


def test_an_account_has_one_caller_while_others_wait(people, receiver):
    mine = [endpoints.create(people.account.pk, receiver.url, DELIVERED) for _ in range(3)]
    for each in mine:
        log.test(people.account.pk, each.pk)
    first = deliver.hold()
    assert not deliver.in_the_way(first)
    second = deliver.hold()
    assert {first.endpoint_id, second.endpoint_id} < {each.pk for each in mine}  # nobody else waits
    assert not deliver.in_the_way(second)
    theirs = endpoints.create(people.other_account.pk, receiver.url, DELIVERED)
    log.test(people.other_account.pk, theirs.pk)
    assert deliver.in_the_way(first)
    assert deliver.hold().endpoint_id == theirs.pk
    assert not deliver.in_the_way(first)
    assert deliver.hold().endpoint_id == mine[2].pk


def test_a_turn_ends_where_others_wait(people, receiver, monkeypatch):
    mine = [endpoints.create(people.account.pk, receiver.url, DELIVERED) for _ in range(2)]
    theirs = endpoints.create(people.other_account.pk, receiver.url, DELIVERED)
    for each in (mine[0], mine[1], mine[1]):
        log.test(people.account.pk, each.pk)
    deliver.hold()
    resolve = targets.resolve

    def meanwhile(url: str) -> targets.Target:
        log.test(people.other_account.pk, theirs.pk)
        return resolve(url)

    monkeypatch.setattr(targets, "resolve", meanwhile)
    assert deliver.step()
    assert len(receiver.calls) == 1


def test_an_endpoint_is_called_by_one_at_a_time(people, connector, endpoint, receiver, hands):
    one_delivered(people, connector)
    dispatch.dispatch()
    held = deliver.hold()
    assert held is not None
    assert deliver.hold() is None
    hands.on(seconds=91)  # who held it has died
    again = deliver.hold()
    assert again is not None
    assert not deliver.deliver_next(held)
    assert deliver.deliver_next(again)
    assert len(receiver.calls) == 1


def test_a_crash_before_the_commit_repeats_the_call_with_its_id(people, connector, endpoint, receiver, hands, monkeypatch):
    one_delivered(people, connector)
    dispatch.dispatch()
    with monkeypatch.context() as patch:
        patch.setattr(deliver, "_record", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        held = deliver.hold()
        with pytest.raises(KeyboardInterrupt):
            deliver.deliver_next(held)
    hands.on(seconds=91)
    call_all()
    first, second = receiver.calls
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    assert Delivery.objects.get().state == "done"


def test_it_backs_off_and_gives_up_after_72_hours_with_a_mail(people, connector, endpoint, receiver, hands, monkeypatch):
    monkeypatch.setattr(random, "random", lambda: 0.0)
    people.owner.email, people.owner.language = "anna@example.it", "en"
    people.owner.save()
    receiver.answers = [(503, "later", {})]
    one_delivered(people, connector)
    waits = []
    begun = hands.now
    while endpoint.active:
        call_all()
        kept = Delivery.objects.get()
        endpoint.refresh_from_db()
        waits.append(int((kept.due_at - hands.now).total_seconds()))
        hands.now = max(kept.due_at, hands.now)
    assert waits[:9] == list(backoff.DELAYS_S)
    assert timedelta(hours=72) <= hands.now - begun < timedelta(hours=80)
    assert (kept.state, endpoint.reason) == ("given_up", "failing")
    (sent,) = outbox.outbox
    assert sent.to == ["anna@example.it"]
    assert "status 503" in sent.body
    assert endpoint.url in sent.body
    one_delivered(people, connector)
    assert events() == []


def test_switched_on_again_it_goes_on(people, connector, endpoint, receiver):
    receiver.answers = [(410, "", {}), (200, "ok", {})]
    one_delivered(people, connector)
    call_all()
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.reason) == (False, "gone")
    with pytest.raises(EndpointOff):
        log.test(people.account.pk, endpoint.pk)
    endpoints.change(people.account.pk, endpoint.pk, active=True)
    call_all()
    assert [each.state for each in Delivery.objects.all()] == ["done"]


def test_retry_after_is_respected(people, connector, endpoint, receiver, hands):
    receiver.answers = [(429, "slow", {"Retry-After": "900"}), (200, "ok", {})]
    one_delivered(people, connector)
    call_all()
    assert Delivery.objects.get().due_at == hands.now + timedelta(seconds=900)


def test_a_redirect_is_a_failure_and_is_not_followed(people, connector, endpoint, receiver):
    with receiving() as inside:
        receiver.answers = [(307, "", {"Location": inside.url})]
        one_delivered(people, connector)
        call_all()
        assert inside.calls == []
    kept = Delivery.objects.get()
    assert (kept.status, kept.state, kept.error) == (307, "waiting", words.REDIRECT)


def test_nothing_secret_is_kept(people, connector, endpoint, receiver):
    receiver.answers = [(200, "", {})]  # shows the headers it was sent
    one_delivered(people, connector)
    call_all()
    kept = Delivery.objects.get()
    signature = receiver.calls[0].headers["webhook-signature"]
    assert "webhook-id" in kept.answer
    assert signature.removeprefix("v1,") not in json.dumps(kept.request_headers) + kept.answer
    assert kept.request_headers["webhook-signature"] == "v1,…"


def test_the_answer_is_kept_to_its_limit(people, connector, endpoint, receiver):
    receiver.answers = [(200, "x\0" * 5_000, {})]
    one_delivered(people, connector)
    call_all()
    assert len(Delivery.objects.get().answer) == call.ANSWER_MAX


def test_a_new_secret_signs_beside_the_old_one_for_a_day(people, connector, endpoint, receiver, hands):
    rotated = endpoints.rotate(people.account.pk, endpoint.pk)
    assert rotated.secret != endpoint.secret
    one_delivered(people, connector)
    call_all()
    for secret in (endpoint.secret, rotated.secret):
        Webhook(secret).verify(receiver.calls[0].body, receiver.calls[0].headers)
    hands.on(hours=25)
    one_delivered(people, connector)
    call_all()
    assert len(receiver.calls[1].headers["webhook-signature"].split()) == 1


def test_a_call_is_repeated_by_hand_and_all_that_were_given_up(people, connector, endpoint, receiver):
    for _ in range(2):
        one_delivered(people, connector)
    call_all()
    first = Delivery.objects.earliest("pk")
    log.replay(people.account.pk, first.pk)
    call_all()
    assert receiver.calls[2].headers["webhook-id"] == receiver.calls[0].headers["webhook-id"]
    Delivery.objects.update(state="given_up")
    assert log.replay_failed(people.account.pk, endpoint.pk) == 2
    call_all()
    assert len(receiver.calls) == 5


def test_one_that_blocks_the_others_can_be_given_up(people, connector, endpoint, receiver):
    receiver.answers = [(400, "no", {}), (200, "ok", {})]
    for _ in range(2):
        one_delivered(people, connector)
    call_all()
    log.give_up(people.account.pk, Delivery.objects.earliest("pk").pk)
    call_all()
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["given_up", "done"]


def test_a_test_event_is_signed_too(people, endpoint, receiver):
    log.test(people.account.pk, endpoint.pk)
    call_all()
    assert Webhook(endpoint.secret).verify(receiver.calls[0].body, receiver.calls[0].headers)["type"] == "webhook.test"


def test_the_log_is_forgotten_after_30_days(people, endpoint, hands):
    log.test(people.account.pk, endpoint.pk)
    assert log.forget() == 0
    hands.on(days=30, seconds=1)
    assert log.forget() == 1
