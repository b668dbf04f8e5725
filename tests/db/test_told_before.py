"""A repeat with its key is answered as the first was, though the same message would be refused today; another message stays refused."""

from datetime import timedelta

import pytest

from staffetta.api import operations
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.billing.errors import NotEnoughCredit
from staffetta.billing.models import Entry, SmsType
from staffetta.carriers.models import Connector, Route
from staffetta.lib import clock
from staffetta.messaging import offer
from staffetta.messaging.errors import KeyUsedDifferently, NoRoute, TooLateToSend, TypeUnknown
from staffetta.messaging.offer import Asked
from tests.db.rest import owner, read, refused
from tests.people import People, sms_type

pytestmark = pytest.mark.django_db
KIND = "PRO con notifica"


@pytest.fixture(params=[False, True], ids=["live", "sandbox"])
def caller(people: People, connector: Connector, request) -> Principal:
    offer.forget()
    return Principal(people.account.pk, people.owner.pk, key_id=7, sandbox=request.param)


def asked(**fields) -> Asked:
    return Asked(**({"type": sms_type(KIND).api_id, "number": "3331234567", "text": "Ciao", "sender": "BRUNI", "key": "k"} | fields))


def once(caller: Principal, message: Asked):
    (answer,) = operations.send(caller, [message])
    return answer


def off_sale() -> None:
    SmsType.objects.filter(name=KIND).update(active=False)
    offer.forget()


def test_a_type_taken_off_sale_is_still_that_of_the_first(caller):
    first = once(caller, asked())
    paid = Entry.objects.count()
    off_sale()
    assert once(caller, asked()) == first._replace(repeated=True)
    assert Entry.objects.count() == paid
    assert isinstance(once(caller, asked(key="other")), TypeUnknown)


@pytest.mark.parametrize("other", [{"text": "Altro"}, {"number": "3331234568"}, {"sender": "ALTRI"}, {"send_at": True}], ids=str)
def test_another_message_with_the_key_stays_refused(caller, other):
    once(caller, asked())
    off_sale()
    if "send_at" in other:
        other = {"send_at": clock.now() + timedelta(hours=1)}
    assert isinstance(once(caller, asked(**other)), TypeUnknown)


def test_a_planned_time_that_has_passed_is_that_of_the_first(caller, monkeypatch):
    at = clock.now() + timedelta(minutes=30)
    first = once(caller, asked(send_at=at))
    later = at + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert once(caller, asked(send_at=at)) == first._replace(repeated=True)
    assert isinstance(once(caller, asked(send_at=at, key="other")), TooLateToSend)


def test_without_a_carrier_the_first_is_still_told(people, connector):
    offer.forget()
    caller = Principal(people.account.pk, people.owner.pk)
    first = once(caller, asked())
    Route.objects.all().delete()
    offer.forget()
    assert once(caller, asked()) == first._replace(repeated=True)
    assert isinstance(once(caller, asked(key="other")), NoRoute)


def test_another_account_with_the_same_key_is_refused(people, caller):
    once(caller, asked())
    off_sale()
    assert isinstance(once(Principal(people.other_account.pk, people.stranger.pk, 8, caller.sandbox), asked()), TypeUnknown)


def test_several_in_one_call_are_each_told(caller):
    first = once(caller, asked())
    off_sale()
    answers = operations.send(caller, [asked(key=""), asked(), asked(key="new")])
    assert [type(each) for each in answers] == [TypeUnknown, Sent, TypeUnknown]
    assert answers[1] == first._replace(repeated=True)


def test_over_http(people, connector):
    program = owner(people)
    body = {"type": sms_type(KIND).api_id, "to": "3331234567", "text": "Ciao", "sender": "BRUNI"}
    first = read(program.post("/messages", body, idempotency_key="k"), 202)
    off_sale()
    again = program.post("/messages", body, idempotency_key="k")
    assert read(again, 202) == first
    assert again.headers["Idempotency-Replayed"] == "true"
    refused(program.post("/messages", body | {"text": "Altro"}, idempotency_key="k"), 422, "type_unknown")


def test_in_the_sandbox_a_known_key_goes_before_what_the_number_stands_for(people):
    caller = Principal(people.account.pk, people.owner.pk, key_id=7, sandbox=True)
    once(caller, asked())
    assert isinstance(once(caller, asked(number="+393300000010")), KeyUsedDifferently)
    assert isinstance(once(caller, asked(number="+393300000010", key="")), NotEnoughCredit)


def test_in_the_sandbox_a_repeat_for_another_time_is_another_message(people):
    caller = Principal(people.account.pk, people.owner.pk, key_id=7, sandbox=True)
    at = clock.now() + timedelta(hours=1)
    once(caller, asked(send_at=at))
    assert once(caller, asked(send_at=at)).repeated
    assert isinstance(once(caller, asked()), KeyUsedDifferently)
