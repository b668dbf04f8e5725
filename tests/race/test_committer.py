"""The committer: calls that arrive at once are written at once, and whatever becomes of the database nobody is charged for what they were refused."""

import asyncio
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from staffetta.accounts import apikeys
from staffetta.accounts.scopes import EVERYTHING
from staffetta.api.errors import Busy, InDoubt, Internal
from staffetta.api.hot import committer as committers
from staffetta.api.hot import group
from staffetta.api.hot.call import Call, Key
from staffetta.api.hot.keeping import LOOKED_FOR_S, Keeping
from staffetta.api.hot.link import TRIES, Link
from staffetta.api.operations import Sent
from staffetta.billing import ledger
from staffetta.billing.models import Entry
from staffetta.lib import clock
from staffetta.messaging import offer
from staffetta.messaging.models import Batch, SandboxMessage
from staffetta.messaging.offer import Asked
from tests.db.line import work_all
from tests.people import People, make_connector, make_people
from tests.race.test_hot_door import COST_E4, PRO, agree, key_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> People:
    made = make_people()
    make_connector()
    offer.forget()
    return made


def asked_for(text: str = "Ciao", key: str = "") -> Asked:
    return Asked(PRO, "+393331234567", text, "BRUNI", key)


def call(secret: str, **asked: str) -> Call:
    return Call(Key(apikeys.hashed(secret)), asked_for(**asked), "127.0.0.1", group.mark(), None)  # type: ignore[arg-type]


class Work:
    """What the committer has done with its calls; tests spoil a step of it."""

    def __init__(self) -> None:
        self.judge, self.accept, self.take_back = group.judge, group.accept, group.take_back


def told(calls: list[Call], work: Work | None = None) -> list[object]:
    """Have a committer of its own answer calls; return what it said."""

    async def run() -> list[object]:
        loop = asyncio.get_running_loop()
        for each in calls:
            each.answer = loop.create_future()
        committer = committers.Committer(work or Work(), loop, Path(tempfile.mkdtemp()) / "marks")
        for each in calls:
            committer.take(each)
        answers = await asyncio.gather(*[each.answer for each in calls])
        await asyncio.to_thread(committer.stop)
        return answers

    return asyncio.run(run())


def test_what_cannot_be_written_stops_nobody_else(people):
    key = key_of(people)
    answers = told([call(key), call(key, text="\udc80"), call(key)])
    assert [type(answer) for answer in answers] == [Sent, Internal, Sent]
    assert Batch.objects.count() == 2
    agree()


def test_the_next_are_judged_while_the_first_are_committed(people):
    secret = key_of(people)
    both = threading.Event()
    judged: list[Call] = []
    work = Work()

    def judge(calls: Sequence[Call]) -> None:
        group.judge(calls)
        judged.extend(calls)
        if len(judged) > 1:
            both.set()

    def accept(calls: Sequence[Call], again: bool = False) -> None:
        assert both.wait(30), "the second was not judged before the first was accepted"
        group.accept(calls, again)

    async def run() -> list[object]:
        loop = asyncio.get_running_loop()
        first, second = call(secret), call(secret)
        first.answer, second.answer = loop.create_future(), loop.create_future()
        work.judge, work.accept = judge, accept
        committer = committers.Committer(work, loop, Path(tempfile.mkdtemp()) / "marks")
        committer.take(first)
        while not judged:
            await asyncio.sleep(0)
        committer.take(second)
        answers = await asyncio.gather(first.answer, second.answer)
        await asyncio.to_thread(committer.stop)
        return answers

    assert [type(answer) for answer in asyncio.run(run())] == [Sent, Sent]
    agree()


def accepted(calls: list[Call], again: bool = False) -> list[int]:
    """Accept calls that were judged; return the ids."""
    for each in calls:
        each.told = None
    group.accept(calls, again)
    return [each.told.message_id for each in calls]


def test_asked_again_after_a_lost_connection_nothing_is_done_twice(people):
    calls = [call(key_of(people)) for _ in range(3)]
    group.judge(calls)
    assert accepted(calls, again=True) == accepted(calls, again=True)
    assert Entry.objects.filter(kind="charge").count() == 3
    assert not any(each.told.repeated for each in calls)  # they gave no key: they have repeated nothing
    with pytest.raises(IntegrityError):  # who does not ask by its marks is stopped by the ledger
        accepted(calls)


