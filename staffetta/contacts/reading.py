"""A file's rows, read by a child process that no file can make hurt us: it is limited in memory and time. Knows no columns.

The other end is `reader.py`.
"""

import json
import logging
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from staffetta.contacts.errors import FILE_REFUSALS, FileExhausting
from staffetta.lib.errors import Refused

_ROOT = Path(__file__).resolve().parents[2]
_log = logging.getLogger(__name__)

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Limits:
    """What a child may use. An .xlsx of 200,000 rows of 20 columns took 436 MiB and 6 s."""

    memory_mib: int = 1024
    cpu_s: int = 30
    wall_s: float = 90.0


class ReaderFailed(Exception):
    """The child ended by a fault of ours, not of the file."""


class Reading:
    """A file being read: about how many rows, where they come from, and the rows a set at a time."""

    def __init__(self, child: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
        """Wait for what the child says first. Raises FileRefused, ReaderFailed."""
        self._child = child
        self._errors = errors
        first = self._next()
        self.total: int = first["total"]
        self.source: dict[str, Any] = first["source"]

    def sets(self) -> Iterator[list[Row]]:
        """Yield the rows: number in the file, cells. Raises FileRefused, ReaderFailed."""
        while "end" not in (line := self._next()):
            yield [(row[0], row[1:]) for row in line["rows"]]

    def _next(self) -> dict[str, Any]:
        text = self._child.stdout.readline() if self._child.stdout else b""
        if not text.endswith(b"\n"):
            raise self._died()
        line: dict[str, Any] = json.loads(text)
        if "refused" in line:
            raise FILE_REFUSALS[line["refused"]](**line["values"])
        return line

    def _died(self) -> Refused | ReaderFailed:
        code = self._child.wait()
        self._errors.seek(0)
        said = self._errors.read()[-2000:].decode(errors="replace").strip()
        _log.warning("the reader of a file ended with code %s: %s", code, said)
        return FileExhausting() if code < 0 else ReaderFailed(f"exit code {code}: {said}")


@contextmanager
def reading(path: Path, limits: Limits = Limits(), sheet: str = "") -> Iterator[Reading]:
    """Start a child that reads the file (that sheet, or the first with rows), and end it with the block. Raises FileRefused, ReaderFailed."""
    command = [sys.executable, "-m", "staffetta.contacts.reader", str(path), str(limits.memory_mib), str(limits.cpu_s), sheet]
    with tempfile.TemporaryFile() as errors:
        # An environment of its own: nothing of ours (addresses, keys) is within reach of what reads a stranger's file.
        environment = {"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=environment)
        clock = threading.Timer(limits.wall_s, child.kill)
        clock.start()
        try:
            yield Reading(child, errors)
        finally:
            clock.cancel()
            child.kill()
            child.communicate()
