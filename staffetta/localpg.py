"""The private PostgreSQL of a home folder: made, started and stopped here. Linux; knows neither Django nor any table.

    HOME/postgres/                  0700, where a normal user runs it
    /var/lib/staffetta/<hash>/      where root does: PostgreSQL refuses to run as root, so it runs as `postgres` or else
    │                               `nobody`, who may be unable to enter the home
    ├── data/    0700               once there, it decides the version of the binaries and the user
    ├── socket/  0700               the only way in, no TCP: whoever can enter this folder is trusted
    ├── postgresql-18.4/            a copy of the binaries, only where that user cannot reach them
    └── start.log                   what the server said until its own log was open (data/log/, a week of files)
"""

import contextlib
import ctypes
import fcntl
import hashlib
import logging
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from staffetta import pgbinaries
from staffetta.pgbinaries import CannotStart, User

ROOT_PLACES = Path("/var/lib/staffetta")
SOCKET_BYTES_MAX = 107 - len("/.s.PGSQL.5432")  # a unix socket's address holds 108 bytes, the last of them zero
START_S = 300.0  # recovery after a crash replays up to max_wal_size
ORPHANS_S = 60.0
STOP_S = 60.0
SHARED_BUFFERS_MIB = max(16, min(512, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20 // 8))
SETTINGS = {  # docs/performance.md has the figures behind the sizes; given at each start, so that they follow this file
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
    "logging_collector": "on",
    "log_filename": "%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)
_log = logging.getLogger("staffetta.localpg")


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
        _log.info("database stopped: %s", self.folder)


def place(home: Path) -> Path:
    """Return the folder that holds (or will hold) this home's database."""
    home = Path(os.path.realpath(home))
    own = home / "postgres"
    if os.geteuid() or (own / "data" / "PG_VERSION").exists():  # root joins what the home's owner made, never a second one
        return own
    return ROOT_PLACES / _name(home)


def url(home: Path) -> str:
    """Return the address of this home's database. Starts nothing; the same before and after the first start."""
    folder = place(home)
    socket = _socket(folder)
    query = {"host": str(socket), "port": SETTINGS["port"]}  # the port too, or PGPORT in someone's environment would win
    owner = folder.stat().st_uid if folder.exists() else os.geteuid()
    with contextlib.suppress(KeyError):  # a user without a name, as in some containers
        if socket.parent != folder:
            query["requirepeer"] = pwd.getpwuid(owner).pw_name  # in /tmp someone else could have made the folder first
    return f"postgresql://staffetta@/staffetta?{urlencode(query, quote_via=quote)}"


def start(home: Path) -> Server:
    """Start this home's database, made first where there is none; one that already runs is returned as it is.

    Two starts at once: the second waits for the first. The server stops in good order when the process (thread) that
    started it dies. Raises CannotStart.
    """
    folder = place(home)
    _make_place(folder)
    deadline = time.monotonic() + START_S
    with _locked(folder):
        while (found := _running(folder / "data")) and time.monotonic() < deadline:
            if found[1] == "ready":
                return Server(folder, found[0], None)
            time.sleep(0.05)  # recovering, or on its way down
        user = _user(folder)
        _make_socket_folder(_socket(folder), user)
        version, binaries = pgbinaries.choose(folder / "data")
        if not pgbinaries.reachable(binaries, user):
            pgbinaries.copy(binaries.parent, folder / f"postgresql-{version}")
            binaries = folder / f"postgresql-{version}" / "bin"
        if not (folder / "data").exists():
            _create(folder, binaries, user)
        server = _launch(folder, binaries, user, deadline)
        _log.info("database of %s: PostgreSQL %s, pid %d, in %s", home, version, server.pid, folder)
        return server


def tied(number: int) -> Callable[[], None]:
    """Return a preexec_fn: the kernel sends the child this signal when we die, even by kill -9."""
    parent = os.getpid()

    def tie() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # we died before the kernel knew
            os._exit(1)

    return tie


def _name(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _socket(folder: Path) -> Path:
    """Return the socket's folder: beside the data, or in /tmp where that name is too long or reads as a list of folders."""
    socket = folder / "socket"
    if len(os.fsencode(socket)) > SOCKET_BYTES_MAX or set(str(socket)) & set(",\"'\\"):
        return Path("/tmp") / f"staffetta-{_name(folder)}"
    return socket


def _make_place(folder: Path) -> None:
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    private = folder.parent != ROOT_PLACES
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not private:
        ROOT_PLACES.chmod(0o755)  # ours; the server's user must get through whatever root's umask is
        folder.chmod(0o755)


def _make_socket_folder(path: Path, user: User) -> None:
    """Make a folder that only the server's user can enter. Raises CannotStart where something else has that name."""
    owner = user.pw_uid if user else os.geteuid()
    if not os.path.lexists(path):
        path.mkdir(mode=0o700)
        os.chown(path, owner, -1)
    found = path.lstat()
    if path.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
        raise CannotStart(f"{path} is not a folder that only the database's user can enter: remove it and start again.")


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)  # the folder itself: a lock file made by root would keep its owner out
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _user(folder: Path) -> User:
    """Return the user to run the server as: never root. Raises CannotStart where root finds no other."""
    if os.geteuid():
        return None
    with contextlib.suppress(FileNotFoundError):
        return pwd.getpwuid((folder / "data").stat().st_uid)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotStart("PostgreSQL does not run as root, and no user is named 'postgres' or 'nobody': useradd --system postgres.")


def _is_server(pid: int, data: Path) -> bool:
    """Tell whether this process is the server of this data folder: a number alone may be another's, or a zombie's."""
    try:
        return os.fsencode(data) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")  # a zombie's is empty
    except (FileNotFoundError, ProcessLookupError):
        return False


def _status(data: Path) -> tuple[int, str] | None:
    """Return what postmaster.pid says: number and state ("starting", "ready", "stopping"), or None where it says nothing."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else "starting"
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _running(data: Path) -> tuple[int, str] | None:
    """Return number and state of the running server; a pid file that would stop PostgreSQL for another's sake is removed."""
    found = _status(data)
    if found and _is_server(found[0], data):
        return found
    if not found or Path(f"/proc/{found[0]}").exists():  # else PostgreSQL removes it, after a look at its shared memory
        (data / "postmaster.pid").unlink(missing_ok=True)
    return None


def _create(folder: Path, binaries: Path, user: User) -> None:
    """Make the data folder with its empty database, whole or not at all: under another name first."""
    for left in folder.glob("data.new.*"):
        shutil.rmtree(left)
    draft = Path(tempfile.mkdtemp(prefix="data.new.", dir=folder))
    if user:
        os.chown(draft, user.pw_uid, user.pw_gid)
    settings = ("-U", "staffetta", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums")
    made = pgbinaries.call(binaries, "initdb", "-D", str(draft), *settings, user=user)
    if made.returncode == 0:
        made = pgbinaries.call(
            binaries, "postgres", "--single", "-D", str(draft), "postgres", user=user, text="CREATE DATABASE staffetta;\n"
        )
    if made.returncode or "ERROR" in made.stderr:
        raise CannotStart(f"PostgreSQL could not make a database in {folder}: {made.stderr.strip()[-1000:]}")
    draft.rename(folder / "data")


def _launch(folder: Path, binaries: Path, user: User, deadline: float) -> Server:
    """Start the server and return it when it answers. Raises CannotStart with its own words."""
    patience = time.monotonic() + ORPHANS_S
    settings = [f"--{name}={value}" for name, value in (SETTINGS | {"unix_socket_directories": str(_socket(folder))}).items()]
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), *settings]
    log = folder / "start.log"
    while True:
        log.unlink(missing_ok=True)  # it may be root's from an earlier start
        with log.open("wb") as out:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for whoever stops us in order
                preexec_fn=tied(signal.SIGINT),
                **pgbinaries.identity(binaries, user),
            )
        while process.poll() is None and time.monotonic() < deadline:
            if _status(folder / "data") == (process.pid, "ready"):
                return Server(folder, process.pid, process)
            time.sleep(0.02)
        process.kill()
        process.wait()
        said = log.read_text(errors="replace").strip()[-1000:]
        orphans = "shared memory block" in said or "lock file" in said  # of a server that was killed: they notice within seconds
        if not orphans or time.monotonic() > patience:
            raise CannotStart(f"PostgreSQL does not start in {folder} (more in {folder}/data/log): {said}")
        time.sleep(0.1)