def lose() -> None:
    """Lose the connection, as it is lost when the server goes away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def losing(times: int, committed: bool) -> Work:
    """Return a work whose connection is lost so many times when it accepts: after the commit, or before anything was written."""
    work = Work()
    lost: list[int] = []

    def accept(calls: Sequence[Call], again: bool = False) -> None:
        if len(lost) < times:
            lost.append(1)
            if committed:
                group.accept(calls, again)
                for each in calls:
                    each.told = None  # and nobody hears of it
            lose()
        group.accept(calls, again)

    work.accept = accept
    return work


def test_a_lost_connection_is_opened_again(people):
    calls = [call(key_of(people)) for _ in range(2)]
    answers = told(calls, losing(1, committed=True))
    assert {answer.message_id for answer in answers} == set(Batch.objects.values_list("first_id", flat=True))
    assert Batch.objects.count() == 2
    agree()


def test_what_was_committed_is_not_refused_by_looking_again(people):
    secret = key_of(people)
    people.account.keys.update(per_minute=1)
    soon = call(secret, key="mine")
    work = losing(1, committed=True)
    accept = work.accept

    def late(calls: Sequence[Call], again: bool = False) -> None:
        try:
            accept(calls, again)
        finally:  # between the tries the key ends, and the type is sold no more
            people.account.keys.update(revoked_at=clock.now())
            offer.forget()

    work.accept = late
    (answer,) = told([soon], work)
    assert isinstance(answer, Sent)
    assert Batch.objects.count() == 1


def test_lost_for_good_who_has_a_key_is_told_to_ask_by_it_and_the_others_are_taken_back(people):
    secret = key_of(people)
    keyed = call(secret, key="mine")
    work = losing(TRIES, committed=True)
    answers = told([keyed, call(secret)], work)
    assert [type(answer) for answer in answers] == [InDoubt, Internal]
    assert Batch.objects.get(key="api-mine").state == "sending"
    assert Batch.objects.exclude(key="api-mine").get().state == "cancelling"
    assert [type(answer) for answer in told([call(secret, key="mine")])] == [Sent]
    work_all()
    agree()
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000 - COST_E4


def test_where_the_database_was_never_reached_nothing_is_in_doubt(people, monkeypatch):
    secret = key_of(people)
    keyed = call(secret, key="mine")
    work = Work()
    looked: list[Sequence[str]] = []
    work.take_back = lambda marks: looked.append(marks) or 0

    def judge(calls: Sequence[Call]) -> None:
        group.judge(calls)
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")

    work.judge = judge
    assert [type(answer) for answer in told([keyed, call(secret)], work)] == [Internal, Internal]
    assert looked == []


def test_a_wallet_that_is_locked_holds_up_nobody_else(people, monkeypatch):
    ledger.credit(people.other_account.pk, 10_000_000, "grant", "test", "for the tests")
    locked, free = key_of(people), apikeys.make(people.other_account, people.stranger, "till", EVERYTHING)[1]
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM billing_wallet WHERE account_id = %s FOR UPDATE", [people.account.pk])
                holding.set()
                done.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(30)
    answers = told([call(locked), call(free), call(locked)])
    done.set()
    thread.join()
    assert [type(answer) for answer in answers] == [Busy, Sent, Busy]
    assert [type(answer) for answer in told([call(locked)])] == [Sent]
    agree()


def test_taking_back_outlives_whatever_goes_wrong(caplog, tmp_path):
    tried: list[Sequence[str]] = []
    at = [0.0]

    def take_back(marks: Sequence[str]) -> int:
        tried.append(marks)
        if len(tried) == 1:
            raise KeyError("surprise")
        return 1

    keeping = Keeping(take_back, Link(), tmp_path / "marks", lambda: at[0])
    keeping.add(["a"])
    for at[0] in (0.0, 5.0, LOOKED_FOR_S - 1, LOOKED_FOR_S + 1, LOOKED_FOR_S * 3):
        keeping.look()
    assert tried == [["a"]] * 4
    assert keeping.wait_s is None
    assert "surprise" in caplog.text
    connection.close()


def test_what_is_to_be_taken_back_outlives_the_process(people, tmp_path):
    calls = [call(key_of(people))]
    group.judge(calls)
    group.accept(calls)
    Keeping(group.take_back, Link(), tmp_path / "marks").add([calls[0].mark])
    Keeping(group.take_back, Link(), tmp_path / "marks").look()
    work_all()
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000
    connection.close()


def test_nothing_is_left_to_take_back_once_it_is_old(people, tmp_path):
    at = [0.0]
    keeping = Keeping(group.take_back, Link(), tmp_path / "marks", lambda: at[0])
    keeping.add(["call-of-nobody"])
    assert (tmp_path / "marks").read_text() == "call-of-nobody"
    at[0] = LOOKED_FOR_S
    keeping.look()
    assert not (tmp_path / "marks").exists()
    connection.close()


def test_what_nobody_was_told_of_is_taken_back(people, caplog):
    calls = [call(key_of(people))]
    group.judge(calls)
    group.accept(calls)
    assert group.take_back([calls[0].mark]) == 1
    assert group.take_back([calls[0].mark]) == 0
    work_all()
    assert group.take_back([calls[0].mark]) == 0
    assert "has left" not in caplog.text
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000
    agree()


def test_a_retry_in_the_sandbox_records_nothing_twice(people):
    secret = key_of(people, sandbox=True)
    answers = told([call(secret) for _ in range(3)], losing(1, committed=True))
    assert {answer.message_id for answer in answers} == set(SandboxMessage.objects.values_list("pk", flat=True))
    assert SandboxMessage.objects.count() == 3
