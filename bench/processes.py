"""Start Staffetta's real processes on a private PostgreSQL in a temporary home, for benchmarks and crash tests; stop them by their own ids."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from staffetta import localpg
from staffetta.localpg import Server

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """Return a port of loopback that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database(home: Path) -> Server:
    """Start the database of a new home. BENCH_DATA names a data folder to begin from, which spares the tests the tables' making."""
    if ready := os.environ.get("BENCH_DATA"):
        place = localpg.place(home)
        place.mkdir(mode=0o755, parents=True)
        subprocess.run(["cp", "-a", ready, str(place / "data")], check=True)  # with its owner, which is not root
    return localpg.start(home)


@dataclass
class Service:
    """A home with its database, and the processes started in it."""

    home: Path
    port: int
    simulator_port: int
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def simulator_log(self) -> Path:
        return self.home / "simulator.log"

    def start(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        """Start `staffetta NAME`; its output goes to a file in the home."""
        with open(self.home / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "staffetta", name, *options], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        self.processes[name] = process
        return process

    def start_all(self, receipt_ms: int = 50) -> None:
        """Start web, work, gateway and simulator; return when the web server and the simulator answer."""
        self.start("simulator", "--port", str(self.simulator_port), "--receipt-ms", str(receipt_ms), "--log", str(self.simulator_log))
        for name in ("work", "gateway", "web"):
            self.start(name)
        self._wait_for(self.simulator_port, self.port)

    def command(self, *arguments: str) -> str:
        """Run a `staffetta` command to its end; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "staffetta", *arguments], cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def start_web(self) -> None:
        """Start the web server alone; return when it answers."""
        self.start("web")
        self._wait_for(self.port)

    def _wait_for(self, *ports: int) -> None:
        for port in ports:
            deadline = time.monotonic() + 30
            while socket.socket().connect_ex(("127.0.0.1", port)):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"nobody listens on port {port}: see {self.home}")
                time.sleep(0.1)

    def peak_mib(self, name: str) -> int:
        """Return the most memory the process and its children had, each at its own peak, in MiB."""
        pids = [self.processes[name].pid]
        for pid in pids:
            pids += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return sum(_high_water_kib(pid) for pid in pids) // 1024

    def stop(self) -> None:
        """Stop what was started, in order."""
        for name in ("web", "gateway", "work", "simulator"):
            if process := self.processes.get(name):
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _high_water_kib(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


@contextmanager
def service() -> Iterator[Service]:
    """Give a service with an empty, migrated database; sets the variables that Django reads. Everything is removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="staffetta-bench-"))
    port, simulator_port = free_port(), free_port()
    mine = {
        "STAFFETTA_HOME": str(home),
        "PORT": str(port),
        "DATABASE_URL": localpg.url(home),
        "DJANGO_SETTINGS_MODULE": "staffetta.settings",
    }
    os.environ |= mine
    server = database(home)
    started = Service(home, port, simulator_port, {**os.environ, "STAFFETTA_LOG_LEVEL": "WARNING"})
    try:
        subprocess.run([sys.executable, "-m", "staffetta", "migrate"], cwd=ROOT, env=started.environment, check=True, capture_output=True)
        yield started
    finally:
        started.stop()
        server.stop()
        shutil.rmtree(localpg.place(home), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)
