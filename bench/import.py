"""How long an import takes from upload to saved: `python bench/importing.py [--n 65000]`. The last line is JSON.

A file of so many rows made by xlwt, on a PostgreSQL of its own in a temporary home. The jobs run here, one after the other, as
the work process runs them. Peak memory is that of this process and of the largest child that read the file.
"""

import argparse
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlwt

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.processes import database
from staffetta import localpg

HOME = Path(tempfile.mkdtemp(prefix="staffetta-bench-"))
os.environ |= {"STAFFETTA_HOME": str(HOME), "DATABASE_URL": localpg.url(HOME), "STAFFETTA_LOG_LEVEL": "WARNING"}
os.environ["DJANGO_SETTINGS_MODULE"] = "staffetta.settings"

import django  # noqa: E402

django.setup()

from django.core.files import File  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from staffetta.accounts.models import Account  # noqa: E402
from staffetta.contacts import importing, jobs  # noqa: E402
from staffetta.contacts.models import Contact, Import  # noqa: E402

XLS_ROWS_MAX = 65_536
seconds: dict[str, float] = {}


@contextmanager
def timed(step: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    seconds[step] = time.perf_counter() - started


def make_file(path: Path, rows: int) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Clienti")
    for column, header in enumerate(("Nome", "Cognome", "Cellulare", "Città")):
        sheet.write(0, column, header)
    for row in range(1, rows + 1):
        for column, value in enumerate((f"Nome {row % 977}", f"D'Angelo {row % 1987}", 3331000000.0 + row, "Forlì")):
            sheet.write(row, column, value)
    book.save(str(path))


def run(path: Path) -> Import:
    """Import the file as a person would, with no pause between the steps."""
    account = Account.objects.create(name="Bench")
    with timed("upload"), path.open("rb") as file:
        record = importing.begin(account, None, File(file, path.name), "Clienti")
    with timed("read and check"):
        jobs.read_import(record.pk)
    with timed("confirm"):
        record.refresh_from_db()
        importing.confirm(record)
    with timed("save"):
        jobs.save_import(record.pk)
    record.refresh_from_db()
    return record


def peak_mib() -> int:
    return round(sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=65_000)
    rows = parser.parse_args().n
    if rows >= XLS_ROWS_MAX:
        parser.error(f"an .xls has at most {XLS_ROWS_MAX:,} rows, the first for the header")
    server = database(HOME)
    try:
        path = HOME / "clienti.xls"
        make_file(path, rows)
        call_command("migrate", verbosity=0)
        record = run(path)
        if record.state != "saved" or record.good != rows or Contact.objects.count() != rows:
            raise SystemExit(f"Not all was saved: {record.state}, {record.good:,} good, {record.reason}.")
        for step, taken in seconds.items():
            print(f"{step:<16} {taken:>8.2f} s {rows / taken:>12,.0f} rows/s")
        figures = {"bench": "import", "rows": rows, "seconds": round(sum(seconds.values()), 2), "peak_mib": peak_mib()}
        print(json.dumps(figures))
    finally:
        connection.close()
        server.stop()
        shutil.rmtree(localpg.place(HOME), ignore_errors=True)
        shutil.rmtree(HOME, ignore_errors=True)


if __name__ == "__main__":
    main()
