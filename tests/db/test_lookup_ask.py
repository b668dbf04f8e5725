"""Asking for real: the event loop with the simulator and with an HTTP server, from accepted to settled; the command."""

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from staffetta import cli
from staffetta.billing import ledger
from staffetta.lookup import accept, ask, provided, wanted
from staffetta.lookup.ask import Asker
from staffetta.lookup.models import LookupBatch, LookupResult, Provider
from tests.db.lookups import PRICE_E4, counted, listed, numbers
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True)
QUICK = {"answer_ms": 1, "slow_ms": 5, "late_ms": 50}
FATES = [f"+393331234{ending}" for ending in range(901, 909)]


@pytest.fixture
def people() -> People:
    return make_people()


def ask_until_settled(batch: LookupBatch, eventually) -> LookupBatch:
    stop = threading.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(Asker(row, stop).run())
        except BaseException as error:
            failed.append(error)

    row = provided.in_use()  # not in the thread: its connection would stay open
    thread = threading.Thread(target=run)
    thread.start()
    eventually(lambda: failed or LookupBatch.objects.get(pk=batch.pk).state == "settled", "settling")
    stop.set()
    thread.join()
    assert failed == []
    batch.refresh_from_db()
    return batch


def test_every_fate_of_the_simulator_ends(people, eventually):
    provided.save(Provider(name="quick", kind="simulator", options=QUICK, timeout_ms=200, in_flight_max=3))
    batch = ask_until_settled(accept.accept(wanted.listed(people.account, FATES + numbers(20)), "k"), eventually)
    of = {result.number[-3:]: result for result in LookupResult.objects.filter(batch=batch, number__in=FATES)}
    assert {ending: result.state for ending, result in of.items()} == {
        "901": "answered",
        "902": "answered",
        "903": "refused",
        "904": "answered",
        "905": "unknown",
        "906": of["906"].state,  # unknown, or answered late
        "907": "answered",
        "908": "answered",
    }
    assert (of["901"].reach, of["902"].reach, of["904"].attempts) == ("absent", "nonexistent", 2)
    charged = LookupResult.objects.filter(batch=batch, cost_e4__gt=0).count()
    assert batch.charged_e4 == charged * PRICE_E4
    assert 25 <= charged <= 26
    assert all(book.agree for book in ledger.books())


class Handler(BaseHTTPRequestHandler):
    """A provider: knows what the paths say, and keeps what it was sent."""

    seen: list[tuple[str, str]] = []

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers.get("Authorization", "")))
        ending = self.path.split("?")[0][-1]
        if ending == "3":
            self.send_response(400)
            self.end_headers()
            return
        body = json.dumps({"id": 9, "net": "Iliad", "st": "dead" if ending == "2" else "on"}).encode()
        self.send_response(500 if ending == "4" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    Handler.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def described(url: str) -> Provider:
    return Provider(
        name="hlr",
        kind="http",
        options={
            "url": url + "/{number}?id={id}&key={secret:token}",
            "headers": {"Authorization": "Bearer {secret:token}"},
            "fields": {"operator": "net", "reach": "st", "provider_id": "id"},
            "reach": {"on": "reachable", "dead": "nonexistent"},
        },
        secrets={"token": "geheim-123"},
        timeout_ms=5_000,
    )


def test_a_provider_is_asked_by_http_as_described(people, server, eventually, caplog):
    caplog.set_level(logging.DEBUG)
    provided.save(described(server))
    batch = ask_until_settled(listed(people, 4), eventually)
    assert (counted(batch), batch.charged_e4, batch.simulated) == ({"answered": 2, "refused": 1, "unknown": 1}, 2 * PRICE_E4, False)
    assert sorted(Handler.seen) == sorted(
        (f"/{result.number[1:]}?id={result.pk}&key=geheim-123", "Bearer geheim-123") for result in LookupResult.objects.filter(batch=batch)
    )
    assert LookupResult.objects.get(number=numbers(1)[0]).provider_id == "9"
    assert "geheim" not in caplog.text


def test_a_provider_that_answers_nobody_is_asked_again_and_given_up_late(people, eventually, monkeypatch):
    monkeypatch.setattr(ask, "ATTEMPTS_WHILE_AWAY_MAX", 2)
    row = described("http://127.0.0.1:1")
    row.attempts_max = 1
    provided.save(row)
    batch = ask_until_settled(listed(people, 2), eventually)
    assert (counted(batch), batch.charged_e4) == ({"refused": 2}, 0)
    assert set(LookupResult.objects.values_list("attempts", flat=True)) == {2}


@pytest.fixture
def working(people) -> Iterator[None]:
    """Somebody who asks, as the `work` process does."""
    row, stop = provided.in_use(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(Asker(row, stop).run()))
    thread.start()
    yield
    stop.set()
    thread.join()


def test_the_command_looks_a_number_up_and_gives_a_kept_answer_free(people, working, capsys):
    assert cli.main(["lookup", "333 1234567", "--account", people.account.name, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["number"], told["state"], told["operator_of_range"]) == ("+393331234567", "answered", "TIM")
    assert (told["price"], told["credits"], told["reused"]) == ("0.5", "0.5", False)
    assert cli.main(["lookup", "333 1234567", "--account", people.account.name, "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["credits"], again["reused"], again["operator"]) == ("0", True, told["operator"])
    assert cli.main(["lookup", "333 1234567", "--account", people.account.name, "--no-reuse"]) == 0
    assert "+393331234567" in capsys.readouterr().out
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000 - 2 * PRICE_E4


def test_the_commands_exit_code_tells_that_no_answer_came(people, working, capsys):
    assert cli.main(["lookup", "3331234903", "--account", people.account.name]) == 1
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000


def test_the_command_says_what_is_wrong(people, capsys):
    assert cli.main(["lookup", "333 1234567"]) == 2
    assert people.account.name in capsys.readouterr().err
    assert cli.main(["lookup", "333 1234567", "--account", "Nessuno"]) == 2
    assert "Nessuno" in capsys.readouterr().err
    assert cli.main(["lookup", "06 698", "--account", people.account.name]) == 2
    assert "06 698" in capsys.readouterr().err


def test_the_command_says_so_where_nobody_works_and_takes_it_back(people, capsys):
    assert cli.main(["lookup", "333 1234567", "--account", people.account.name, "--wait", "0"]) == 2
    assert "staffetta work" in capsys.readouterr().err
    wallet = ledger.wallet(people.account.pk)
    assert (wallet.balance_e4, wallet.held_e4) == (10_000_000, 0)
