"""`staffetta run`: starts, restarts what dies, stops all; survives its own kill -9; two homes side by side."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from staffetta import localpg

ROOT = Path(__file__).parents[2]
NAMES = ("web", "work", "gateway", "postgres")
Eventually = Callable[..., None]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Copy:
    """One copy of the service: a home, a port, and the `run` that serves them now."""

    def __init__(self, home: Path, eventually: Eventually) -> None:
        self.home, self.port, self._eventually = home, free_port(), eventually
        self.said = home.parent / "said"
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "staffetta", *args]
        return subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, timeout=60)

    def environment(self) -> dict[str, str]:
        other = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return other | {"STAFFETTA_HOME": str(self.home), "PORT": str(self.port)}

    def start(self) -> None:
        with self.said.open("wb") as out:
            command = [sys.executable, "-m", "staffetta", "run"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment(), stdout=out, stderr=out)
        self._eventually(self.announced, "the address")

    def announced(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.said.read_text()
        return f"http://127.0.0.1:{self.port}/" in self.said.read_text()

    def pids(self) -> dict[str, int]:
        return json.loads((self.home / "run.json").read_text())

    def answers(self) -> bool:
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(caller), contextlib.suppress(OSError):
            caller.request("GET", "/")
            return caller.getresponse().status < 500
        return False

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(60)


def lives(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())  # empty: a zombie
    return False


@pytest.fixture
def new_copy(eventually: Eventually) -> Iterator[Callable[[], Copy]]:
    copies: list[Copy] = []

    def make() -> Copy:
        copies.append(Copy(Path(tempfile.mkdtemp(prefix="staffetta-test-")) / "var", eventually))
        return copies[-1]

    yield make
    for copy in copies:
        if copy.process and copy.process.poll() is None:
            copy.stop()
        for left in (localpg.place(copy.home), copy.home.parent):
            shutil.rmtree(left, ignore_errors=True)


def test_it_starts_restarts_and_stops_all(new_copy: Callable[[], Copy], eventually: Eventually) -> None:
    copy = new_copy()
    copy.start()
    assert "staffetta staff create NAME" in copy.said.read_text()
    assert copy.answers()
    for name in NAMES:
        before = copy.pids()[name]
        os.kill(before, signal.SIGKILL)
        eventually(lambda name=name, before=before: copy.pids().get(name, before) != before, f"another {name}")
    eventually(lambda: set(NAMES) <= set(copy.pids()) and copy.answers(), "all processes")
    pids = copy.pids().values()
    assert copy.stop() == 0
    assert not [pid for pid in pids if lives(pid)]
    assert not (copy.home / "run.json").exists()
    told = copy.said.read_text()
    assert told.rindex("web: stopped") < told.rindex("gateway") < told.rindex("work: stopped") < told.rindex("database: stopped")


def test_its_own_kill_9_leaves_nothing_and_it_begins_again(new_copy: Callable[[], Copy], eventually: Eventually) -> None:
    copy = new_copy()
    copy.start()
    pids = copy.pids()
    copy.process.kill()
    copy.process.wait()
    copy.start()  # at once: it waits for what was told to stop
    assert copy.answers()
    eventually(lambda: not [pid for pid in pids.values() if lives(pid)], "the end of the first run's processes")
    assert copy.stop() == 0


def test_two_copies_side_by_side_and_no_second_run_in_one_home(new_copy: Callable[[], Copy]) -> None:
    one, other = new_copy(), new_copy()
    one.start()
    other.start()
    assert one.answers()
    assert other.answers()
    assert not set(one.pids().values()) & set(other.pids().values())
    refused = one.command("run")
    assert refused.returncode == 2
    assert f"already runs in {one.home}" in refused.stderr
    assert one.answers()
    opened = one.command("account", "create", "Rossi", "--credits", "1,5", "--json")
    assert opened.returncode == 0, opened.stderr
    assert json.loads(opened.stdout)["login"] == "Rossi"


def test_a_port_in_use_is_named_before_anything_starts(new_copy: Callable[[], Copy]) -> None:
    copy = new_copy()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", copy.port))
        taken.listen()
        refused = copy.command("run")
    assert refused.returncode == 2
    assert f"Port {copy.port} cannot be used (Address already in use)" in refused.stderr
    assert f"PORT={copy.port + 1}" in refused.stderr
    assert not localpg.place(copy.home).exists()


def test_a_command_starts_the_database_for_itself(new_copy: Callable[[], Copy]) -> None:
    copy = new_copy()
    early = copy.command("account", "create", "Rossi")
    assert early.returncode == 2
    assert early.stderr.endswith("The database has no tables yet: `staffetta migrate` makes them.\n")
    assert copy.command("migrate").returncode == 0
    assert copy.command("account", "create", "Rossi").returncode == 0
