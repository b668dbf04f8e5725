"""REST where a new developer stumbled: keys across calls, numbers twice, what is new, planned batches, words of refusals."""

from datetime import timedelta

import pytest

from staffetta.accounts import apikeys
from staffetta.api.hot import group
from staffetta.api.hot.call import Call, Key
from staffetta.api.operations import Sent
from staffetta.lib import clock
from staffetta.messaging import offer
from staffetta.messaging.errors import KeyUsedDifferently
from staffetta.messaging.models import Batch, Message
from staffetta.messaging.offer import Asked
from tests.db.portal import sent
from tests.db.rest import owner, read, refused
from tests.db.test_rest_messages import COST_E4, asked, many, spent_e4
from tests.people import make_group, sms_type

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_offer():
    """The offer that another test read names its connector."""
    offer.forget()
    yield
    offer.forget()


def test_a_key_of_many_is_not_taken_for_one(people, connector):
    program = owner(people)
    read(program.post("/batches", many(("3330000001", "a")), idempotency_key="k"), 202)
    refused(program.post("/messages", asked(), idempotency_key="k"), 422, "key_used_differently")
    read(program.post("/messages", asked(), idempotency_key="l"), 202)
    refused(program.post("/batches", many(("3330000001", "a")), idempotency_key="l"), 422, "key_used_differently")
    refused(program.post("/groups", {"name": "Uno"}, idempotency_key="l"), 422, "key_used_differently")
    assert spent_e4(people) == 2 * COST_E4


def test_a_key_of_many_is_not_taken_for_one_in_the_sandbox(people):
    program = owner(people, sandbox=True)
    read(program.post("/batches", many(("3330000001", "a")), idempotency_key="k"), 202)
    refused(program.post("/messages", asked(), idempotency_key="k"), 422, "key_used_differently")
    read(program.post("/messages", asked(), idempotency_key="l"), 202)
    refused(program.post("/batches", many(("3330000001", "a")), idempotency_key="l"), 422, "key_used_differently")
    read(owner(people).post("/groups", {"name": "Uno"}, idempotency_key="k"), 201)


@pytest.mark.parametrize("sandbox", [False, True])
def test_the_hot_door_looks_at_the_keys_of_other_calls(people, connector, sandbox):
    program = owner(people, sandbox=sandbox)
    read(program.post("/batches", many(("3330000001", "a")), idempotency_key="k"), 202)
    kind = sms_type("PRO con notifica").api_id
    shown = Key(apikeys.hashed(program.secret))
    calls = [
        Call(shown, Asked(kind, f"333000000{n + 1}", "a", "BRUNI", key), "127.0.0.1", group.mark(), None)
        for n, key in enumerate(("k", "l", ""))
    ]  # type: ignore[arg-type]
    group.judge(calls)
    group.accept(calls)
    assert [type(call.told) for call in calls] == [KeyUsedDifferently, Sent, Sent], [str(call.told) for call in calls]
    assert [getattr(call.told, "cost_e4", 0) for call in calls] == [0, COST_E4, COST_E4]


def test_all_batches_of_a_call_are_named(people, connector):
    program = owner(people)
    given = many(("3330000001", "a"), ("3330000002", "b"), ("3330000001", "c"))
    told = read(program.post("/batches", given), 202)
    of = {each: read(program.get(f"/messages/{each}"))["batch"] for each in told["messages"]}
    assert told["batches"] == [of[told["messages"][0]], of[told["messages"][2]]]
    assert told["batch"] == told["batches"][0]
    for batch in told["batches"]:
        read(program.post(f"/batches/{batch}/cancel"))
    assert set(Batch.objects.values_list("state", flat=True)) == {"cancelling"}


def test_what_is_new_is_found_by_when_it_was_made(people, connector):
    program = owner(people)
    old = sent(people, connector, size=2)
    Batch.objects.filter(pk=old.pk).update(created_at=clock.now() - timedelta(hours=2), send_at=clock.now() - timedelta(hours=2))
    ids = []
    for n in range(6):
        planned = {"send_at": (clock.now() + timedelta(days=6 - n)).isoformat()} if n % 2 else {}
        ids.append(read(program.post("/messages", asked(to=f"333123456{n}", **planned), idempotency_key=f"order {n}"), 202)["id"])
        made = clock.now() - timedelta(minutes=10 - n)  # planned ones in any order of their own time
        of = Batch.objects.filter(first_id=ids[-1])
        of.update(created_at=made) if planned else of.update(created_at=made, send_at=made)
    everything = [*reversed(ids), *(str(each) for each in Message.objects.filter(batch=old).order_by("pk").values_list("pk", flat=True))]
    for limit in (1, 2, 3, 200):
        assert [each["id"] for each in program.everything(f"/messages?limit={limit}")] == everything

    def listed(**times):
        words = "&".join(
            f"{name}={(clock.now() - timedelta(minutes=m, seconds=-30)).isoformat().replace('+', '%2B')}" for name, m in times.items()
        )
        return [each["id"] for each in program.everything(f"/messages?limit=2&{words}")]

    assert listed(since=8) == ids[:2:-1]
    assert listed(since=9, until=7) == ids[3:1:-1] == ids[3:1:-1]
    assert listed(until=60) == everything[6:]
    since = (clock.now() - timedelta(minutes=8, seconds=-30)).isoformat().replace("+", "%2B")
    assert [each["id"] for each in program.everything(f"/messages?number=%2B393331234&since={since}")] == ids[:2:-1]


