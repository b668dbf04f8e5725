"""REST: webhooks are made, changed, tried and deleted; their calls are listed and repeated; another account's are not there."""

import pytest

from staffetta.api.models import KeyedAnswer
from staffetta.webhooks.models import Delivery, Endpoint
from tests.db.rest import owner, read, refused, stranger

pytestmark = pytest.mark.django_db
GIVEN = {"url": "https://8.8.8.8/hook", "kinds": ["message.delivered", "batch.settled"], "description": "Magazzino"}


def test_a_webhook_lives(people):
    program = owner(people)
    made = read(program.post("/webhooks", GIVEN), 201)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert read(program.get(f"/webhooks/{made['id']}")) == made
    changed = read(program.call("patch", f"/webhooks/{made['id']}", {"batch_max": 10, "active": False}))
    assert (changed["batch_max"], changed["active"], changed["url"]) == (10, False, GIVEN["url"])
    refused(program.post(f"/webhooks/{made['id']}/test"), 409, "webhook_off")
    assert read(program.post(f"/webhooks/{made['id']}/secret"))["secret"] != secret
    assert [each["id"] for each in program.everything("/webhooks")] == [made["id"]]
    assert program.call("delete", f"/webhooks/{made['id']}").status_code == 204
    refused(program.get(f"/webhooks/{made['id']}"), 404, "webhook_unknown")


def test_the_secret_is_told_once_and_kept_nowhere_else(people):
    program = owner(people)
    made = read(program.post("/webhooks", GIVEN, idempotency_key="a"), 201)
    again = program.post("/webhooks", GIVEN, idempotency_key="a")
    assert (read(again, 201), again.headers["Idempotency-Replayed"]) == (made | {"secret": None}, "true")
    renewed = read(program.post(f"/webhooks/{made['id']}/secret", idempotency_key="b"))
    assert read(program.post(f"/webhooks/{made['id']}/secret", idempotency_key="b")) == renewed | {"secret": None}
    assert renewed["secret"] != made["secret"]
    kept = b"".join(bytes(body) for body in KeyedAnswer.objects.values_list("body", flat=True))
    assert b"whsec_" not in kept


def test_calls_are_listed_and_repeated(people):
    program = owner(people)
    webhook = read(program.post("/webhooks", GIVEN), 201)["id"]
    ids = [read(program.post(f"/webhooks/{webhook}/test"), 202)["id"] for _ in range(3)]
    assert [each["id"] for each in program.everything(f"/webhooks/{webhook}/calls?limit=2")] == ids[::-1]
    Delivery.objects.filter(pk=ids[0]).update(state="given_up")
    assert [each["id"] for each in program.everything(f"/webhooks/{webhook}/calls?state=given_up")] == ids[:1]
    history = [{"at": "2026-11-22T10:00:00Z", "status": None, "ms": 10_000, "error": "timeout"}]
    Delivery.objects.filter(pk=ids[0]).update(history=history)
    repeated = read(program.post(f"/calls/{ids[0]}/repeat"), 202)
    assert (repeated["state"], repeated["history"]) == ("waiting", history)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"url": "http://127.0.0.1/"}, None),
        ({"url": "ftp://8.8.8.8/"}, "webhook_url_refused"),
        ({"url": "a\0"}, "value_wrong"),
        ({"kinds": []}, "webhook_kinds_missing"),
        ({"kinds": ["nix"]}, "webhook_kind_unknown"),
        ({"batch_max": 501}, "value_wrong"),
        ({"nix": 1}, "value_wrong"),
    ],
)
def test_a_bad_webhook_is_not_made(people, fields, code):
    response = owner(people).post("/webhooks", GIVEN | fields)
    refused(response, 422, code or response.json()["code"])
    assert not Endpoint.objects.exists()


def test_another_accounts_webhooks_are_hidden(people):
    program, other = owner(people), stranger(people)
    webhook = read(program.post("/webhooks", GIVEN), 201)["id"]
    call = read(program.post(f"/webhooks/{webhook}/test"), 202)["id"]
    refused(other.get(f"/webhooks/{webhook}"), 404, "webhook_unknown")
    refused(other.call("patch", f"/webhooks/{webhook}", {"active": False}), 404, "webhook_unknown")
    refused(other.call("delete", f"/webhooks/{webhook}"), 404, "webhook_unknown")
    refused(other.get(f"/webhooks/{webhook}/calls"), 404, "webhook_unknown")
    refused(other.post(f"/webhooks/{webhook}/secret"), 404, "webhook_unknown")
    refused(other.post(f"/webhooks/{webhook}/test"), 404, "webhook_unknown")
    refused(other.post(f"/calls/{call}/repeat"), 404, "webhook_call_unknown")
    assert other.everything("/webhooks") == []
    assert Endpoint.objects.get().active
