"""The hot door: a repeat is answered as the first was, beside calls that are refused for the same reason."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from staffetta.accounts import apipassword
from staffetta.billing.models import SmsType
from staffetta.lib import clock
from staffetta.messaging import offer
from staffetta.messaging.models import Batch
from tests.people import People, make_connector, make_people
from tests.race.test_hot_door import PRO, asked_at_once, key_of, legacy, rest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Iterator[People]:
    made = make_people()
    make_connector()
    offer.forget()
    yield made
    SmsType.objects.filter(api_id=PRO).update(active=True)
    offer.forget()


@pytest.mark.parametrize("sandbox", [False, True], ids=["live", "sandbox"])
def test_a_type_taken_off_sale_is_still_that_of_the_first(people, sandbox):
    key = key_of(people, sandbox=sandbox)
    [(status, _headers, first)] = asked_at_once([rest(key, idempotency_key="k")])
    assert status == 202
    SmsType.objects.filter(api_id=PRO).update(active=False)
    offer.forget()
    again, other, none = asked_at_once([rest(key, idempotency_key="k"), rest(key, text="Altro", idempotency_key="k"), rest(key)])
    assert (again[0], again[2], again[1]["idempotency-replayed"]) == (202, first, "true")
    assert [json.loads(each[2])["code"] for each in (other, none)] == ["type_unknown", "type_unknown"]


def test_a_planned_time_that_has_passed_is_that_of_the_first(people, monkeypatch):
    password = apipassword.set_password(people.account)
    at = clock.now() + timedelta(minutes=5)
    planned = legacy("owner", password, client_id="c", deliver_timestamp=str(int(at.timestamp())))
    [(_status, _headers, first)] = asked_at_once([planned])
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(hours=2))
    assert [each[2] for each in asked_at_once([planned])] == [first]
    assert Batch.objects.count() == 1
