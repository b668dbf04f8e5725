"""kill -9 in the middle of a send of 20,000: none lost, none sent twice, few uncertain, the ledger exact."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from staffetta import localpg
from tests.line.copies import ROOT, Copy, Eventually, free_port

N = 20_700  # 23 groups of 900
IN_FLIGHT_MAX = 300
COST_E4 = 16_000


@dataclass
class Carrier:
    """The simulator in a process that nobody kills, and its log."""

    port: int
    log: Path

    def taken(self) -> list[str]:
        whole_lines = self.log.read_text().rpartition("\n")[0] if self.log.exists() else ""
        return [line.split(" ")[2] for line in whole_lines.splitlines()]


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Carrier]:
    carrier = Carrier(free_port(), tmp_path / "carrier.log")
    options = ["--port", str(carrier.port), "--rate", "4000", "--receipt-ms", "200", "--log", str(carrier.log)]
    process = subprocess.Popen([sys.executable, "-m", "staffetta.gateway.simulator", *options], cwd=ROOT)
    yield carrier
    process.terminate()
    process.wait(20)


class Books:
    """What the copy's database says, asked anew each time, since the database is killed too."""

    def __init__(self, copy: Copy, batch: int) -> None:
        self._copy, self._batch = copy, batch

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with psycopg.connect(localpg.url(self._copy.home)) as connection:
            return connection.execute(sql, [self._batch]).fetchall()

    def states(self) -> dict[str, int]:
        return dict(self.ask("SELECT state, count(*) FROM messaging_message WHERE batch_id = %s GROUP BY state"))  # type: ignore[arg-type]

    def ended(self) -> bool:
        try:
            state = self.ask("SELECT state FROM messaging_batch WHERE id = %s")[0][0]
            return state == "settled" and set(self.states()) <= {"delivered", "uncertain"}
        except psycopg.OperationalError:
            return False


def kill_in_turn(copy: Copy, carrier: Carrier, names: list[str], eventually: Eventually, seed: int) -> None:
    """Kill each named process once, at random moments spread over the send."""
    chance = random.Random(seed)
    span = N * 8 // 10 // len(names)
    for turn, name in enumerate(names):
        moment = turn * span + chance.randrange(span)
        eventually(lambda moment=moment: len(carrier.taken()) >= moment, f"{moment} messages sent", 120)
        eventually(lambda name=name: name in copy.pids(), f"{name} to be there", 60)
        os.kill(copy.pids()[name], signal.SIGKILL)


@pytest.mark.parametrize(
    ("names", "uncertain_max"),
    [
        (["gateway", "gateway", "gateway"], 3 * IN_FLIGHT_MAX),
        (["work", "postgres", "web", "work", "postgres"], 0),
        (["postgres", "gateway", "work"], IN_FLIGHT_MAX),
    ],
    ids=["gateway", "all-but-gateway", "all"],
)
def test_kill_9_loses_nothing_and_doubles_nothing(
    new_copy: Callable[[], Copy],
    carrier: Carrier,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    uncertain_max: int,
) -> None:
    monkeypatch.setenv("STAFFETTA_UNCERTAIN_WAIT_S", "3")
    copy = new_copy()
    copy.start()
    send = [sys.executable, "-m", "tests.line.sender", str(N), str(carrier.port), str(IN_FLIGHT_MAX)]
    environment = {**copy.environment(), "DATABASE_URL": localpg.url(copy.home)}
    accepted = subprocess.run(send, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    books = Books(copy, int(accepted.stdout))
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    kill_in_turn(copy, carrier, names, eventually, seed)
    eventually(books.ended, "the end of the send", 150)

    states, taken = books.states(), Counter(carrier.taken())
    assert sum(states.values()) == N
    assert [number for number, times in taken.items() if times > 1] == [], "sent twice"
    assert states.get("uncertain", 0) <= uncertain_max
    rows = books.ask("SELECT state, substr(number, 2) FROM messaging_message WHERE batch_id = %s")
    assert not [number for state, number in rows if state == "delivered" and number not in taken], "recorded and never sent"
    assert not {number for _, number in rows}.symmetric_difference(taken) - {number for state, number in rows if state == "uncertain"}, (
        "lost"
    )
    ((charged_e4, recipients),) = books.ask("SELECT charged_e4, recipients FROM messaging_batch WHERE id = %s")
    assert (charged_e4, recipients) == (N * COST_E4, N)
    tallies = books.ask("SELECT delivered, uncertain, queued + submitted FROM messaging_tally WHERE batch_id = %s")
    assert tallies == [(states["delivered"], states.get("uncertain", 0), 0)]
    doctor = copy.command("doctor")
    assert "wallets agree" in doctor.stdout
    assert copy.stop() == 0
