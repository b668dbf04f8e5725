"""Who comes in by the hot door with a password, how often one may guess, and that both doors of REST say the same."""

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from a2wsgi import WSGIMiddleware
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.http import HttpRequest

from staffetta.accounts import apipassword
from staffetta.accounts.models import Account
from staffetta.accounts.scopes import EVERYTHING
from staffetta.api import auth, guessing, limits
from staffetta.api.errors import AccessDenied, Busy, TooManyWrong
from staffetta.api.hot import doors, lookers
from staffetta.api.hot.front import Front
from staffetta.api.legacy import edge, parse
from staffetta.billing import ledger
from staffetta.messaging import offer
from staffetta.messaging.models import Batch
from tests.db.rest import Program
from tests.people import People, make_connector, make_people
from tests.race.test_hot_door import PRO, Answer, ask, asked_at_once, legacy

pytestmark = pytest.mark.django_db(transaction=True)
DENIED, QUEUED = b"-3-Access denied", b"+01"


@pytest.fixture(autouse=True)
def _nobody_has_guessed() -> Iterator[None]:
    yield
    for each in (guessing._by_address, guessing._by_name, guessing._by_both):
        each._tries.clear()


@pytest.fixture
def people() -> People:
    made = make_people()
    make_connector()
    offer.forget()
    ledger.credit(made.other_account.pk, 10_000_000, "grant", "test", "for the tests")
    return made


def lines(answers: list[Answer]) -> list[bytes]:
    return [body[:3] if body.startswith(QUEUED) else body for _, _, body in answers]


def test_two_accounts_with_one_password_come_in_side_by_side(people):
    front = Front(_none)
    for account in (people.account, people.other_account):
        apipassword.set_password(account, "girasole-7")
    both = [legacy("owner", "girasole-7"), legacy("stranger", "girasole-7")] * 4
    assert lines(asked_at_once(both, front)) == [QUEUED] * 8
    assert sorted(set(Batch.objects.values_list("account_id", flat=True))) == sorted([people.account.pk, people.other_account.pk])


def test_the_first_calls_of_a_program_have_its_password_looked_at_once(people, monkeypatch):
    apipassword.set_password(people.account, "girasole-7")
    looked: list[str] = []
    really = auth.looked_at
    monkeypatch.setattr(auth, "looked_at", lambda *given: looked.append(given[0]) or really(*given))
    assert lines(asked_at_once([legacy("owner", "girasole-7")] * 60)) == [QUEUED] * 60
    assert looked == ["owner"]


def test_the_same_password_set_again_goes_on(people):
    apipassword.set_password(people.account, "girasole-7")
    assert lines(asked_at_once([legacy("owner", "girasole-7")])) == [QUEUED]
    apipassword.set_password(people.account, "girasole-7")
    assert lines(asked_at_once([legacy("owner", "girasole-7")] * 3)) == [QUEUED] * 3
    apipassword.set_password(people.account, "girasole-8")
    assert lines(asked_at_once([legacy("owner", "girasole-7"), legacy("owner", "girasole-8")])) == [DENIED, QUEUED]


def test_wrong_ones_are_counted_by_address_and_by_log_in(people):
    Account.objects.filter(pk=people.account.pk).update(api_password=make_password("girasole-7", hasher="scrypt"))
    for n in range(guessing.BY_ADDRESS_MAX):
        with pytest.raises(AccessDenied):
            auth.by_password(f"nobody-{n}", "x", "2001:db8::1")
    with pytest.raises(TooManyWrong):  # another address of the same customer
        auth.by_password("owner", "girasole-7", "2001:db8::2")
    assert auth.by_password("owner", "girasole-7", "2001:db8:0:1::1")
    for n in range(guessing.BY_NAME_MAX):
        guessing.note("Owner@elsewhere" if n % 2 else " owner", f"10.0.{n}.1")
    with pytest.raises(TooManyWrong):  # one try at a log-in that is guessed, and this address has had it
        auth.by_password("owner", "girasole-7", "10.0.5.1")
    assert auth.by_password("owner", "girasole-7", "2001:db8:0:1::7")  # from where it came in before


def test_who_guesses_a_log_in_from_everywhere_does_not_lock_its_owner_out(people):
    Account.objects.filter(pk=people.account.pk).update(api_password=make_password("girasole-7", hasher="scrypt"))
    for n in range(guessing.BY_NAME_MAX):
        guessing.note("owner", f"10.0.{n}.1")
    assert auth.by_password("owner", "girasole-7", "10.1.0.1")  # never seen here before, and right
    with pytest.raises(AccessDenied):
        auth.by_password("owner", "guess", "10.2.0.1")
    with pytest.raises(TooManyWrong):
        auth.by_password("owner", "girasole-7", "10.2.0.1")


