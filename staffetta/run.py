"""`staffetta run`: everything on one machine. Starts the processes, restarts what dies, stops all in order. Knows no business rule."""

import argparse
import contextlib
import fcntl
import http.client
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from staffetta import localpg, web
from staffetta.cli import load
from staffetta.lib import env
from staffetta.processes import Child, Held, end_leftovers

LOOK_S = 0.2
MIGRATE_LOCK = 7_382_533  # any number, the same for all that migrate
STOP_S = {
    "web": 10.0,
    "mail": 10.0,
    "gateway": 30.0,
    "work": 30.0,
    "testbank": 5.0,
    "simulator": 5.0,
}  # in this order; what is begun is ended first
_log = logging.getLogger(__name__)


class Run:
    """The processes of one home, and the private database below them (None where DATABASE_URL names another)."""

    def __init__(self, home: Path, port: int, simulator_port: int | None, testbank_port: int | None, lock: int) -> None:
        """Take note of what to run; `lock` is inherited by the children, so that it is held until the last of them ends."""
        self.home, self.port = home, port
        self.database: localpg.Server | None = None
        self.children = [Child(name, [name], lock) for name in ("web", "gateway", "work")]
        if settings.MAIL_LISTEN:
            self.children.append(Child("mail", ["mail"], lock))
        if simulator_port:
            self.children.insert(0, Child("simulator", ["simulator", "--port", str(simulator_port)], lock))
        if testbank_port:
            self.children.insert(0, Child("testbank", ["testbank", "--host", web.host(), "--port", str(testbank_port)], lock))
        self._database_held = Held()
        self._written: dict[str, int] = {}

    def start_database(self) -> None:
        """Start the private database, unless another is set. Raises CannotStart."""
        if not env.text("DATABASE_URL"):
            self.database = localpg.start(self.home)
            self._database_held.begun()
            self.write_pids()

    def look(self) -> None:
        """Restart what has died and whose time has come."""
        if self.database and not self.database.alive() and self._database_held.may_begin("database"):
            with _logged():
                self.start_database()
        for child in self.children:
            child.look()
        self.write_pids()

    def write_pids(self) -> None:
        """Keep HOME/run.json: the number of each process that runs."""
        pids = {"run": os.getpid()} | {child.name: child.process.pid for child in self.children if child.process}
        if self.database:
            pids["postgres"] = self.database.pid
        if pids != self._written:
            draft = self.home / "run.json.new"
            draft.write_text(json.dumps(pids))
            draft.replace(self.home / "run.json")
            self._written = pids

    def stop(self, hurry: threading.Event) -> None:
        """Stop all, the database last; a second signal makes it short."""
        for child in sorted(self.children, key=lambda child: list(STOP_S).index(child.name)):
            child.stop(STOP_S[child.name], hurry)
        if self.database:
            self.database.stop()
            _log.info("database: stopped")
        (self.home / "run.json").unlink(missing_ok=True)


def run(options: argparse.Namespace) -> int:
    """Run everything until SIGTERM or Ctrl-C. Raises SettingError where a port or the home is in use."""
    home: Path = settings.HOME
    home.mkdir(parents=True, exist_ok=True)
    stop, hurry = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: (hurry if stop.is_set() else stop).set())
    with _own(home) as lock:
        simulator_port = _simulator_port() if options.demo else None
        testbank_port = _testbank_port() if options.demo else None
        _refuse_taken(settings.PORT, "PORT")
        if simulator_port:
            _refuse_taken(simulator_port, "STAFFETTA_SIMULATOR_PORT")
        if testbank_port:
            _refuse_taken(testbank_port, "STAFFETTA_TESTBANK_PORT")
            os.environ["STAFFETTA_TESTBANK_URL"] = f"http://127.0.0.1:{testbank_port}"  # for the children
        everything = Run(home, settings.PORT, simulator_port, testbank_port, lock)
        everything.write_pids()
        try:
            everything.start_database()
            migrate(options)
            told = list(load("staffetta.demo:seed")(simulator_port)) if options.demo else []
            connection.close()
            _watch(everything, told, stop)
        finally:
            everything.stop(hurry)
    return 0


def migrate(options: argparse.Namespace) -> int:
    """Bring the tables up to date; of several that try at once, one does it and the others wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATE_LOCK])
        cursor.execute("SET lock_timeout = '10s'")  # better to fail than to stand in the way of a running service
        call_command("migrate", interactive=False, verbosity=0)
    connection.close()
    _log.info("tables are up to date")
    return 0


def _watch(everything: Run, told: list[str], stop: threading.Event) -> None:
    announced = False
    while not stop.is_set():
        everything.look()
        if not announced and _answers(everything.port):
            announced = True
            lines = told or ["Make the first staff user with: staffetta staff create NAME"]
            print("", f"Staffetta answers at http://127.0.0.1:{everything.port}/", *lines, "", sep="\n", flush=True)
        stop.wait(LOOK_S)
    _log.info("stopping: web, mail, gateway, work, testbank, simulator, database")


@contextlib.contextmanager
def _own(home: Path) -> Iterator[int]:
    """Hold the home against a second `run`, after the end of what a killed one left. Raises SettingError where one runs."""
    with (home / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            end_leftovers(home / "run.json")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise env.SettingError(
                    f"`staffetta run` already runs in {home}: stop it, or set STAFFETTA_HOME to another folder."
                ) from None
        yield lock.fileno()


def _refuse_taken(port: int, name: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((web.host(), port))
        except OSError as error:
            raise env.SettingError(
                f"Port {port} cannot be used ({error.strerror}): stop what uses it, or choose another, for example {name}={port + 1}."
            ) from None


def _simulator_port() -> int:
    return env.integer("STAFFETTA_SIMULATOR_PORT", _beside(1000), 1, 65535)


def _testbank_port() -> int | None:
    """Return the test bank's port; None where cards go to Stripe, or to a test bank started by hand."""
    if settings.STRIPE_SECRET_KEY or settings.TESTBANK_URL:
        return None
    return env.integer("STAFFETTA_TESTBANK_PORT", _beside(2000), 1, 65535)


def _beside(distance: int) -> int:
    return settings.PORT + distance if settings.PORT + distance <= 65535 else settings.PORT - distance


def _answers(port: int) -> bool:
    host = "127.0.0.1" if web.host() == "0.0.0.0" else web.host()
    caller = http.client.HTTPConnection(host, port, timeout=2)
    try:
        caller.request("GET", "/", headers={"Host": f"127.0.0.1:{port}"})
        return caller.getresponse().status < 500
    except OSError:
        return False
    finally:
        caller.close()


@contextlib.contextmanager
def _logged() -> Iterator[None]:
    try:
        yield
    except localpg.CannotStart as error:
        _log.error("%s", error)
