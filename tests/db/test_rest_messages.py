"""REST: one message, many with personal texts, groups; read back, paused, cancelled; what is refused costs nothing."""

import json
from datetime import timedelta

import pytest

from staffetta.api import operations
from staffetta.api.principal import Principal
from staffetta.api.rest import single
from staffetta.api.rest.many import decode
from staffetta.billing import ledger
from staffetta.contacts.models import Field, OptOut
from staffetta.lib import clock
from staffetta.messaging import estimate, offer
from staffetta.messaging.models import Batch, Draft, Message, SandboxMessage
from tests.db.line import work_all
from tests.db.portal import sent
from tests.db.rest import owner, read, refused, stranger
from tests.people import make_group, make_people, sms_type

pytestmark = pytest.mark.django_db
COST_E4 = 16_000


@pytest.fixture(autouse=True)
def _fresh_offer():
    """The offer that another test read names its connector."""
    offer.forget()
    yield
    offer.forget()


def asked(**fields):
    return {"type": sms_type("PRO con notifica").api_id, "to": "3331234567", "text": "Ciao {x}", "sender": "BRUNI"} | fields


def many(*recipients, **fields):
    given = {"type": sms_type("PRO con notifica").api_id, "sender": "BRUNI"}
    return given | {"recipients": [{"to": to, "text": text} for to, text in recipients]} | fields


def spent_e4(people) -> int:
    return 10_000_000 - ledger.wallet(people.account.pk).available_e4


def test_a_message_is_charged_and_read_back(people, connector):
    program = owner(people)
    answer = read(program.post("/messages", asked()), 202)
    assert answer == {"id": answer["id"], "to": "+393331234567", "sender": "BRUNI", "parts": 1, "credits": "1.6000", "state": "queued"}
    assert len(answer["id"]) == 19
    message = read(program.get(f"/messages/{answer['id']}"))
    assert (message["text"], message["state"], message["sandbox"], message["credits"]) == ("Ciao {x}", "queued", False, "1.6000")
    assert read(program.get("/credit")) == {"available": "998.4000", "balance": "998.4000", "held": "0.0000"}


def test_a_message_can_be_planned(people, connector):
    when = (clock.now() + timedelta(days=1)).replace(microsecond=0)
    read(owner(people).post("/messages", asked(send_at=when.isoformat())), 202)
    assert Batch.objects.get().send_at == when


def test_a_message_with_a_key_is_sent_once(people, connector):
    program = owner(people)
    first, again = (program.post("/messages", asked(), idempotency_key="k") for _ in range(2))
    assert read(first, 202) == read(again, 202)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert spent_e4(people) == COST_E4
    refused(program.post("/messages", asked(text="Altro"), idempotency_key="k"), 422, "key_used_differently")


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"to": "x"}, 422, "number_refused"),
        ({"to": "\0"}, 422, "value_wrong"),
        ({"text": " "}, 422, "empty_text"),
        ({"text": "a\0"}, 422, "value_wrong"),
        ({"text": "x" * 613}, 422, "text_too_long"),
        ({"text": None}, 422, "parameter_wrong"),
        ({"sender": "TROPPOLUNGOPER"}, 422, "sender_refused"),
        ({"sender": "x" * 65}, 422, "value_wrong"),
        ({"type": 99}, 422, "type_unknown"),
        ({"type": 2**31}, 422, "value_wrong"),
        ({"type": 10**400}, 422, "value_wrong"),
        ({"type": True}, 422, "parameter_wrong"),
        ({"send_at": "2030-01-01T10:00:00"}, 422, "parameter_wrong"),
        ({"send_at": "2020-01-01T10:00:00Z"}, 422, "too_late_to_send"),
        ({"send_at": "0001-01-01T00:00:00+14:00"}, 422, "too_late_to_send"),
        ({"send_at": "9999-12-31T23:59:59Z"}, 422, "too_far_ahead"),
        ({"send_at": "9999-12-31T23:59:59-14:00"}, 422, "too_far_ahead"),
        ({"nix": 1}, 422, "value_wrong"),
        ({"to": "+819012345678"}, 422, "no_price"),
    ],
)
def test_what_is_refused_costs_nothing(people, connector, fields, status, code):
    refused(owner(people).post("/messages", asked(**fields)), status, code)
    assert spent_e4(people) == 0
    assert not Batch.objects.exists()


