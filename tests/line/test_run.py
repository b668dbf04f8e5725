"""`staffetta run`: starts, restarts what dies, stops all; survives its own kill -9; two homes side by side."""

import json
import os
import signal
import socket
from collections.abc import Callable

from staffetta import localpg
from tests.line.copies import Copy, Eventually, lives

NAMES = ("web", "work", "gateway", "postgres")


def test_it_starts_restarts_and_stops_all(new_copy: Callable[[], Copy], eventually: Eventually) -> None:
    copy = new_copy()
    copy.start(from_nothing=True)
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
