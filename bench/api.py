"""How fast programs can send: one SMS a call by the old HTTP interface and by REST, and many a call, over 50 connections.

usage: python bench/api.py [--n 20000] [--gateway]     Prints a table and, as its last line, JSON.
Every answer is looked at, and counts only if the message is stored and paid for: the books are read afterwards. With --gateway
`work`, the gateway and the simulator run beside it and send what comes in. One core of the two is the load generator's and PostgreSQL's.
"""

import argparse
import base64
import json
import urllib.parse
from collections.abc import Callable

import psycopg
from api_driver import Run, drive
from processes import Service, service

PRO = 59
BULKS = (1_000, 10_000)  # messages a call; the second is the most that one takes
TEXT = "Gentile cliente, il suo codice di conferma e' {n:06d}."


def main() -> None:
    """Run the benchmark once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=20_000, help="calls of one message; as many messages twentyfold in bulk calls")
    parser.add_argument("--gateway", action="store_true", help="with work, gateway and simulator beside")
    options = parser.parse_args()
    with service() as running:
        shown = _account(running)
        if options.gateway:
            running.start_all()
        else:
            running.start_web()
        legacy, rest = _legacy(shown), _rest(shown)
        for request in (legacy, rest):
            drive(running.port, 500, request, b" ")  # the first ones find cold caches, and a password to be looked at
        runs = {
            "legacy": drive(running.port, options.n, legacy, b"+01 SMS Queued - ID: "),
            "rest": drive(running.port, options.n, rest, b'"state":"queued"'),
        }
        for many in BULKS:
            calls = max(options.n * 20 // many, 4)
            runs[f"bulk of {many:,}"] = drive(running.port, calls, _bulk(shown, many, calls), b'"accepted": %d' % many, connections=8)
        _look_at_the_books(running, 1_000 + sum(len(run.latencies_ms) * _each(name) for name, run in runs.items()))
    print(f"{'':<26}{'calls/s':>10}{'messages/s':>12}{'p50 ms':>10}{'p99 ms':>10}")
    for name, run in runs.items():
        each = _each(name)
        print(f"{name:<26}{run.per_s:>10,.0f}{run.per_s * each:>12,.0f}{run.at_ms(0.5):>10.1f}{run.at_ms(0.99):>10.1f}")
    print(json.dumps(_told(runs, options.gateway)))


def _each(name: str) -> int:
    """Return how many messages a call of this run has."""
    return int(name.removeprefix("bulk of ").replace(",", "")) if name.startswith("bulk") else 1


def _told(runs: dict[str, Run], gateway: bool) -> dict[str, object]:
    return {
        "bench": "api",
        "gateway": gateway,
        "legacy_per_s": round(runs["legacy"].per_s),
        "rest_per_s": round(runs["rest"].per_s),
        "rest_bulk_msgs_per_s": round(runs["bulk of 10,000"].per_s * 10_000),
        "p99_ms": round(max(runs["legacy"].at_ms(0.99), runs["rest"].at_ms(0.99)), 1),
    }


def _account(running: Service) -> dict[str, str]:
    """Open an account with credit and connect a carrier; the key may call as often as it can."""
    running.environment["STAFFETTA_API_CALLS_PER_MINUTE"] = "100000000"
    told = running.command("account", "create", "bench", "--credits", "100000000", "--json")
    carrier = ("--host", "127.0.0.1", "--port", str(running.simulator_port), "--system-id", "bench", "--password", "bench")
    running.command("connector", "add", "simulator", *carrier)
    return dict(json.loads(told))


_BOOKS = """
SELECT (SELECT count(*) FROM messaging_message),
    (SELECT balance_e4 FROM billing_wallet) = (SELECT sum(amount_e4) FROM billing_entry),
    (SELECT held_e4 FROM billing_wallet) = (SELECT coalesce(sum(amount_e4), 0) FROM billing_hold WHERE state = 'open'),
    (SELECT sum(amount_e4) FROM billing_entry WHERE amount_e4 > 0) - (SELECT balance_e4 - held_e4 FROM billing_wallet),
    (SELECT sum(cost_e4) FROM messaging_message)
"""


def _look_at_the_books(running: Service, messages: int) -> None:
    """Raise where a message is missing, or was not paid for."""
    with psycopg.connect(running.environment["DATABASE_URL"]) as connection:
        found, balance, held, spent_e4, cost_e4 = connection.execute(_BOOKS).fetchone() or ()
    if (found, balance, held, spent_e4) != (messages, True, True, cost_e4):
        raise SystemExit(f"the books do not agree: {found} messages of {messages}, {spent_e4} spent for {cost_e4}")


def _legacy(shown: dict[str, str]) -> Callable[[int], bytes]:
    login, password = urllib.parse.quote(shown["login"]), urllib.parse.quote(shown["api_password"])

    def request(n: int) -> bytes:
        text = urllib.parse.quote(base64.b64encode(TEXT.format(n=n).encode()))
        body = f"authlogin={login}&authpasswd={password}&sender=QlJVTkk%3D&body={text}&destination=39333{n % 10_000_000:07d}&id_api={PRO}"
        return (
            "POST /http/send_sms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    return request


def _rest(shown: dict[str, str]) -> Callable[[int], bytes]:
    def request(n: int) -> bytes:
        message = {"type": PRO, "sender": "BRUNI", "to": f"+39333{n % 10_000_000:07d}", "text": TEXT.format(n=n)}
        return _json_call("/api/v1/messages", shown["api_key"], message)

    return request


def _bulk(shown: dict[str, str], many: int, calls: int) -> Callable[[int], bytes]:
    def request(n: int) -> bytes:
        first = n * many
        people = [{"to": f"+39333{at % 10_000_000:07d}", "text": TEXT.format(n=at)} for at in range(first, first + many)]
        return _json_call("/api/v1/batches", shown["api_key"], {"type": PRO, "sender": "BRUNI", "recipients": people})

    made = [request(n) for n in range(calls)]  # before: writing JSON is not what is measured
    return lambda n: made[n - 1]


def _json_call(path: str, key: str, value: object) -> bytes:
    body = json.dumps(value)
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


if __name__ == "__main__":
    main()
