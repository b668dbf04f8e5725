"""The Python client against a service that answers by a list: what it sends, when it repeats, what it raises."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from staffetta.cli import parser_for
from staffetta.client import AsyncClient, Client, NotReachable, StaffettaError
from staffetta.client import retry as retries
from staffetta.client.commands import send

SENT = {"id": "1000000000000000001", "to": "+393300000001", "sender": "BRUNI", "parts": 1, "credits": "1.6000", "state": "queued"}
Answer = httpx.Response | Exception


class Service:
    """Answers with one after the other; keeps what was asked, and how long the client waited."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.asked, self.waited = list(answers), [], []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self) -> Client:
        return Client("stf_live_x", "https://sms.example.it/", transport=httpx.MockTransport(self), sleep=self.waited.append)

    @property
    def keys(self) -> list[str]:
        return [request.headers["Idempotency-Key"] for request in self.asked]


def problem(status: int, code: str, retry: bool = False, **headers: str) -> httpx.Response:
    told = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": "Così no.", "retry": retry}
    return httpx.Response(status, json=told, headers=headers)


def test_it_works():
    service = Service(httpx.Response(202, json=SENT))
    assert service.client().send(84, "+393300000001", "Ciao", sender="BRUNI")["id"] == SENT["id"]
    (request,) = service.asked
    assert (request.method, str(request.url)) == ("POST", "https://sms.example.it/api/v1/messages")
    assert request.headers["Authorization"] == "Bearer stf_live_x"
    assert json.loads(request.content) == {"type": 84, "to": "+393300000001", "text": "Ciao", "sender": "BRUNI"}


@pytest.mark.parametrize(
    "first",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("late"),
        problem(429, "too_many_calls", True),
        httpx.Response(503),
        problem(500, "internal", True),
        problem(503, "in_doubt", True),
    ],
    ids=str,
)
def test_a_repeat_has_the_same_key(first):
    service = Service(first, first, httpx.Response(202, json=SENT))
    service.client().send(84, "+393300000001", "Ciao")
    assert len(service.keys) == 3
    assert len(set(service.keys)) == 1
    assert len(service.keys[0]) >= 32
    assert 0 < service.waited[0] <= retries.FIRST_S < service.waited[1] * 2 <= retries.FIRST_S * 4


def test_two_calls_have_two_keys_and_ones_own_key_is_used():
    service = Service(*[httpx.Response(202, json=SENT)] * 3)
    client = service.client()
    for key in ("", "", "order-7"):
        client.send(84, "+393300000001", "Ciao", key=key)
    assert len(set(service.keys)) == 3
    assert service.keys[2] == "order-7"


def test_a_500_that_is_not_the_services_is_raised_at_once():
    service = Service(httpx.Response(500, text="<h1>Oops</h1>"))
    with pytest.raises(StaffettaError):
        service.client().send(84, "+393300000001", "Ciao")
    assert service.waited == []


def test_what_the_service_asks_for_is_waited_for():
    service = Service(problem(429, "too_many_calls", True, **{"Retry-After": "7"}), httpx.Response(202, json=SENT))
    service.client().send(84, "+393300000001", "Ciao")
    assert service.waited == [7.0]


@pytest.mark.parametrize(
    "answer",
    [
        problem(402, "not_enough_credit"),
        problem(422, "number_refused"),
        problem(503, "no_route"),
        problem(500, "internal"),
        problem(429, "too_many_wrong", True, **{"Retry-After": "300"}),
    ],
    ids=lambda answer: str(answer.status_code),
)
def test_a_refusal_is_raised_at_once(answer):
    service = Service(answer)
    with pytest.raises(StaffettaError) as raised:
        service.client().send(84, "+393300000001", "Ciao")
    assert (raised.value.status, raised.value.code) == (answer.status_code, answer.json()["code"])
    assert raised.value.detail == "Così no."
    assert service.waited == []


def test_who_never_answers_is_said_so_with_the_key():
    service = Service(*[httpx.ConnectError("refused")] * retries.ATTEMPTS)
    with pytest.raises(NotReachable, match="refused") as raised:
        service.client().send(84, "+393300000001", "Ciao", key="order-7")
    assert (raised.value.key, raised.value.retry, len(service.waited)) == ("order-7", True, retries.ATTEMPTS - 1)


def test_a_page_of_a_proxy_is_an_error_with_its_status():
    with pytest.raises(StaffettaError) as raised:
        Service(httpx.Response(404, text="<html>")).client().credit()
    assert (raised.value.status, raised.value.code) == (404, "no_problem_json")


