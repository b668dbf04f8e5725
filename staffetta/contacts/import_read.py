"""The first step of an import: read its file and sort the rows into good and bad. Saves no contact.

Next: importing.confirm, then import_save.py
"""

import logging
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from staffetta.contacts import pieces, states
from staffetta.contacts.columns import Layout, find
from staffetta.contacts.errors import FileRefused, NoNumberColumn, NoRows, RolesWrong
from staffetta.contacts.models import Import
from staffetta.contacts.reading import Limits, Reading, Row, reading
from staffetta.contacts.rows import Person, RowReader

PROBLEMS_SHOWN = 1_000
SAMPLE_ROWS = 10
_log = logging.getLogger(__name__)


@dataclass
class _Sorted:
    """What was found so far."""

    rows: int = 0
    merged: int = 0
    bad: int = 0
    numbers: set[str] = field(default_factory=set)
    sample: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def sort(self, reader: RowReader, rows: list[Row]) -> tuple[list[Person], list[tuple[int, str, str]]]:
        """Return the good rows and the bad ones: row, value, code."""
        good: list[Person] = []
        bad: list[tuple[int, str, str]] = []
        for row, cells in rows:
            found = reader.read(cells)
            if not isinstance(found, Person):
                bad.append((row, *found))
                continue
            good.append(found)  # a number seen before too: it is merged in its piece, or when saved
            if found.number in self.numbers:
                self.merged += 1
            else:
                self.numbers.add(found.number)
                if len(self.sample) < SAMPLE_ROWS:
                    self.sample.append({"row": row, **found._asdict()})
        self.rows += len(rows)
        self.bad += len(bad)
        self.problems += [dict(zip(("row", "value", "code"), each, strict=True)) for each in bad[: PROBLEMS_SHOWN - len(self.problems)]]
        return good, bad

    def counts(self) -> dict[str, int]:
        return {"rows": self.rows, "good": len(self.numbers), "merged": self.merged, "bad": self.bad}


def read(import_id: int, limits: Limits = Limits()) -> None:  # noqa: B008 - it is frozen
    """Read the file of an import: it becomes ready, or refused with its reason. A run that died is done again from the start."""
    with transaction.atomic():
        record = states.begin_run(import_id, "reading")
        if record is None:
            return
        states.keep(record, progress=0, reason=None, columns=[], sample=[], problems=[], rows=0, good=0, merged=0, bad=0)
        pieces.clear(import_id, pieces.GOOD, pieces.BAD)
    try:
        try:
            _read(record, limits)
        except FileRefused as refusal:
            _refuse(record, refusal)
    except states.TakenOver:
        _log.info("import %s: another run goes on with it, or it was dropped", import_id)


def _read(record: Import, limits: Limits) -> None:
    with tempfile.NamedTemporaryFile(prefix="staffetta-import-") as file:
        for content in pieces.read_file(record.pk):
            file.write(content)
        file.flush()
        with reading(Path(file.name), limits, record.sheet) as book:
            states.keep(record, source=book.source)
            _sort(record, book)


def _sort(record: Import, book: Reading) -> None:
    found, reader = _Sorted(), None
    for place, rows in enumerate(book.sets()):
        if reader is None:
            layout = find(rows, record.account.country)
            reader = _reader(record, layout)
            rows = [row for row in rows if row[0] > layout.header_row]
        good, bad = found.sort(reader, rows)
        with transaction.atomic():
            states.keep(record, progress=min(99, found.rows * 100 // max(book.total, 1)), **found.counts())
            pieces.put_rows(record.pk, pieces.GOOD, place, merged(good))
            pieces.put_rows(record.pk, pieces.BAD, place, bad)
    if not found.rows:
        raise NoRows
    states.keep(record, state="ready", progress=100, sample=found.sample, problems=found.problems)


def merged(people: list[Person]) -> list[Person]:
    """Return each number once, as one statement must have it: what is filled in later wins."""
    found: dict[str, Person] = {}
    for person in people:
        if before := found.get(person.number):
            person = Person(person.number, person.name or before.name, person.surname or before.surname, before.fields | person.fields)
        found[person.number] = person
    return list(found.values())


def _reader(record: Import, layout: Layout) -> RowReader:
    try:
        columns = layout.columns(record.roles)
    except (NoNumberColumn, RolesWrong):
        states.keep(record, columns=[vars(column) for column in layout.unknown()])
        raise NoNumberColumn from None
    states.keep(record, columns=[vars(column) for column in columns])
    return RowReader(columns, record.account.country, record.add_prefix)


@transaction.atomic
def _refuse(record: Import, refusal: FileRefused) -> None:
    states.keep(record, state="refused", reason={"code": refusal.code, "values": refusal.values})
    pieces.clear(record.pk, pieces.GOOD, pieces.BAD)
    if refusal.code != NoNumberColumn.code:  # there the person can still tell which column it is
        pieces.clear(record.pk, pieces.FILE)
