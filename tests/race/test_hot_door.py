"""The hot door: many calls at once are committed together, and each is answered as if it had come alone."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import urlencode

import pytest

from staffetta.accounts import apikeys, apipassword
from staffetta.accounts.scopes import EVERYTHING
from staffetta.api import auth
from staffetta.api.hot import committer as committers
from staffetta.api.hot.front import Front
from staffetta.billing import ledger
from staffetta.billing.models import Entry
from staffetta.messaging import offer
from staffetta.messaging.models import Batch, Message, SandboxMessage
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


def test_more_than_can_wait_are_told_to_come_again(people, monkeypatch):
    monkeypatch.setattr(committers, "WAITING_MAX", 0)
    ((status, _, body),) = asked_at_once([rest(key_of(people))])
    assert (status, json.loads(body)["code"], json.loads(body)["retry"]) == (503, "busy", True)
