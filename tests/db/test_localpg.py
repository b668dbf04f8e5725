"""The private PostgreSQL survives what life does to it. Servers of its own: nothing here touches the session's."""

import multiprocessing
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg
import pytest

from staffetta import localpg
from staffetta.localpg import binaries, server

Eventually = Callable[..., None]
Start = Callable[[], localpg.Server]
ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="needs root: only root runs PostgreSQL as another user")
fork = multiprocessing.get_context("fork")  # a new Python might not be readable for the other users tried here


@pytest.fixture
def home() -> Iterator[Path]:
    """A home in a folder that only its owner can enter, taken away with its database at the end."""
    parent = Path(tempfile.mkdtemp(prefix="staffetta-test-", dir="/tmp"))
    yield from _home(parent / "var")


@pytest.fixture
def users_home() -> Iterator[tuple[Path, int]]:
    """A home that belongs to a normal user, and that user's number: ourselves, or `nobody` where we are root."""
    uid = pwd.getpwnam("nobody").pw_uid if ROOT else os.geteuid()
    parent = Path(tempfile.mkdtemp(prefix="staffetta-test-", dir="/tmp"))
    os.chown(parent, uid, -1)
    for home in _home(parent / "var"):
        yield home, uid


def _home(path: Path) -> Iterator[Path]:
    yield path
    for left in (localpg.place(path), path.parent):
        shutil.rmtree(left, ignore_errors=True)


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Return a function that starts the home's server; all are stopped at the end."""
    started: list[localpg.Server] = []

    def one_more() -> localpg.Server:
        started.append(localpg.start(home))
        return started[-1]

    yield one_more
    for each in reversed(started):
        each.stop()


