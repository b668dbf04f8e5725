"""A whole copy of the service as people run it: `staffetta run` in a home of its own, on a port of its own."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from staffetta import localpg
from tests.line import migrated

ROOT = Path(__file__).parents[2]
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
        self.simulator_port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "staffetta", *args]
        return subprocess.run(command, cwd=ROOT, env=self.environment(), capture_output=True, text=True, timeout=60)

    def environment(self) -> dict[str, str]:
        other = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return other | {"STAFFETTA_HOME": str(self.home), "PORT": str(self.port)}

    def start(self, *options: str, from_nothing: bool = False) -> None:
        """Start it and wait until it answers. Its tables are copied, unless it shall make them itself."""
        if not from_nothing and not localpg.place(self.home).exists():
            migrated.lay(self.home)
        with self.said.open("wb") as out:
            command = [sys.executable, "-m", "staffetta", "run", *options]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment(), stdout=out, stderr=out)
        self._eventually(self.announced, "the address", 90)

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
