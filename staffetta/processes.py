"""A child process that is kept alive: start, back off, stop. Knows not what the children do."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from staffetta.localpg.server import tied

PAUSE_S_MIN, PAUSE_S_MAX = 1.0, 30.0
GOOD_LIFE_S = 60.0  # who lived so long may begin again at once
LEFTOVERS_S = 20.0
MARK = "STAFFETTA_RUN"  # in a child's environment: the number of the `run` that started it
_log = logging.getLogger(__name__)


class Held:
    """When something that died may begin again: 1 s later, then 2, 4, up to 30; at once after a minute of life."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with the shortest pause."""
        self._clock = clock
        self._pause_s = PAUSE_S_MIN
        self._begun_at = clock()
        self._due_at: float | None = None

    def begun(self) -> None:
        """Take note of a start."""
        self._begun_at, self._due_at = self._clock(), None

    def may_begin(self, what: str) -> bool:
        """Tell whether it is time; the first call after a death sets the time."""
        now = self._clock()
        if self._due_at is None:
            if now - self._begun_at >= GOOD_LIFE_S:
                self._pause_s = PAUSE_S_MIN
            _log.warning("%s died: it begins again in %g s", what, self._pause_s)
            self._due_at = now + self._pause_s
            self._pause_s = min(self._pause_s * 2, PAUSE_S_MAX)
        return now >= self._due_at


class Child:
    """One `staffetta` subcommand in a session of its own; it gets SIGTERM when we die, even by kill -9."""

    def __init__(self, name: str, args: list[str], lock: int) -> None:
        """Take note of the command's arguments; the open file `lock` is inherited."""
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None
        self._command = [sys.executable, "-m", "staffetta", *args]
        self._lock = lock
        self._held = Held()
        self._ended = ""

    def look(self) -> None:
        """Start it where it does not run and may."""
        if self.process and self.process.poll() is not None:
            self._sweep(self.process.pid)
            self._ended = f"{self.name} (exit code {self.process.returncode})"
            self.process = None  # its number may soon be another's
        if self.process is None and (not self._ended or self._held.may_begin(self._ended)):
            self._start()

    def stop(self, wait_s: float, hurry: threading.Event) -> None:
        """Ask it to stop, wait that long or until `hurry`, then kill what is left of it."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
        deadline = time.monotonic() + wait_s
        while self.process.poll() is None and time.monotonic() < deadline and not hurry.wait(0.02):
            pass
        if self.process.poll() is None:
            _log.warning("%s did not stop in time: killed", self.name)
        self._sweep(self.process.pid)
        self.process.wait()

    def _start(self) -> None:
        self._held.begun()
        self.process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            env=os.environ | {MARK: str(os.getpid())},
            pass_fds=[self._lock],
            start_new_session=True,
            preexec_fn=tied(signal.SIGTERM),
        )

    @staticmethod
    def _sweep(session: int) -> None:
        """Kill what a dead child has left in its session (granian's worker keeps the port)."""
        try:
            os.killpg(session, signal.SIGKILL)
        except ProcessLookupError:
            return


def end_leftovers(pids: Path) -> None:
    """Wait for the children of a `run` that was killed, who were told to stop; kill those who do not. A living run is left alone."""
    try:
        known: dict[str, int] = json.loads(pids.read_text())
    except (FileNotFoundError, ValueError):
        return
    run = known.pop("run")
    known.pop("postgres", None)
    if _is(run, "cmdline", b"staffetta"):
        return
    mark = f"{MARK}={run}".encode()
    deadline = time.monotonic() + LEFTOVERS_S
    while (left := [pid for pid in known.values() if _is(pid, "environ", mark)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in left:
        os.killpg(pid, signal.SIGKILL)
    while any(_is(pid, "environ", mark) for pid in left):
        time.sleep(0.1)


def _is(pid: int, file: str, word: bytes) -> bool:
    try:
        return word in Path(f"/proc/{pid}/{file}").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False
