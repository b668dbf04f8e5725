"""REST's list of messages: no filter is passed over in silence, in the sandbox as on the line."""

import pytest

from staffetta.messaging import offer, search
from tests.db.rest import owner, read, refused
from tests.db.test_rest_messages import asked

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[False, True], ids=["live", "sandbox"])
def program(people, connector, request):
    offer.forget()
    yield owner(people, sandbox=request.param)
    offer.forget()


@pytest.mark.parametrize(
    "other", ["batch=1", "state=failed", "number=%2B393331234567", "since=2026-01-01T00:00:00Z", "until=2027-01-01T00:00:00Z"]
)
def test_a_key_is_sought_alone(program, other):
    name = other.partition("=")[0]
    problem = refused(program.get(f"/messages?key=k&{other}"), 422, "value_wrong")
    assert f"“{name}”" in problem["detail"] or name in problem["detail"]


@pytest.mark.parametrize("name", ["since", "until"])
def test_a_batch_has_no_period(program, name):
    assert name in refused(program.get(f"/messages?batch=1&{name}=2026-01-01T00:00:00Z"), 422, "value_wrong")["detail"]


def test_a_number_is_sought_in_both(program):
    for number in ("+393300000001", "+393300000002"):
        read(program.post("/messages", asked(to=number)), 202)
    assert [each["to"] for each in read(program.get("/messages?number=%2B393300000002"))["items"]] == ["+393300000002"]
    assert len(read(program.get("/messages?number=%2B39330000000"))["items"]) == 2
    refused(program.get("/messages?number=33"), 422, "value_wrong")


def test_there_are_no_batches_in_the_sandbox(people):
    refused(owner(people, sandbox=True).get("/messages?batch=77"), 404, "not_found")


def test_where_not_all_were_looked_at_more_digits_are_asked_for(people, connector, monkeypatch):
    offer.forget()
    program = owner(people)
    for number in ("+393300000001", "+393300000002"):
        read(program.post("/messages", asked(to=number)), 202)
    monkeypatch.setattr(search, "HITS_MAX", 2)
    refused(program.get("/messages?number=%2B39330000000"), 422, "value_wrong")
    assert len(read(program.get("/messages?number=%2B393300000001"))["items"]) == 1
