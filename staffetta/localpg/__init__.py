"""The private PostgreSQL of a home folder: where it is, made, started. Linux; knows neither Django nor any table.

HOME/postgres/                  0700, where a normal user runs it
/var/lib/staffetta/<hash>/      where root does: PostgreSQL refuses to run as root, so it runs as `postgres` or else
│                               `nobody`, who may be unable to enter the home
├── data/    0700               once there, it decides the version of the binaries and the user
├── socket/  0700               the only way in, no TCP: whoever can enter this folder is trusted
├── postgresql-18.4/            a copy of the binaries, only where that user cannot reach them
└── server.log
"""

import contextlib
import fcntl
import hashlib
import logging
import os
import pwd
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

from staffetta.localpg import binaries, server
from staffetta.localpg.binaries import CannotStart, User
from staffetta.localpg.server import Server

__all__ = ["CannotStart", "Server", "place", "start", "url"]

ROOT_PLACES = Path("/var/lib/staffetta")
SOCKET_BYTES_MAX = 107 - len("/.s.PGSQL.5432")  # a unix socket's address holds 108 bytes, the last of them zero
START_S = 300.0  # recovery after a crash replays up to max_wal_size
ORDER_S = 10.0  # so long may the sessions of a server whose starter died go on
_log = logging.getLogger(__name__)


def place(home: Path) -> Path:
    """Return the folder that holds (or will hold) this home's database."""
    home = Path(os.path.realpath(home))
    own = home / "postgres"
    if os.geteuid() or (own / "data" / "PG_VERSION").exists():  # root joins what the home's owner made, never makes a second one
        return own
    return ROOT_PLACES / _name(home)


def url(home: Path) -> str:
    """Return the address of this home's database. Starts nothing; the same before and after the first start."""
    folder = place(home)
    socket = _socket(folder)
    query = {"host": str(socket), "port": server.SETTINGS["port"]}  # the port too, or PGPORT in someone's environment would win
    owner = folder.stat().st_uid if folder.exists() else os.geteuid()
    with contextlib.suppress(KeyError):  # a user without a name, as in some containers
        if socket.parent != folder:
            query["requirepeer"] = pwd.getpwuid(owner).pw_name  # in /tmp someone else could have made the folder first
    return f"postgresql://staffetta@/staffetta?{urlencode(query, quote_via=quote)}"


def start(home: Path) -> Server:
    """Start this home's database, made first where there is none; one that already runs is returned as it is.

    Two starts at once: the second waits for the first. When the process (thread) that started it dies, the server takes
    no new session and stops after the last. Raises CannotStart.
    """
    folder = place(home)
    socket = _socket(folder)
    _make_place(folder)
    deadline = time.monotonic() + START_S
    with _locked(folder):
        while (found := server.running(folder, socket)) and time.monotonic() < deadline:
            if found[1] == "ready":
                return Server(folder, found[0], None)
            if found[1] == "stopping" and time.monotonic() > deadline - START_S + ORDER_S:
                os.kill(found[0], signal.SIGINT)  # someone's session keeps it from stopping: end it
            time.sleep(0.05)  # recovering, or on its way down
        user = _user(folder)
        _make_socket_folder(socket, user)
        version, programs = binaries.choose(folder / "data")
        if not binaries.reachable(programs, user):
            binaries.copy(programs.parent, folder / f"postgresql-{version}")
            programs = folder / f"postgresql-{version}" / "bin"
        if not (folder / "data").exists():
            _create(folder, programs, user)
        started = server.launch(folder, socket, programs, user, deadline)
        _log.info("database of %s: PostgreSQL %s, pid %d, in %s", home, version, started.pid, folder)
        return started


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
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.parent == ROOT_PLACES:  # both ours: the server's user must get through, whatever root's umask is
        ROOT_PLACES.chmod(0o755)
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


def _create(folder: Path, programs: Path, user: User) -> None:
    """Make the data folder with its empty database, whole or not at all: under another name first. Raises CannotStart."""
    for left in folder.glob("data.new.*"):
        shutil.rmtree(left)
    draft = Path(tempfile.mkdtemp(prefix="data.new.", dir=folder))
    if user:
        os.chown(draft, user.pw_uid, user.pw_gid)
    settings = ("-U", "staffetta", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums")
    made = binaries.call(programs, "initdb", "-D", str(draft), *settings, user=user)
    if made.returncode == 0:
        statement = "CREATE DATABASE staffetta;\n"
        made = binaries.call(programs, "postgres", "--single", "-D", str(draft), "postgres", user=user, text=statement)
    if made.returncode or "ERROR" in made.stderr:
        raise CannotStart(f"PostgreSQL could not make a database in {folder}: {made.stderr.strip()[-1000:]}")
    draft.rename(folder / "data")