def test_without_credit_nothing_is_sent(connector):
    refused(owner(make_people(0)).post("/messages", asked()), 402, "not_enough_credit")
    assert not Batch.objects.exists()


def test_without_a_route_the_call_can_be_repeated(people):
    assert refused(owner(people).post("/messages", asked()), 503, "no_route")["retry"] is True


def test_another_accounts_messages_are_hidden(people, connector):
    message = read(owner(people).post("/messages", asked()), 202)["id"]
    batch = Batch.objects.get().pk
    program = stranger(people)
    for path in (f"/messages/{message}", f"/batches/{batch}", f"/batches/{batch}/messages", f"/messages?batch={batch}"):
        refused(program.get(path), 404, "not_found")
    for verb in ("pause", "resume", "cancel"):
        refused(program.post(f"/batches/{batch}/{verb}"), 404, "not_found")
    assert program.everything("/messages") == program.everything("/messages?number=%2B393331234567") == program.everything("/batches") == []
    assert Batch.objects.get().state == "sending"


def test_messages_are_listed_newest_send_first_a_page_at_a_time(people, connector):
    program = owner(people)
    batch = sent(people, connector, size=3)
    Batch.objects.filter(pk=batch.pk).update(send_at=clock.now() - timedelta(hours=1))
    old = [each.pk for each in Message.objects.filter(batch=batch).order_by("pk")]
    new = [int(read(program.post("/messages", asked(to=f"333123456{n}")), 202)["id"]) for n in range(3)]
    for limit in (1, 2, 4, 200):
        assert [int(each["id"]) for each in program.everything(f"/messages?limit={limit}")] == [*reversed(new), *old]
    assert {each["state"] for each in program.everything("/messages?state=delivered&limit=2")} == {"delivered"}
    assert len(program.everything("/messages?state=delivered&limit=2")) == 3
    later = (clock.now() + timedelta(hours=1)).isoformat().replace("+", "%2B")
    assert program.everything(f"/messages?since={later}") == []


def test_messages_are_found_by_number_and_batch(people, connector):
    program = owner(people)
    batch = sent(people, connector, size=3)
    (found,) = program.everything("/messages?number=3330000002")
    assert (found["to"], found["state"], found["text"]) == ("+393330000002", "delivered", "Ciao Nome1")
    assert len(program.everything(f"/messages?batch={batch.pk}&limit=1")) == 3
    assert len(program.everything(f"/batches/{batch.pk}/messages?state=delivered&limit=2")) == 3
    assert len(program.everything(f"/messages?batch={batch.pk}&number=0000003")) == 1
    refused(program.get("/messages?number=333"), 422, "value_wrong")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "batch=0", f"batch={2**63}", "state=nix", "since=2026-01-01", "since=x", "number=%00"]
)
def test_bad_filters_are_refused(people, query):
    assert owner(people).get(f"/messages?{query}").status_code == 422


@pytest.mark.parametrize(
    "cursor", ["x", "MS4yLjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTA", "OTk5OTk5OTk5OTk5OTk5OTk5OS4xLjE", "99999999999999999999"]
)
def test_foreign_cursors_are_refused(people, cursor):
    refused(owner(people).get(f"/messages?cursor={cursor}"), 422, "value_wrong")


def test_many_with_texts_of_their_own(people, connector):
    OptOut.objects.create(number="+393330000003", account=people.account)
    given = many(("3330000001", "Ciao Anna"), ("x", "Ciao"), ("3330000003", "Ciao"), ("3330000001", "Ancora"))
    answer = read(owner(people).post("/batches", given), 202)
    assert (answer["accepted"], answer["parts"], answer["credits"]) == (2, 2, "3.2000")
    assert [each is None for each in answer["messages"]] == [False, True, True, False]
    assert [(each["index"], each["code"]) for each in answer["refused"]] == [(1, "number_refused"), (2, "opted_out")]
    texts = [read(owner(people).get(f"/messages/{each}"))["text"] for each in answer["messages"] if each]
    assert texts == ["Ciao Anna", "Ancora"]
    assert spent_e4(people) == 2 * COST_E4