def pages() -> list[Answer]:
    return [
        httpx.Response(200, json={"items": [{"id": "1"}, {"id": "2"}], "next": "c=2"}),
        httpx.Response(200, json={"items": [{"id": "3"}]}),
    ]


def test_pages_follow_one_another():
    service = Service(*pages())
    assert [each["id"] for each in service.client().messages(state="delivered")] == ["1", "2", "3"]
    assert [dict(request.url.params) for request in service.asked] == [{"state": "delivered"}, {"state": "delivered", "cursor": "c=2"}]


def test_an_id_stays_within_its_place():
    service = Service(httpx.Response(200, json=SENT))
    service.client().message("../credit?x")
    assert service.asked[0].url.raw_path == b"/api/v1/messages/..%2Fcredit%3Fx"


def test_the_other_calls():
    listed = httpx.Response(200, json={"items": [], "next": None})
    service = Service(*[httpx.Response(200, json={})] * 4, *[listed] * 3)
    client = service.client()
    client.send_many(84, [("+393300000001", "a"), ("+393300000002", "b")], sender="BRUNI")
    client.estimate(84, [("+393300000001", "a")])
    client.batch("7")
    client.credit()
    assert client.types() == list(client.batches()) == list(client.batch_messages("7")) == []
    asked = [(request.method, request.url.path.removeprefix("/api/v1")) for request in service.asked]
    assert asked == [
        ("POST", "/batches"), ("POST", "/estimate"), ("GET", "/batches/7"), ("GET", "/credit"), ("GET", "/types"), ("GET", "/batches"),
        ("GET", "/batches/7/messages"),
    ]  # fmt: skip
    assert json.loads(service.asked[0].content)["recipients"] == [
        {"to": "+393300000001", "text": "a"},
        {"to": "+393300000002", "text": "b"},
    ]


def test_lookups():
    under_way, page = {"id": "7", "state": "running"}, {"items": [], "next": None}
    service = Service(*(httpx.Response(202, json=under_way) for _ in range(4)), *(httpx.Response(200, json=page) for _ in range(2)))
    with service.client() as client:
        assert client.lookup("+393300000001", key="a")["state"] == "running"
        client.lookup_many(["+393300000001"], reuse=False)
        client.lookup_group(12)
        assert client.lookup_now("7")["id"] == "7"
        assert list(client.lookups(state="settled")) == list(client.lookup_results("7", ported=True)) == []
    assert [json.loads(each.content) for each in service.asked[:3]] == [
        {"number": "+393300000001", "reuse": True},
        {"numbers": ["+393300000001"], "reuse": False},
        {"group": 12, "reuse": True},
    ]
    assert (service.asked[0].headers["Idempotency-Key"], service.asked[5].url.query) == ("a", b"ported=true")


def test_the_asynchronous_one_does_the_same():
    service = Service(httpx.ConnectError("refused"), httpx.Response(202, json=SENT), *pages())

    async def waited(seconds: float) -> None:
        service.waited.append(seconds)

    async def go() -> Any:
        async with AsyncClient("stf_live_x", "https://sms.example.it", transport=httpx.MockTransport(service), sleep=waited) as client:
            sent = await client.send(84, "+393300000001", "Ciao")
            return sent, [each["id"] async for each in client.messages()]

    sent, ids = asyncio.run(go())
    assert sent["id"] == SENT["id"]
    assert ids == ["1", "2", "3"]
    assert len(service.waited) == 1
    assert service.asked[0].headers["Idempotency-Key"] == service.asked[1].headers["Idempotency-Key"]


@pytest.mark.parametrize(("key", "url"), [("", "https://sms.example.it"), ("stf_live_x", "sms.example.it"), ("stf_live_x", "")])
def test_it_says_what_is_missing(key, url, monkeypatch):
    monkeypatch.delenv("STAFFETTA_KEY", raising=False)
    monkeypatch.delenv("STAFFETTA_URL", raising=False)
    with pytest.raises(ValueError, match=r"STAFFETTA_(KEY|URL)"):
        Client(key, url)


def command(*words: str) -> Callable[[], int]:
    argv = ["send", *words]
    options = parser_for(argv).parse_args(argv)
    return lambda: send(options)


def test_the_command_says_in_one_line_what_is_wrong(capsys, monkeypatch):
    monkeypatch.delenv("STAFFETTA_KEY", raising=False)
    assert command("--to", "+393300000001", "--text", "Ciao", "--url", "https://sms.example.it")() == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "STAFFETTA_KEY" in said.err