def test_tries_are_forgotten_in_the_order_in_which_they_came_last(monkeypatch):
    monkeypatch.setattr(guessing, "_REMEMBERED_MAX", 2)
    now = [0.0]
    wrong = guessing.Wrong(2, lambda: now[0])
    for what in ("a", "b", "a", "c"):
        wrong.note(what)
    with pytest.raises(TooManyWrong):
        wrong.check("a")
    now[0] = guessing.WAIT_S + 1
    wrong.check("a")


@pytest.mark.parametrize("login", ["nobody", "owner"])
def test_an_unknown_log_in_costs_the_same_work(people, monkeypatch, login):
    apipassword.set_password(people.account, "girasole-7")
    looked: list[str] = []
    matches = apipassword.matches
    monkeypatch.setattr(apipassword, "matches", lambda password, encoded: looked.append(encoded) or matches(password, encoded))
    with pytest.raises(AccessDenied):
        auth.by_password(login, "x", "10.3.0.1")  # the owner's account has no API password
    assert [encoded.split("$")[0] for encoded in looked] == ["scrypt"]


def test_who_guesses_is_refused_before_anybody_waits(people, monkeypatch):
    for n in range(guessing.BY_ADDRESS_MAX):
        guessing.note(f"n{n}", "127.0.0.1")
    monkeypatch.setattr(lookers, "WAITING_MAX", 0)
    assert lines(asked_at_once([legacy("owner", "x")])) == [DENIED]  # not busy
    guessing._by_address._tries.clear()
    assert lines(asked_at_once([legacy("owner", "x")])) == [b"-32-Internal error"]


async def _none(scope, receive, send) -> None:
    raise AssertionError("not for the pages")


# One request, asked of both doors: body, headers that are changed, query.
GOOD = {"type": PRO, "to": "+393331234567", "text": "Ciao", "sender": "BRUNI"}
TABLE: dict[str, tuple[bytes, dict[str, str], str]] = {
    "good": (json.dumps(GOOD).encode(), {}, ""),
    "no key": (b"{}", {"authorization": ""}, ""),
    "unknown key": (b"{}", {"authorization": "Bearer stf_live_x"}, ""),
    "other type, unknown key": (b"{}", {"authorization": "Bearer stf_live_x", "content-type": "text/xml"}, ""),
    "other type": (b"{}", {"content-type": "text/xml"}, ""),
    "empty": (b"", {"content-type": "text/xml"}, ""),
    "broken": (b"{", {}, ""),
    "field unknown": (b'{"nix": 1}', {}, ""),
    "long key": (json.dumps(GOOD).encode(), {"idempotency-key": "x" * 101}, ""),
    "long key in italian": (json.dumps(GOOD).encode(), {"idempotency-key": "x" * 101, "accept-language": "it"}, ""),
    "query": (json.dumps(GOOD).encode(), {}, "tpye=1"),
    "too large": (b'{"text": "' + b"x" * 70_000, {}, ""),
    "number": (json.dumps(GOOD | {"to": "12"}).encode(), {}, ""),
    "sender in italian": (json.dumps(GOOD | {"sender": "TROPPO LUNGO DAVVERO"}).encode(), {"accept-language": "it"}, ""),
    "type": (json.dumps(GOOD | {"type": 60}).encode(), {}, ""),
}
COMPARED = (
    "content-type",
    "content-language",
    "www-authenticate",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
)


def _hot(secret: str, body: bytes, changed: dict[str, str], query: str) -> Answer:
    given = {"authorization": f"Bearer {secret}", "accept-language": "en", "content-type": "application/json"} | changed
    named = {name.replace("-", "_"): value for name, value in given.items() if value}
    ((answer),) = asked_at_once([lambda front: ask(front, "/api/v1/messages", body, query=query, **named)], Front(_none))
    return answer


@pytest.mark.parametrize("case", [*TABLE, "limit", "scope"])
def test_both_doors_of_rest_say_the_same(people, case):
    body, changed, query = TABLE.get(case, TABLE["good"])
    program = Program(people.account, people.owner, ("read",) if case == "scope" else EVERYTHING)
    if case == "limit":
        people.account.keys.update(per_minute=1)
        limits.buckets.take(program.key.pk, 1, 0.0)
    by_django = program.call(
        "post", "/messages" + (f"?{query}" if query else ""), body, **{k.replace("-", "_"): v for k, v in changed.items()}
    )
    limits.buckets.__init__()
    offer.forget()
    status, headers, said = _hot(program.secret, body, changed, query)
    assert status == by_django.status_code, said
    told, other = json.loads(said), by_django.json()
    if status == 202:
        told.pop("id"), other.pop("id")
        headers.pop("content-language", "")
    assert told == other
    shown = {name: headers.get(name) for name in COMPARED if name != "content-language" or status != 202}
    assert shown == {name: by_django.headers.get(name) for name in shown}


def test_an_address_that_django_does_not_have_is_not_taken_before_it():
    assert doors.door("/api/v1/messages", "POST")
    assert doors.door("/api/v1/messages/", "POST") is None
    assert doors.door("/http/send_sms/", "GET")


