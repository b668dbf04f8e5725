"""The hot door: many calls at once are committed together, and each is answered as if it had come alone."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, connection, transaction

from staffetta.accounts import apikeys, apipassword
from staffetta.accounts.scopes import EVERYTHING
from staffetta.api import auth
from staffetta.api.errors import Busy, InDoubt, Internal
from staffetta.api.hot import committer as committers
from staffetta.api.hot import group
from staffetta.api.hot.call import Call, Key
from staffetta.api.hot.front import Front
from staffetta.api.hot.keeping import LOOKED_FOR_S, Keeping
from staffetta.api.hot.link import Link
from staffetta.api.operations import Sent
from staffetta.billing import ledger
from staffetta.billing.models import Entry
from staffetta.lib import clock
from staffetta.messaging import offer
from staffetta.messaging.models import Batch, Message, SandboxMessage
from staffetta.messaging.offer import Asked
from tests.db.line import work_all
from tests.people import People, make_connector, make_people

pytestmark = pytest.mark.django_db(transaction=True)
PRO, COST_E4 = 59, 15_000
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def people() -> People:
    made = make_people()
    make_connector()
    offer.forget()
    return made


def key_of(people: People, **fields: object) -> str:
    return apikeys.make(people.account, people.owner, "till", EVERYTHING, **fields)[1]  # type: ignore[arg-type]


async def _pages(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"a page"})


async def ask(front: Front, path: str, body: bytes = b"", method: str = "POST", query: str = "", **headers: str) -> Answer:
    """Send one request to the application, as the web server does."""
    sent: list[dict] = []
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": named, "client": ("127.0.0.1", 1)}

    async def receive() -> dict:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    await front(scope, receive, send)
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}, sent[1]["body"]


def asked_at_once(asks: Sequence[Callable[[Front], Awaitable[Answer]]], front: Front | None = None) -> list[Answer]:
    """Let all ask at the same time; return what each was answered."""
    front = front or Front(_pages)

    async def together() -> list[Answer]:
        try:
            return await asyncio.gather(*[each(front) for each in asks])
        finally:
            await asyncio.to_thread(front.stop)

    return asyncio.run(together())


def rest(key: str, to: str = "+393331234567", text: str = "Ciao", **headers: str) -> Callable[[Front], Awaitable[Answer]]:
    body = json.dumps({"type": PRO, "sender": "BRUNI", "to": to, "text": text}).encode()
    return lambda front: ask(front, "/api/v1/messages", body, authorization=f"Bearer {key}", **headers)


def legacy(
    login: str, password: str, destination: str = "393331234567", method: str = "POST", **more: str
) -> Callable[[Front], Awaitable[Answer]]:
    given = {
        "authlogin": login,
        "authpasswd": password,
        "sender": "QlJVTkk=",
        "body": "Q2lhbw==",
        "destination": destination,
        "id_api": str(PRO),
    }
    form = urlencode(given | more)
    if method == "GET":
        return lambda front: ask(front, "/http/send_sms/", method="GET", query=form)
    return lambda front: ask(front, "/http/send_sms", form.encode(), content_type="application/x-www-form-urlencoded")


def agree() -> None:
    assert all(books.agree for books in ledger.books())


def test_many_at_once_are_each_answered_with_their_own_message(people):
    key, password = key_of(people), apipassword.set_password(people.account)
    numbers = [f"393330000{n:03d}" for n in range(40)]
    answers = asked_at_once([rest(key, f"+{number}") if n % 2 else legacy("owner", password, number) for n, number in enumerate(numbers)])
    ids = [
        json.loads(body)["id"] if n % 2 else body.decode().removeprefix("+01 SMS Queued - ID: ") for n, (_, _, body) in enumerate(answers)
    ]
    assert [Message.objects.get(pk=message_id).number for message_id in ids] == [f"+{number}" for number in numbers]
    assert {status for status, _, _ in answers[1::2]} == {202}
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000 - 40 * COST_E4
    agree()


def test_of_a_key_used_by_many_at_once_one_message_leaves(people):
    key = key_of(people)
    answers = asked_at_once([rest(key, idempotency_key="order 7") for _ in range(12)])
    assert {status for status, _, _ in answers} == {202}
    assert len({json.loads(body)["id"] for _, _, body in answers}) == 1
    assert sum("idempotency-replayed" in headers for _, headers, _ in answers) == 11
    assert Entry.objects.filter(kind="charge").count() == 1


def test_two_web_processes_with_one_key_send_one_message(people):
    key = key_of(people)

    async def together() -> list[Answer]:
        fronts = [Front(_pages) for _ in range(2)]
        answers = await asyncio.gather(*[rest(key, idempotency_key=f"order {n}")(front) for n in range(20) for front in fronts])
        for front in fronts:
            await asyncio.to_thread(front.stop)
        return answers

    answers = asyncio.run(together())
    assert {status for status, _, _ in answers} == {202}
    assert len({json.loads(body)["id"] for _, _, body in answers}) == 20 == Batch.objects.count()
    agree()


def test_where_credit_ends_the_others_are_refused(people):
    key = key_of(people)
    ledger.hold(people.account.pk, 10_000_000 - 3 * COST_E4, "other")
    answers = asked_at_once([rest(key, f"+39333000{n:04d}") for n in range(10)])
    assert sorted(status for status, _, _ in answers) == [202] * 3 + [402] * 7
    assert ledger.wallet(people.account.pk).available_e4 == 0
    agree()


def test_access_is_looked_at_in_every_group(people):
    key, password = key_of(people), apipassword.set_password(people.account)
    realm = auth.operator.current().realm
    good = [legacy("owner", password), legacy(f"OWNER@{realm}", password, method="GET")]
    assert [body[:3] for _, _, body in asked_at_once(good)] == [b"+01", b"+01"]
    apipassword.set_password(people.account)
    apikeys.revoke(people.account, people.account.keys.get().pk)
    answers = asked_at_once([good[0], legacy("owner", "sbagliata"), legacy("nessuno", password), rest(key), rest("stf_live_x")])
    assert [body for _, _, body in answers[:3]] == [b"-3-Access denied"] * 3
    assert [json.loads(body)["code"] for _, _, body in answers[3:]] == ["key_ended", "key_unknown"]
    assert [headers["www-authenticate"][:6] for _, headers, _ in answers[3:]] == ["Bearer", "Bearer"]


def test_a_key_may_call_so_often_and_no_more(people):
    key = key_of(people)
    people.account.keys.update(per_minute=2)
    answers = asked_at_once([rest(key) for _ in range(3)])
    assert sorted(status for status, _, _ in answers) == [202, 202, 429]
    refused = next(headers for status, headers, _ in answers if status == 429)
    assert (refused["ratelimit-limit"], refused["ratelimit-remaining"]) == ("2", "0")
    assert int(refused["retry-after"]) >= 1


def test_a_sandbox_key_sends_nothing(people):
    ((status, _, _),) = asked_at_once([rest(key_of(people, sandbox=True))])
    assert (status, SandboxMessage.objects.count(), Batch.objects.count()) == (202, 1, 0)


def test_too_large_broken_and_unfinished_bodies_are_told(people):
    key = key_of(people)
    large = rest(key, text="x" * 70_000)
    broken = lambda front: ask(front, "/api/v1/messages", b"{", authorization=f"Bearer {key}")
    wordy = lambda front: ask(front, "/http/send_sms", b"body=" + b"x" * 2**20)
    answers = asked_at_once([large, broken, wordy])
    assert [status for status, _, _ in answers] == [413, 400, 200]
    assert answers[2][2] == b"-102-body contains invalid characters or is too long"
    assert Batch.objects.count() == 0


def test_everything_else_is_for_the_pages(people):
    answers = asked_at_once([lambda front: ask(front, "/api/v1/messages", method="GET"), lambda front: ask(front, "/home/")])
    assert {body for _, _, body in answers} == {b"a page"}


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
        committer = committers.Committer(work or Work(), loop)
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
    work = losing(committers.TRIES, committed=True)
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
    monkeypatch.setattr(committers, "LOCK_S", 0.2)
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


def test_taking_back_outlives_whatever_goes_wrong(caplog):
    tried: list[Sequence[str]] = []
    at = [0.0]

    def take_back(marks: Sequence[str]) -> int:
        tried.append(marks)
        if len(tried) == 1:
            raise KeyError("surprise")
        return 1

    keeping = Keeping(take_back, Link(), lambda: at[0])
    keeping.add(["a"])
    for at[0] in (0.0, 5.0, LOOKED_FOR_S - 1, LOOKED_FOR_S + 1, LOOKED_FOR_S * 3):
        keeping.look()
    assert tried == [["a"]] * 4
    assert keeping.wait_s is None
    assert "surprise" in caplog.text
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


def test_more_than_can_wait_are_told_to_come_again(people, monkeypatch):
    monkeypatch.setattr(committers, "WAITING_MAX", 0)
    ((status, _, body),) = asked_at_once([rest(key_of(people))])
    assert (status, json.loads(body)["code"], json.loads(body)["retry"]) == (503, "busy", True)