def test_many_with_a_key_are_sent_once(people, connector):
    program = owner(people)
    given = many(("3330000001", "a"), ("3330000002", "b"))
    assert read(program.post("/batches", given, idempotency_key="k"), 202) == read(
        program.post("/batches", given, idempotency_key="k"), 202
    )
    assert spent_e4(people) == 2 * COST_E4


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"recipients": [{"to": "3330000001"}] * 10_001, "text": "x"}, "too_many_recipients"),
        ({"recipients": []}, "value_wrong"),
        ({"recipients": None}, "parameter_missing"),
        ({"recipients": [{"to": "3330000001"}]}, "parameter_missing"),
        ({"groups": [1]}, "value_wrong"),
        ({"recipients": None, "groups": []}, "value_wrong"),
        ({"recipients": None, "groups": [1]}, "parameter_missing"),
        ({"recipients": [{"to": "3330000001", "text": "a\0"}]}, "value_wrong"),
    ],
)
def test_a_bad_call_for_many_sends_nothing(people, connector, fields, code):
    assert refused(owner(people).post("/batches", many(("3330000001", "x"), **fields)), 422, code)
    assert (spent_e4(people), Batch.objects.count()) == (0, 0)


def test_a_call_that_is_too_large_is_refused(people, connector):
    refused(owner(people).post("/batches", b" " * (4 * 2**20 + 1)), 413, "body_too_large")
    refused(owner(people).post("/messages", b" " * (2**16 + 1)), 413, "body_too_large")


def test_ten_thousand_are_read():
    body = json.dumps({"type": 21, "recipients": [{"to": f"+39333{n:07d}", "text": f"Ciao {n}"} for n in range(10_000)]}).encode()
    found = decode(body)
    assert (len(found), found[-1].text) == (10_000, "Ciao 9999")


def test_groups_get_their_fields_filled_in(people, connector):
    group, out = make_group(people.account, 3), make_group(people.account, 1, "Esclusi", 3340000001)
    out.contacts.add(group.contacts.first())
    given = asked(text="Ciao {nome}", groups=[group.pk], exclude_groups=[out.pk])
    del given["to"]
    answer = read(owner(people).post("/batches", given, idempotency_key="g"), 202)
    assert (answer["accepted"], answer["credits"], answer["messages"]) == (2, "3.2000", [])
    assert read(owner(people).post("/batches", given, idempotency_key="g"), 202) == answer
    batch = read(owner(people).get(f"/batches/{answer['batch']}"))
    assert (batch["state"], batch["recipients"], batch["charged"]) == ("accepted", 2, None)
    assert spent_e4(people) == 2 * COST_E4


def test_groups_of_others_and_unknown_fields_are_refused(people, connector):
    program, theirs = owner(people), make_group(people.other_account, 1)
    mine = make_group(people.account, 1)
    given = asked(text="Ciao", groups=[theirs.pk])
    del given["to"]
    refused(program.post("/batches", given), 404, "not_found")
    refused(program.post("/batches", given | {"groups": [mine.pk], "text": "Ciao {nix}"}), 422, "unknown_field")
    refused(program.post("/batches", given | {"groups": [mine.pk], "exclude_groups": [mine.pk]}), 422, "value_wrong")
    assert (spent_e4(people), Draft.objects.count()) == (0, 0)


def test_a_batch_is_paused_resumed_and_cancelled(people, connector):
    program, group = owner(people), make_group(people.account, 3)
    given = asked(groups=[group.pk], text="Ciao")
    del given["to"]
    batch = read(program.post("/batches", given), 202)["batch"]
    assert read(program.post(f"/batches/{batch}/pause"))["state"] == "paused"
    refused(program.post(f"/batches/{batch}/pause"), 409, "move_refused")
    assert read(program.post(f"/batches/{batch}/resume"))["state"] == "accepted"
    assert read(program.post(f"/batches/{batch}/cancel", idempotency_key="c"))["state"] == "cancelling"
    assert read(program.post(f"/batches/{batch}/cancel", idempotency_key="c"))["state"] == "cancelling"
    work_all()
    ended = read(program.get(f"/batches/{batch}"))
    assert (ended["state"], ended["charged"], spent_e4(people)) == ("settled", "0.0000", 0)


def test_batches_are_listed_with_their_counts(people, connector):
    program = owner(people)
    ids = [str(sent(people, connector, size=2, name=f"G{n}", first=3330000001 + 10 * n).pk) for n in range(3)]
    found = program.everything("/batches?limit=2&state=ended")
    assert [each["id"] for each in found] == ids[::-1]
    assert {each["counts"]["delivered"] for each in found} == {2}
    assert program.everything("/batches?state=planned") == []


