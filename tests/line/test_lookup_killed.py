"""kill -9 of `work` in the middle of a lookup: every number ends, each is charged at most once, nothing stays held."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable

import psycopg

from staffetta import localpg
from tests.line.copies import ROOT, Copy, Eventually

N, PRICE_E4, IN_FLIGHT_MAX, KILLS = 400, 5_000, 20, 2
CREDITS_E4 = 10_000_000
# A time-out of two seconds: what the dead one asked is given up fifteen seconds after it.
ASK = f"""
import time
import django; django.setup()
from staffetta.billing.commands import open_with_credits
from staffetta.lookup import accept, provided, wanted
from staffetta.lookup.models import LookupResult, Provider
provided.save(Provider(name="slow", kind="simulator", options={{"answer_ms": 400}}, in_flight_max={IN_FLIGHT_MAX}, timeout_ms=2_000))
account, _ = open_with_credits("Verifiche", "verifiche", "segreta-1", {CREDITS_E4})
other, _ = open_with_credits("Prove", "prove", "segreta-1", {CREDITS_E4})
n = 0
# Until `work` has taken the slow one into use.
while not LookupResult.objects.filter(provider="slow").exists():
    accept.accept(wanted.typed(other, f"+39347{{n // 500:04d}}{{n % 500:03d}}"), f"first-{{n}}")
    n += 1
    time.sleep(0.1)
# None ends in 901 to 908: those have a fate of their own in the simulator.
numbers = [f"+39333{{n // 500:04d}}{{n % 500:03d}}" for n in range({N})]
print(accept.accept(wanted.listed(account, numbers), "killed").pk)
"""


def test_every_number_ends_and_is_charged_at_most_once(new_copy: Callable[[], Copy], eventually: Eventually) -> None:
    copy = new_copy()
    copy.start()
    environment = {**copy.environment(), "DATABASE_URL": localpg.url(copy.home), "DJANGO_SETTINGS_MODULE": "staffetta.settings"}
    asked = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert asked.returncode == 0, asked.stderr
    batch = int(asked.stdout)

    def one(sql: str) -> tuple[int, ...]:
        with psycopg.connect(localpg.url(copy.home)) as connection:
            found = connection.execute(sql, {"batch": batch}).fetchone()  # type: ignore[arg-type]
            assert found
            return found

    for kill in range(KILLS):
        enough = (kill + 1) * N // 4
        # Answers come in bursts: with some in flight, or the kill would lose nothing.
        ready = f"SELECT answered >= {enough} AND asked > 0 FROM lookup_batch WHERE id = %(batch)s"
        eventually(lambda ready=ready: one(ready)[0], f"{enough} answers, and some in flight", 60)
        before = copy.pids()["work"]
        os.kill(before, signal.SIGKILL)
        eventually(lambda before=before: copy.pids().get("work", before) != before, "another work", 60)
    eventually(lambda: one("SELECT count(*) FROM lookup_batch WHERE id = %(batch)s AND state = 'settled'")[0], "the end", 120)

    ends = "SELECT count(*) FILTER (WHERE state = 'answered'), count(*) FILTER (WHERE state = 'unknown'), count(*) FROM lookup_result"
    answered, unknown, results = one(ends + " WHERE batch_id = %(batch)s")
    assert (answered + unknown, results) == (N, N)
    assert 0 < unknown <= KILLS * IN_FLIGHT_MAX  # what was in flight, and no more: the test would prove nothing without any
    costs = "SELECT count(*), coalesce(max(cost_e4), 0), sum(cost_e4) FROM lookup_result WHERE batch_id = %(batch)s AND cost_e4 > 0"
    assert one(costs) == (answered, PRICE_E4, answered * PRICE_E4)
    held, charged, entries = one(
        "SELECT h.amount_e4, b.charged_e4, (SELECT -sum(e.amount_e4) FROM billing_entry e WHERE e.account_id = b.account_id AND e.kind = 'charge')"
        " FROM lookup_batch b JOIN billing_hold h ON h.id = b.hold_id WHERE b.id = %(batch)s"
    )
    assert (held, charged, entries) == (N * PRICE_E4, answered * PRICE_E4, answered * PRICE_E4)
    wallet = (
        "SELECT w.balance_e4, w.held_e4 FROM billing_wallet w JOIN lookup_batch b ON b.account_id = w.account_id WHERE b.id = %(batch)s"
    )
    assert one(wallet) == (CREDITS_E4 - answered * PRICE_E4, 0)

    told = copy.command("lookup", "347 0000000", "--account", "Prove", "--json")  # a process of its own; the answer is kept
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["reused"] is True
