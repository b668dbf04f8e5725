"""The data folder of a migrated, empty database: made once for all workers, copied into the homes that need not see it made."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from staffetta import localpg

ROOT = Path(__file__).parents[2]
SESSION = Path(os.environ["STAFFETTA_TEST_HOME"])  # the same for all workers; removed at their end


def data() -> Path:
    """Return the data folder, made by the first that asks; its server is stopped, so a copy of it is whole."""
    home = SESSION / "migrated"
    made = localpg.place(home) / "data"
    with (SESSION / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "whole").exists():
            home.mkdir()
            other = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
            command = [sys.executable, "-m", "staffetta", "migrate"]  # starts the database for itself, and stops it
            subprocess.run(command, cwd=ROOT, env=other | {"STAFFETTA_HOME": str(home)}, capture_output=True, check=True, timeout=120)
            (home / "whole").touch()
    return made


def lay(home: Path) -> None:
    """Give a home that has no database yet a copy of the migrated one."""
    place = localpg.place(home)
    place.mkdir(parents=True)
    place.chmod(0o755)
    subprocess.run(["cp", "-a", str(data()), str(place / "data")], check=True)  # with its owner, which is not root