def test_the_sandbox_sends_nothing_and_touches_nothing_real(people):
    program = owner(people, sandbox=True)
    answer = read(program.post("/messages", asked(), idempotency_key="k"), 202)
    assert read(program.post("/messages", asked(), idempotency_key="k"), 202) == answer
    message = read(program.get(f"/messages/{answer['id']}"))
    assert (message["sandbox"], message["batch"], message["text"]) == (True, None, "Ciao {x}")
    assert [each["id"] for each in program.everything("/messages?limit=1")] == [answer["id"]]
    assert read(program.post("/batches", many(("3330000001", "a"))), 202)["accepted"] == 1
    refused(program.post("/messages", asked(to="+393300000010")), 402, "not_enough_credit")
    number = SandboxMessage.objects.count()
    refused(program.post("/batches", many(("3330000001", "a"), ("+393300000010", "b"))), 402, "not_enough_credit")
    assert SandboxMessage.objects.count() == number
    refused(owner(people).get(f"/messages/{answer['id']}"), 404, "not_found")
    group = make_group(people.account, 1)
    given = asked(groups=[group.pk])
    del given["to"]
    refused(program.post("/batches", given), 403, "live_key_needed")
    refused(program.post("/batches/1/cancel"), 403, "live_key_needed")
    assert (Batch.objects.count(), spent_e4(people)) == (0, 0)


def test_an_estimate_counts_and_charges_nothing(people, connector):
    program = owner(people)
    given = many(("3330000001", None), ("3330000002", "x" * 161), ("x", None), text="Ci vediamo “domani”")
    told = read(program.post("/estimate", given))
    assert [(each["index"], each["parts"], each["credits"]) for each in told["items"]] == [(0, 1, "1.6000"), (1, 2, "3.2000")]
    assert (told["recipients"], told["parts"], told["credits"], told["available"], told["enough"]) == (2, 3, "4.8000", "1000.0000", True)
    assert [(each["character"], each["positions"], each["replacement"]) for each in told["text"]["costly"]] == [
        ("“", [11], '"'),
        ("”", [18], '"'),
    ]
    assert (told["text"]["alphabet"], told["text"]["repaired"]) == ("ucs2", 'Ci vediamo "domani"')
    assert [each["code"] for each in told["refused"]] == ["number_refused"]
    assert (Batch.objects.count(), Draft.objects.count(), spent_e4(people)) == (0, 0, 0)


def test_the_credit_is_told_to_whom_it_may_be(people, connector):
    told = read(owner(people, "send").post("/estimate", many(("3330000001", "a"))))
    assert (told["available"], told["enough"], told["credits"]) == (None, True, "1.6000")


def test_groups_too_large_to_be_counted_at_once_are_refused(people, connector, monkeypatch):
    monkeypatch.setattr(estimate, "PEOPLE_MAX", 2)
    program, group = owner(people), make_group(people.account, 3)
    given = asked(groups=[group.pk], text="Ciao")
    del given["to"]
    for path in ("/estimate", "/batches"):
        assert "3 people" in refused(program.post(path, given), 422, "too_many_to_estimate")["detail"]
    assert (Batch.objects.count(), Draft.objects.count()) == (0, 0)


def test_an_estimate_of_groups_is_what_the_batch_costs(people, connector):
    Field.objects.create(account=people.account, name="citta")
    program, group = owner(people), make_group(people.account, 3)
    given = asked(groups=[group.pk], text="Ciao {nome} " + "x" * 150)
    del given["to"]
    told = read(program.post("/estimate", given))
    answer = read(program.post("/batches", given), 202)
    assert (told["recipients"], told["parts"], told["credits"]) == (3, 6, answer["credits"])
    refused(program.post("/estimate", given | {"text": "Ciao {nix}"}), 422, "unknown_field")


def test_what_the_pure_functions_say_is_what_django_answers(people, connector):
    body = json.dumps(asked(to="x")).encode()
    response = owner(people).post("/messages", body)
    (answer,) = operations.send(Principal(people.account.pk, people.owner.pk), [single.decode(body)])
    status, headers, said = single.encode(answer, "en")
    assert (status, said) == (response.status_code, response.content)
    assert all(response.headers[name] == value for name, value in headers)