def ask(home: Path, statement: str) -> object:
    with psycopg.connect(localpg.url(home), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def _serve(home: Path, uid: int, pipe: Connection) -> None:
    """Start a server as that user, tell its number and what it answers, and hold it until told to go on."""
    if uid != os.geteuid():
        os.setgroups([])
        os.setgid(pwd.getpwuid(uid).pw_gid)
        os.setuid(uid)
    started = localpg.start(home)
    pipe.send((started.pid, ask(home, "SELECT current_database()")))
    pipe.recv()
    started.stop()


def serve_elsewhere(home: Path, uid: int) -> tuple[multiprocessing.Process, Connection]:
    ours, theirs = fork.Pipe()
    process = fork.Process(target=_serve, args=(home, uid, theirs), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def test_it_works(home: Path, start: Start) -> None:
    address = localpg.url(home)
    started = start()
    assert localpg.url(home) == address
    assert ask(home, "SHOW server_encoding") == "UTF8"
    assert ask(home, "SHOW listen_addresses") == ""
    assert (ask(home, "SHOW fsync"), ask(home, "SHOW synchronous_commit")) == ("on", "on")
    assert (localpg.place(home) / "socket").stat().st_mode & 0o777 == 0o700
    assert (localpg.place(home) / "data").stat().st_mode & 0o777 == 0o700
    started.stop()
    assert not started.alive()


def test_a_second_start_uses_the_running_server(start: Start) -> None:
    first, second = start(), start()
    assert (first.pid, second.process) == (second.pid, None)


def test_it_restarts_right_after_kill_9(home: Path, start: Start, eventually: Eventually) -> None:
    started = start()
    ask(home, "CREATE TABLE kept (n int)")
    left_behind = psycopg.connect(localpg.url(home))
    os.kill(started.pid, signal.SIGKILL)
    eventually(lambda: Path(f"/proc/{started.pid}/stat").read_text().split()[2] == "Z", "the zombie")  # nobody has asked how it ended
    again = start()
    assert again.pid != started.pid
    assert ask(home, "SELECT count(*) FROM kept") == 0
    left_behind.close()


def test_it_stops_when_its_starter_is_killed(home: Path, start: Start, eventually: Eventually) -> None:
    process, pipe = serve_elsewhere(home, os.geteuid())
    pid, _ = pipe.recv()
    process.kill()
    process.join()
    eventually(lambda: server.running(localpg.place(home), Path("none")) is None, "the end of the orphan")
    assert start().pid != pid
    assert "redo starts" not in (localpg.place(home) / "server.log").read_text()  # it had closed its books


def test_a_session_that_stays_does_not_stop_the_next_start(home: Path, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(localpg, "ORDER_S", 0.1)
    process, pipe = serve_elsewhere(home, os.geteuid())
    pid, _ = pipe.recv()
    stays = psycopg.connect(localpg.url(home))
    process.kill()
    process.join()
    assert start().pid != pid
    stays.close()


def test_an_orphan_that_has_not_heard_yet_is_not_used(home: Path, start: Start) -> None:
    """Its starter is dead, the signal has not reached it, and its file still says "ready"."""
    process, pipe = serve_elsewhere(home, os.geteuid())
    pid, _ = pipe.recv()
    os.kill(pid, signal.SIGSTOP)
    try:
        process.kill()
        process.join()
        folder = localpg.place(home)
        assert server._status(folder / "data") == (pid, "ready")
        assert server.running(folder, folder / "socket") == (pid, "stopping")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert start().pid != pid


@pytest.fixture
def stale(home: Path, start: Start) -> Iterator[Path]:
    """A killed server's folder whose files carry the number of a living process, as after a restart of the machine."""
    started = start()
    folder = started.folder
    os.kill(started.pid, signal.SIGKILL)
    _, programs = binaries.choose(folder / "data")
    # Of the same user: PostgreSQL itself knows that another user's process cannot be its server.
    with subprocess.Popen(["sleep", "600"], **binaries.identity(programs, localpg._user(folder))) as stranger:
        for left in (folder / "data" / "postmaster.pid", folder / "socket" / ".s.PGSQL.5432.lock"):
            left.write_text(left.read_text().replace(str(started.pid), str(stranger.pid), 1))
        yield folder
        assert stranger.poll() is None
        stranger.kill()


def test_a_stale_pid_of_another_process_is_removed(home: Path, stale: Path, start: Start) -> None:
    start()
    assert ask(home, "SELECT 1") == 1


def test_a_stale_pid_would_stop_postgresql_alone(stale: Path) -> None:
    """The twin, guard off: this is what the test above is for."""
    _, programs = binaries.choose(stale / "data")
    with pytest.raises(localpg.CannotStart, match="already exists"):
        server.launch(stale, stale / "socket", programs, localpg._user(stale), time.monotonic() + 60)


def test_two_starts_at_once_end_with_one_server(home: Path) -> None:
    both = [serve_elsewhere(home, os.geteuid()) for _ in range(2)]
    answers = [pipe.recv() for _, pipe in both]
    assert answers[0] == answers[1]
    for process, pipe in both:
        pipe.send("go on")
        process.join()


def test_a_start_that_was_cut_short_leaves_nothing_behind(home: Path, start: Start) -> None:
    folder = localpg.place(home)
    (folder / "data.new.cut").mkdir(parents=True)
    start()
    assert not list(folder.glob("data.new.*"))


@needs_root
def test_root_with_home_and_binaries_that_only_root_can_enter(
    home: Path, start: Start, tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = (home.parent, tmp_path)
    for folder in closed:
        folder.chmod(0o700)
    for name in (f"{wheel.name}/pginstall18", f"{wheel.name}.libs"):
        shutil.copytree(wheel.parent / name, tmp_path / name, symlinks=True)
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path / "none")
    monkeypatch.setattr(binaries, "_wheel", lambda: tmp_path / wheel.name)
    started = start()
    assert str(ask(home, "SHOW server_version")).startswith("18.")
    assert started.folder.parent == Path("/var/lib/staffetta")
    assert Path(f"/proc/{started.pid}").stat().st_uid != 0
    assert os.readlink(f"/proc/{started.pid}/exe").startswith(str(started.folder))
    assert [folder.stat().st_mode & 0o777 for folder in closed] == [0o700, 0o700]


@needs_root
def test_root_joins_the_database_of_the_homes_owner(users_home: tuple[Path, int]) -> None:
    home, uid = users_home
    process, pipe = serve_elsewhere(home, uid)
    pid, _ = pipe.recv()
    assert localpg.start(home).pid == pid
    assert ask(home, "SELECT 1") == 1
    process.kill()
    process.join()


@pytest.mark.parametrize("name", ["with blanks", "quote's, comma and è", "deep/" + "x" * 120])
def test_a_normal_user_and_any_path(users_home: tuple[Path, int], name: str) -> None:
    parent, uid = users_home[0].parent, users_home[1]
    process, pipe = serve_elsewhere(parent / name / "var", uid)
    assert pipe.recv()[1] == "staffetta"
    pipe.send("go on")
    process.join()
    assert process.exitcode == 0
    folder = parent / name / "var" / "postgres"
    assert (folder / "data").stat().st_uid == uid
    if (socket := localpg._socket(folder)).parent != folder:
        socket.rmdir()


def test_a_socket_folder_of_someone_else_is_refused(home: Path, start: Start) -> None:
    (localpg.place(home) / "socket").mkdir(parents=True, mode=0o755)
    with pytest.raises(localpg.CannotStart, match="remove it and start again"):
        start()


@pytest.fixture(scope="module")
def wheel() -> Path:
    return Path(find_spec(binaries.WHEEL).origin).parent


@pytest.fixture
def installed(tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Return a function that installs another version on a machine that begins with none."""
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path)
    monkeypatch.setattr(binaries, "_wheel", lambda: None)

    def install(version: str, folder: str) -> Path:
        (tmp_path / version).symlink_to(wheel / folder)
        return tmp_path / version

    return install


def test_a_version_installed_later_changes_nothing_here(home: Path, start: Start, installed: Callable[[str, str], Path]) -> None:
    older = installed("16", "pginstall")
    start().stop()
    installed("18", "pginstall18")
    start().stop()
    assert (localpg.place(home) / "data" / "PG_VERSION").read_text().strip() == "16"
    assert binaries.choose(home / "a new one")[0].startswith("18.")

    older.unlink()
    with pytest.raises(localpg.CannotStart, match=r"made by PostgreSQL 16, and here there is 18\.\d+: install postgresql-16"):
        start()


def test_a_machine_without_postgresql_is_told_what_to_do(start: Start, installed: Callable[[str, str], Path]) -> None:
    with pytest.raises(localpg.CannotStart, match="PostgreSQL 14 or later is needed, and here there is none: install postgresql"):
        start()
