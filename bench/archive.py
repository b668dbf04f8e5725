"""How long the archive's pages take with millions of messages in it: `python bench/archive.py [--n 10000000]`. The last line is JSON.

A year of one customer's sends on a PostgreSQL of its own in a temporary home: one send with a tenth of all messages, twenty with a
fiftieth each, the rest in sends of 200. The pages are asked of the real web server, one at a time over one connection, each for
other sends and numbers every time. Needs about 4 GB of disk for 10 million.
"""

import argparse
import http.client
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.processes import Service, service

MONTHS = 12
SMALL = 200

_PARTITIONS = """
SELECT messaging_make_partition((date_trunc('month', now() AT TIME ZONE 'UTC') - n * interval '1 month')::date) FROM generate_series(0, %s) n
"""
_BATCHES = """
INSERT INTO messaging_batch SELECT (jsonb_populate_record(NULL::messaging_batch, to_jsonb(t) || jsonb_build_object(
    'id', g.id, 'key', 'bench-' || g.id, 'hold_id', -g.id, 'recipients', g.size, 'parts', g.size, 'draft_id', NULL,
    'first_id', to_char(g.at AT TIME ZONE 'UTC', 'YYYYMM')::bigint * 10000000000000 + g.first, 'send_at', g.at, 'created_at', g.at,
    'state', 'settled', 'expanded', g.size, 'expanded_at', g.at, 'settled_at', g.at, 'charged_e4', t.credits_e4,
    'text', 'Ciao {nome}, offerta numero ' || g.id || ' valida fino a sabato.'))).*
FROM messaging_batch t, jsonb_to_recordset(%s) AS g(id bigint, size int, first bigint, at timestamptz) WHERE t.key = 'model'
"""
_MESSAGES = """
INSERT INTO messaging_message (id, batch_id, account_id, cost_e4, connector_id, parts, attempts, parts_ended, submitted_at, ended_at,
    state, number)
SELECT b.first_id + n, b.id, b.account_id, 16000, 1, 1, 1, 1, b.send_at + n * interval '60 us', b.send_at + n * interval '60 us' + '4 s',
    CASE WHEN n %% 97 = 13 THEN 'undelivered' ELSE 'delivered' END, '+393' || lpad(((b.id * 7919 + n) %% 1000000000)::text, 9, '0')
FROM messaging_batch b, generate_series(0, b.recipients - 1) n WHERE b.id = ANY(%s)
"""
_TALLIES = """
INSERT INTO messaging_tally (batch_id, delivered, undelivered) SELECT id, recipients - bad, bad FROM (
    SELECT id, recipients, (recipients + 83) / 97 AS bad FROM messaging_batch WHERE key LIKE 'bench-%%') AS b
"""


