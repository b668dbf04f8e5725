"""Two calls at once with one Idempotency-Key: without the row that both insert the work is done twice; with it once, and both are told the same."""

import json

import pytest
from django.db import connection, transaction

from staffetta.api import idempotency
from staffetta.api.idempotency import Answer, Call
from staffetta.api.models import KeyedAnswer
from staffetta.contacts.errors import ContactsRefused
from staffetta.contacts.models import Group
from tests.db.rest import owner
from tests.people import make_people
from tests.race.together import SURELY_S, together

pytestmark = pytest.mark.django_db(transaction=True)


def unnamed_group(account_id: int) -> Answer:
    """Work that nothing but the key keeps from being done twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_group (account_id, name, created_at) VALUES (%s, gen_random_uuid()::text, now()) RETURNING id",
            [account_id],
        )
        return Answer(201, json.dumps(cursor.fetchone()[0]).encode())


def looked_up_first(call: Call) -> Answer:
    """A call as one would first write it: look whether the key is known, then work, then write it down."""
    with transaction.atomic():
        known = KeyedAnswer.objects.filter(account_id=call.account_id, key=call.key).first()
        return Answer(known.status, bytes(known.body)) if known else unnamed_group(call.account_id)


def test_the_twin_without_the_row_does_it_twice():
    account = make_people(0).account
    call = Call(account.pk, False, "k", "POST /groups", b"")
    answers = together(*[lambda: looked_up_first(call)] * 2, after="SELECT", meet_s=SURELY_S)
    assert answers[0] != answers[1]
    assert Group.objects.count() == 2


def test_two_at_once_do_it_once_and_hear_the_same():
    account = make_people(0).account
    call = Call(account.pk, False, "k", "POST /groups", b"")
    answers = together(*[lambda: idempotency.once(call, lambda: unnamed_group(account.pk))] * 2, after="INSERT INTO contacts_group")
    assert {(each.status, each.body) for each in answers} == {(201, str(Group.objects.get().pk).encode())}
    assert sorted(each.repeated for each in answers) == [False, True]


def test_where_the_first_is_refused_the_second_does_it():
    account = make_people(0).account
    call = Call(account.pk, False, "k", "POST /groups", b"")
    turns = iter([True, False])

    def work() -> Answer:
        answer = unnamed_group(account.pk)
        if next(turns):
            raise ContactsRefused
        return answer

    answers = together(*[lambda: idempotency.once(call, work)] * 2, after="INSERT INTO contacts_group")
    assert sorted(type(each).__name__ for each in answers) == ["Answer", "ContactsRefused"]
    assert Group.objects.count() == KeyedAnswer.objects.count() == 1


def test_two_programs_at_once_over_http():
    program = owner(make_people(0))
    answers = together(*[lambda: program.post("/groups", {"name": "Uno"}, idempotency_key="k")] * 2, after="INSERT INTO api_keyedanswer")
    assert [(each.status_code, each.content) for each in answers] == [(201, answers[0].content)] * 2
    assert Group.objects.count() == 1