def test_a_call_that_is_refused_for_its_form_is_counted(people):
    program = Program(people.account, people.owner)
    _status, headers, _body = _hot(program.secret, b"{", {"content-type": "text/xml"}, "")
    assert int(headers["ratelimit-remaining"]) == int(headers["ratelimit-limit"]) - 1


FORWARDED = [
    ([(b"x-forwarded-for", b"1.2.3.4")], 1, "1.2.3.4"),
    ([(b"x-forwarded-for", b"1.2.3.4"), (b"x-forwarded-for", b"5.6.7.8")], 1, "5.6.7.8"),
    ([(b"x-forwarded-for", b"1.2.3.4"), (b"x_forwarded_for", b"5.6.7.8")], 1, "1.2.3.4"),
    ([(b"x_forwarded_for", b"5.6.7.8")], 1, "127.0.0.1"),
    ([(b"x-forwarded-for", b"1.2.3.4")], 0, "127.0.0.1"),
    ([(b"x-forwarded-for", b"9.9.9.9, 1.2.3.4"), (b"x-forwarded-for", b"5.6.7.8:1234")], 2, "1.2.3.4"),
    ([(b"x-forwarded-for", b"[2001:db8::1]:99")], 1, "2001:db8::1"),
    ([(b"x-forwarded-for", b"rubbish")], 1, "127.0.0.1"),
]


@pytest.mark.parametrize(("given", "proxies", "address"), FORWARDED)
def test_both_doors_believe_the_same_proxies(settings, monkeypatch, given, proxies, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    seen: list[str] = []

    def pages(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        request = HttpRequest()
        request.META = environ
        seen.append(edge.address(request))
        start_response("200 OK", [])
        return [environ["QUERY_STRING"].encode()]

    front = Front(WSGIMiddleware(pages))
    monkeypatch.setattr(front, "_answer", _told_the_address(seen))

    async def both() -> list[bytes]:
        return [await _raw(front, path, given) for path in ("/elsewhere", "/http/send_sms")]

    said = asyncio.run(both())
    assert seen == [address, address]
    assert said[0] == b"a=%C3%A8&b=%20"  # WSGI takes ASCII alone


def _told_the_address(seen: list[str]) -> Any:
    async def answer(read: Any, address: str) -> Any:
        seen.append(address)
        raise AccessDenied

    return answer


async def _raw(front: Front, path: str, headers: list[tuple[bytes, bytes]]) -> bytes:
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"authlogin=a&authpasswd=b", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "query_string": "a=è&b=%20".encode(), "headers": headers}
    await front(scope | {"client": ("127.0.0.1", 1), "http_version": "1.1"}, receive, send)
    return b"".join(each.get("body", b"") for each in sent)


def _pid() -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0], threading.current_thread().name


def test_lookers_keep_their_connection_and_open_another_where_it_was_lost(monkeypatch):
    monkeypatch.setattr(lookers, "THREADS", 1)

    async def run() -> list[int]:
        pool = lookers.Lookers()
        pids = [(await pool.run(_pid))[0] for _ in range(2)]
        await asyncio.to_thread(_end, pids[0])
        pids.append((await pool.run(_pid))[0])
        await asyncio.to_thread(pool.stop)
        return pids

    first, again, other = asyncio.run(run())
    assert first == again != other


def _end(pid: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    finally:
        connection.close()


def test_a_large_form_is_read_beside_the_event_loop(people, monkeypatch):
    read_in: list[str] = []
    parameters = parse.parameters
    monkeypatch.setattr(parse, "parameters", lambda *given: read_in.append(threading.current_thread().name) or parameters(*given))
    asks = [legacy("owner", "x"), legacy("owner", "x", body="%41" * 30_000)]
    assert lines(asked_at_once(asks)) == [DENIED] * 2
    assert sorted(name.startswith("looker") for name in read_in) == [False, True]


def test_one_address_cannot_take_all_places(monkeypatch):
    monkeypatch.setattr(lookers, "THREADS", 1)
    monkeypatch.setattr(lookers, "ONE_WAITING_MAX", 2)

    async def run() -> list[object]:
        pool, go_on = lookers.Lookers(), threading.Event()
        waiting = [asyncio.ensure_future(pool.run(go_on.wait, "10.0.0.1")) for _ in range(3)]
        other = asyncio.ensure_future(pool.run(lambda: "other", "10.0.0.2"))
        await asyncio.sleep(0)
        go_on.set()
        found = await asyncio.gather(*waiting, other, return_exceptions=True)
        again = await pool.run(lambda: "again", "10.0.0.1")
        await asyncio.to_thread(pool.stop)
        return [*found, again]

    *first, third, other, again = asyncio.run(run())
    assert (first, type(third), other, again) == ([True, True], Busy, "other", "again")
