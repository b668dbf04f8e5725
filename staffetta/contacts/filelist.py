"""The people of a file for one send, without saving them as contacts: read at once, kept until the send is gone. Knows no texts.

Refused
└── ContactsRefused
    └── FileRefused
        └── ListTooLong, NobodyInFile     and what errors.py has about files
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account
from staffetta.contacts.columns import Column, find
from staffetta.contacts.errors import FileEmpty, FileRefused, FileTooLarge
from staffetta.contacts.import_read import merged
from staffetta.contacts.models import FileList, FilePerson
from staffetta.contacts.reading import Limits, reading
from staffetta.contacts.rows import Person, Problem, RowReader
from staffetta.lib import clock

ROWS_MAX = 10_000
PROBLEMS_KEPT = 50
_MIB = 2**20
# It is read while the person waits: what takes longer than this is for an import.
_LIMITS = Limits(cpu_s=15, wall_s=25.0)

_INSERT = """
INSERT INTO contacts_fileperson (list_id, place, number, name, surname, fields)
SELECT %(list)s, e.place, e.one->>0, e.one->>1, e.one->>2, e.one->3
FROM jsonb_array_elements(%(people)s::jsonb) WITH ORDINALITY AS e(one, place)
"""


class ListTooLong(FileRefused):
    """Values: limit."""

    code = "file_list_too_long"
    message = _("The file has more than %(limit)s rows, the most for a send without saving contacts: import it as a group instead.")


class NobodyInFile(FileRefused):
    """Values: rows, value."""

    code = "nobody_in_file"
    message = _("None of the file's %(rows)s rows has a mobile number, for example “%(value)s”: check the column with the numbers.")


def take(account: Account, file: "File[bytes]") -> FileList:
    """Read a file into a list of its own. Raises FileRefused."""
    size = file.size or 0
    if not size:
        raise FileEmpty
    if size > settings.IMPORT_FILE_BYTES_MAX:
        raise FileTooLarge(size=-(-size // _MIB), limit=settings.IMPORT_FILE_BYTES_MAX // _MIB)
    with tempfile.NamedTemporaryFile(prefix="staffetta-list-") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        columns, found = _rows(Path(copy.name), account.country)
    good = [person for _row, person in found if isinstance(person, Person)]
    bad = [(row, problem) for row, problem in found if isinstance(problem, Problem)]
    people = merged(good)
    if not people:
        raise NobodyInFile(rows=len(found), value=bad[0][1].value if bad else "")
    record = FileList(
        account=account,
        name=(file.name or "")[-200:],
        merged=len(good) - len(people),
        bad=len(bad),
        fields=[column.field for column in columns if column.role == "field"],
        problems=[{"row": row, "value": problem.value, "code": problem.code} for row, problem in bad[:PROBLEMS_KEPT]],
    )
    return _keep(record, people)


def one(account: Account, number: str, name: str, surname: str, fields: Mapping[str, object]) -> FileList:
    """Return a list of a single person, who reads what these values make of a text."""
    record = FileList(account=account, name="", fields=sorted(fields))
    return _keep(record, [Person(number, name, surname, {field: str(value) for field, value in fields.items()})])


def keep(list_id: int) -> bool:
    """Keep the people of a list until `let_go`, within the caller's transaction; return False where they were forgotten already."""
    return bool(FileList.objects.filter(pk=list_id, dropped_at=None).update(readers=F("readers") + 1))


def let_go(list_id: int) -> None:
    """Let a list be forgotten that was kept: whoever needed it has read it whole, or will not."""
    FileList.objects.filter(pk=list_id, readers__gt=0).update(readers=F("readers") - 1)


@transaction.atomic
def forget(record: FileList) -> None:
    """Forget the people of a list; that there was one stays known."""
    FilePerson.objects.filter(list=record).delete()
    FileList.objects.filter(pk=record.pk).update(dropped_at=clock.now(), problems=[])


def _rows(path: Path, country: str) -> tuple[list[Column], list[tuple[int, Person | Problem]]]:
    columns: list[Column] = []
    reader: RowReader | None = None
    found: list[tuple[int, Person | Problem]] = []
    with reading(path, _LIMITS) as book:
        for rows in book.sets():
            if reader is None:
                layout = find(rows, country)
                columns = layout.columns()
                reader = RowReader(columns, country, add_prefix=True)
                rows = [row for row in rows if row[0] > layout.header_row]
            found += [(number, reader.read(cells)) for number, cells in rows]
            if len(found) > ROWS_MAX:
                raise ListTooLong(limit=ROWS_MAX)
    return columns, found


@transaction.atomic
def _keep(record: FileList, people: list[Person]) -> FileList:
    record.people = len(people)
    record.save()
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, {"list": record.pk, "people": json.dumps(people).replace("\\u0000", "")})
    return record