def sizes(n: int) -> list[int]:
    """Return the recipients of each send: one large, twenty of middle size, many small."""
    large = [n // 10, *[n // 50] * 20]
    return large + [SMALL] * ((n - sum(large)) // SMALL)


def seed(n: int) -> tuple[str, list[int]]:
    """Fill the archive; return a session's cookie and the ids of the sends, the largest first."""
    from django.conf import settings  # noqa: PLC0415 (Django can be set up only after the service's variables are)
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from staffetta.messaging.models import Batch  # noqa: PLC0415
    from tests.db.line import accepted  # noqa: PLC0415
    from tests.people import make_connector, make_people  # noqa: PLC0415

    people = make_people()
    make_connector()
    Batch.objects.filter(pk=accepted(people, 1).pk).update(key="model")
    now = Batch.objects.get().created_at
    rows, first = [], 10**9
    for place, size in enumerate(sizes(n)):
        at = now - timedelta(days=place * 30 * MONTHS / len(sizes(n)))
        rows.append({"id": 1000 + place, "size": size, "first": first, "at": at.isoformat()})
        first += size
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no holds and entries behind these sends
        cursor.execute(_PARTITIONS, [MONTHS + 1])
        for part in parts(rows, 5_000):
            cursor.execute(_BATCHES, [json.dumps(part)])
        for part in parts(rows, 500):
            cursor.execute(_MESSAGES, [[row["id"] for row in part]])
        cursor.execute(_TALLIES, [])
        cursor.execute("VACUUM ANALYZE")
    client = Client()
    client.force_login(people.owner)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}", [row["id"] for row in rows]


def parts(rows: list[dict[str, object]], size: int) -> Iterator[list[dict[str, object]]]:
    """Yield the rows in pieces."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def pages(ids: list[int], n: int) -> dict[str, Callable[[], str]]:
    """Return for each page a function that gives another address each time."""
    from staffetta.messaging.models import Batch  # noqa: PLC0415

    largest = Batch.objects.get(pk=ids[0])
    chance = random.Random(7)

    def any_send() -> Batch:
        return Batch.objects.get(pk=chance.choice(ids))

    def place() -> str:
        at = any_send().send_at
        return f"{(at - datetime.fromtimestamp(0, at.tzinfo)) // timedelta(microseconds=1)}-0"

    def recipient() -> str:
        batch = any_send()
        return f"/sends/{batch.pk}/recipients/{batch.first_id + chance.randrange(batch.recipients)}/"

    return {
        "home": lambda: "/home/",
        "archive": lambda: "/sends/",
        "archive_further_on": lambda: f"/sends/?older={place()}",
        "archive_by_text": lambda: f"/sends/?text=numero+{chance.choice(ids)}+",
        "archive_by_state": lambda: "/sends/?state=uncertain",
        "archive_by_period": lambda: f"/sends/?since={any_send().send_at:%Y-%m-%d}&until={any_send().send_at.year + 1}-12-31",
        "by_number": lambda: f"/sends/number/?number=3{chance.randrange(n):09d}",
        "by_first_digits": lambda: f"/sends/number/?number=3{chance.randrange(n) // 1000:06d}",
        "send": lambda: f"/sends/{any_send().pk}/",
        "largest_send": lambda: f"/sends/{largest.pk}/",
        "largest_send_further_on": lambda: f"/sends/{largest.pk}/?after={largest.first_id + chance.randrange(largest.recipients)}",
        "largest_send_by_state": lambda: f"/sends/{largest.pk}/?state=failed",
        "largest_send_by_digits": lambda: f"/sends/{largest.pk}/?number=99{chance.randrange(99999)}",
        "recipient": recipient,
    }


def look(server: http.client.HTTPConnection, cookie: str, address: str) -> float:
    """Ask for a page; return how long it took in milliseconds."""
    started = time.perf_counter()
    server.request("GET", address, headers={"Cookie": cookie, "Accept-Language": "it"})
    answer = server.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{address} answered {answer.status}")
    return (time.perf_counter() - started) * 1000


def measure(running: Service, n: int, looks: int) -> dict[str, float]:
    """Return the 95th percentile of each page in milliseconds."""
    import django  # noqa: PLC0415

    django.setup()
    from staffetta.messaging import curve  # noqa: PLC0415
    from staffetta.messaging.models import Batch  # noqa: PLC0415

    started = time.perf_counter()
    cookie, ids = seed(n)
    for batch in Batch.objects.filter(pk__in=ids[:21]):
        curve.count(batch)
    print(f"{n:,} messages in {len(ids):,} sends, made in {time.perf_counter() - started:.0f} s")
    running.start_web()
    server = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
    found = {}
    for name, address in pages(ids, n).items():
        look(server, cookie, address())
        times = sorted(look(server, cookie, address()) for _ in range(looks))
        found[name] = round(times[int(looks * 0.95)], 1)
        print(f"{name:28} p50 {times[looks // 2]:7.1f} ms   p95 {found[name]:7.1f} ms")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10_000_000)
    parser.add_argument("--looks", type=int, default=60, help="at each page")
    options = parser.parse_args()
    n = options.n
    with service() as running:
        p95_ms = measure(running, n, options.looks)
    print(json.dumps({"bench": "archive", "rows": n, "p95_ms": p95_ms}))


if __name__ == "__main__":
    main()
