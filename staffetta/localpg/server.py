"""The server process of one data folder: launch it, tell whether it runs, stop it. Knows no home folder."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from staffetta.localpg import binaries
from staffetta.localpg.binaries import CannotStart, User

ORPHANS_S = 60.0
STOP_S = 60.0
LOG_BYTES_MAX = 16 * 2**20
SHARED_BUFFERS_MIB = max(16, min(512, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20 // 8))
SETTINGS = {  # given at each start, so that they follow this file and not the release that made the data
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": f"{SHARED_BUFFERS_MIB}MB",
    "work_mem": "32MB",
    "wal_buffers": "16MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_naptime": "10s",
    "log_checkpoints": "off",
    "log_autovacuum_min_duration": "-1",
}
STARTER = "staffetta.starter"  # a setting only we read, on the server's command line
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclass
class Server:
    """A running server; `process` is None where another process had started it."""

    folder: Path
    pid: int
    process: subprocess.Popen[bytes] | None

    def alive(self) -> bool:
        """Tell whether it still runs."""
        return self.process.poll() is None if self.process else _is_server(self.pid, self.folder / "data")

    def stop(self) -> None:
        """Stop it, ending open sessions; what was committed is on disk. Returns when it is gone."""
        for number, wait_s in ((signal.SIGINT, STOP_S), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            with contextlib.suppress(ProcessLookupError):
                if self.alive():
                    os.kill(self.pid, number)
            deadline = time.monotonic() + wait_s
            while self.alive() and time.monotonic() < deadline:
                time.sleep(0.02)


def tied(number: int) -> Callable[[], None]:
    """Return a preexec_fn: the kernel sends the child this signal when we (this thread) die, even by kill -9."""
    parent = os.getpid()

    def tie() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # we died before the kernel knew
            os._exit(1)

    return tie


def running(folder: Path, socket: Path) -> tuple[int, str] | None:
    """Return the running server's number and state ("starting", "ready", "stopping"), or None.

    Where there is none, leftovers whose number now belongs to another process are removed: PostgreSQL would wait for it
    for ever. The caller holds the folder's lock, so nobody starts one meanwhile.
    """
    data = folder / "data"
    found = _status(data)
    if found and _is_server(found[0], data):
        # The signal that its starter's death sends it may still be on its way, and the file still say "ready".
        return (found[0], "stopping") if _orphan(found[0]) else found
    if not found or Path(f"/proc/{found[0]}").exists():  # else PostgreSQL removes it, after a look at the shared memory it names
        (data / "postmaster.pid").unlink(missing_ok=True)
    for left in socket.glob(".s.PGSQL.*"):
        left.unlink()
    return None


def launch(folder: Path, socket: Path, programs: Path, user: User, deadline: float) -> Server:
    """Start the server and return it when it answers, at the latest at `deadline` (monotonic). Raises CannotStart."""
    patience = time.monotonic() + ORPHANS_S
    ours = {"unix_socket_directories": str(socket), STARTER: str(os.getpid())}
    settings = [f"--{name}={value}" for name, value in (SETTINGS | ours).items()]
    while True:
        with _log(folder, user).open("ab") as log:
            process = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(folder / "data"), *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for whoever stops us in order
                preexec_fn=tied(signal.SIGTERM),  # smart: whoever was started with us may still write down what it has done
                **binaries.identity(programs, user),
            )
            before = log.tell()
        while process.poll() is None and time.monotonic() < deadline:
            if _status(folder / "data") == (process.pid, "ready"):
                return Server(folder, process.pid, process)
            time.sleep(0.02)
        process.kill()
        process.wait()
        said = _log(folder, user).read_bytes()[before:].decode(errors="replace").strip()[-1000:]
        # The processes of a server that was killed hold its memory until they notice.
        if "shared memory block" not in said or time.monotonic() > patience:
            raise CannotStart(f"PostgreSQL does not start; it says in {folder}/server.log: {said}")
        time.sleep(0.1)


def _log(folder: Path, user: User) -> Path:
    path = folder / "server.log"
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.rename(folder / "server.log.1")
    path.touch(mode=0o600)
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)  # started by its owner next time, it must be writable
    return path


def _is_server(pid: int, data: Path) -> bool:
    """Tell whether this process is the server of this data folder: a number alone may be another's, or a zombie's."""
    try:
        return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")  # a zombie's is empty
    except (FileNotFoundError, ProcessLookupError):
        return False


def _orphan(pid: int) -> bool:
    """Tell whether the process that started this server is dead: the kernel then gives it another parent, before any signal."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return f"--{STARTER}={parent}".encode() not in words


def _status(data: Path) -> tuple[int, str] | None:
    """Return what postmaster.pid says (number, state), None where it says nothing."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else "starting"
    except (FileNotFoundError, IndexError, ValueError):
        return None
