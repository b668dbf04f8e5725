"""The child process that reads one file: `python -m staffetta.contacts.reader PATH MEMORY_MIB CPU_S SHEET`. Imports no Django.

It puts limits on itself, then writes JSON lines: {"total", "source"}; {"rows": [[number, cell, …], …]} many times; {"end": true}.
Or {"refused": code, "values": {…}} in place of any. What it does not live to write, the parent (`reading.py`) concludes.
"""

import json
import resource
import sys
from pathlib import Path

from staffetta.contacts import spreadsheet
from staffetta.contacts.unreadable import Unreadable

ROWS_PER_LINE = 2_000
CHARS_PER_LINE = 2**20


def main(path: str, memory_mib: int, cpu_s: int, sheet: str) -> int:
    """Read the file within the limits; return the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib * 2**20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        _write(spreadsheet.read(Path(path).read_bytes(), sheet))
    except Unreadable as error:
        _line({"refused": error.code, "values": error.values})
    except MemoryError:
        _line({"refused": "file_exhausting", "values": {}})
    return 0


def _write(sheet: spreadsheet.Sheet) -> None:
    _line({"total": sheet.total, "source": sheet.source})
    rows: list[list[str | int]] = []
    chars = 0
    for number, cells in sheet.rows:
        rows.append([number, *cells])
        chars += sum(map(len, cells))
        if len(rows) == ROWS_PER_LINE or chars > CHARS_PER_LINE:
            _line({"rows": rows})
            rows, chars = [], 0
    if rows:
        _line({"rows": rows})
    _line({"end": True})


def _line(value: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