def test_a_message_tells_its_times_its_key_and_its_alphabet(people, connector):
    at = (clock.now() + timedelta(days=1)).replace(microsecond=0)
    for program in (owner(people), owner(people, sandbox=True)):
        key = read(program.post("/messages", asked(text="“Ciao”", send_at=at.isoformat()), idempotency_key="order 7"), 202)["id"]
        read(program.post("/messages", asked(text="Ciao")), 202)
        (found,) = read(program.get("/messages?key=order%207"))["items"]
        assert (found["id"], found["key"], found["alphabet"]) == (key, "order 7", "ucs2")
        assert found["send_at"].startswith(at.strftime("%Y-%m-%dT%H:%M:%S"))
        assert found["created_at"] < found["send_at"]
        assert read(program.get("/messages?key=order%208"))["items"] == []
        assert {(each["key"], each["alphabet"]) for each in program.everything("/messages")} == {("order 7", "ucs2"), (None, "gsm")}


def test_planned_batches_say_so_and_are_found(people, connector):
    program = owner(people)
    at = (clock.now() + timedelta(days=1)).isoformat()
    batch = read(program.post("/batches", many(("3330000001", "a"), send_at=at)), 202)["batch"]
    now = read(program.post("/batches", many(("3330000001", "a"))), 202)["batch"]
    group_id = make_group(people.account, 2).pk
    given = many(groups=[group_id], text="Ciao", send_at=at)
    del given["recipients"]
    of_group = read(program.post("/batches", given), 202)["batch"]
    assert {read(program.get(f"/batches/{each}"))["state"] for each in (batch, of_group)} == {"planned"}
    assert {each["id"] for each in program.everything("/batches?state=planned")} == {batch, of_group}
    for word in ("sending", "moving"):
        assert [each["id"] for each in program.everything(f"/batches?state={word}")] == [now]
    read(program.post(f"/batches/{batch}/pause"))
    assert [each["id"] for each in program.everything("/batches?state=paused")] == [batch]


def test_a_call_of_which_nobody_is_taken_is_refused(people, connector):
    problem = refused(owner(people).post("/batches", many(("x", "a"), ("3330000001", " "))), 422, "nobody_to_send_to")
    assert [(each["name"], each["code"]) for each in problem["errors"]] == [
        ("recipients[0]", "number_refused"),
        ("recipients[1]", "empty_text"),
    ]


def test_braces_in_a_text_to_recipients_are_warned_of(people, connector):
    program = owner(people)
    given = many(("3330000001", "Ciao {nome} {"), ("3330000002", "Ciao {nome}"))
    for told in (read(program.post("/batches", given), 202), read(program.post("/estimate", given))):
        (warning,) = told["warnings"]
        assert warning["code"] == "braces_as_written"
        assert warning["detail"].startswith("{nome} is sent as it is written")
    assert read(program.post("/batches", many(("3330000001", "a { b"))), 202)["warnings"] == []


def test_an_estimate_tells_of_each_text_what_makes_it_dear(people, connector):
    told = read(owner(people).post("/estimate", many(("3330000001", "“a"), ("3330000002", "b"), ("3330000003", "b"))))
    assert [each["alphabet"] for each in told["items"]] == ["ucs2", "gsm", "gsm"]
    assert [(each["text"], [char["character"] for char in each["costly"]]) for each in told["texts"]] == [("“a", ["“"]), ("b", [])]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (("post", "/messages", {"type": "21"}), "a whole number, not a text,"),
        (("post", "/messages", {"to": 3}), "a text in quotes"),
        (("post", "/messages", {"send_at": "domani"}), "a time with its zone"),
        (("post", "/messages", {"sender": "x" * 65}), "64 characters at most"),
        (("get", "/messages?limit=201", None), "200 at most"),
        (("get", "/messages?limit=0", None), "1 at least"),
        (("get", "/messages?limit=x", None), "a whole number"),
        (("get", "/messages?state=nix", None), "one of queued, submitted"),
        (("get", "/messages?since=2026-01-01", None), "a time with its zone"),
        (("get", "/messages/77", None), "message 77"),
        (("get", "/batches/77", None), "batch 77"),
        (("get", "/contacts/77", None), "contact 77"),
        (("get", "/mesages", None), "has no address “/api/v1/mesages”"),
    ],
)
def test_a_refusal_says_what_is_expected(people, connector, call, expected):
    method, path, fields = call
    answer = owner(people).call(method, path, None if fields is None else asked(**fields))
    assert answer.status_code in (404, 422)
    assert expected in answer.json()["detail"]


def test_what_cannot_be_done_to_a_batch_is_named(people, connector):
    program = owner(people)
    batch = sent(people, connector, size=1).pk
    for verb, words in (("pause", "can be paused"), ("resume", "can be resumed"), ("cancel", "cannot be cancelled")):
        assert words in refused(program.post(f"/batches/{batch}/{verb}"), 409, "move_refused")["detail"]


def test_head_is_get_without_its_body(people):
    program = owner(people)
    for path, status in (("/messages", 200), ("/credit", 200), ("/messages/77", 404), ("/estimate", 405)):
        got, head = program.get(path), program.call("head", path)
        assert (head.status_code, head.content) == (status, b"")
        assert (head.headers["Content-Type"], head.headers["Content-Length"]) == (got.headers["Content-Type"], str(len(got.content)))


def test_a_number_is_refused_in_words_of_its_own(people, connector):
    program = owner(people)
    for number in ("abc", "3330000000", ""):
        for path, body in (("/messages", asked(to=number)), ("/contacts", {"number": number})):
            detail = program.post(path, body).json()["detail"]
            assert not any(word in detail for word in ("column", "remove the row", "spreadsheet", "import"))
