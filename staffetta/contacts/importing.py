"""Imports as a person sees them: begin with a file, look at what was read, confirm or drop. Knows no rows.

waiting → reading → ready → saving → saved           `begin` … `confirm`; the jobs are import_read.py and import_save.py
          saved → undoing → undone                   `undo`; the job is import_undo.py
          reading → refused                          Import.reason says why: errors.refusal
          ready | refused (no number column) → waiting again, by `remap`
          waiting | reading | ready | refused → dropped
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.conf import settings
from django.core.files import File
from django.db import transaction
from procrastinate.contrib.django import app

from staffetta.accounts.models import Account, User
from staffetta.contacts import pieces, states
from staffetta.contacts.columns import check_roles
from staffetta.contacts.errors import (
    FileEmpty,
    FileTooLarge,
    GroupNameMissing,
    GroupNameTooLong,
    ImportMoved,
    NoNumberColumn,
    NothingToSave,
    SheetUnknown,
    UndoTooLate,
)
from staffetta.contacts.models import Group, Import
from staffetta.lib import clock

GROUP_NAME_CHARS_MAX = 80
_MIB = 2**20
READ_JOB, SAVE_JOB, UNDO_JOB = (f"staffetta.contacts.jobs.{name}_import" for name in ("read", "save", "undo"))
UNDO_WITHIN = timedelta(days=30)


@transaction.atomic
def begin(
    account: Account, user: User | None, file: "File[bytes]", group: Group | str, add_prefix: bool = True, keep_known: bool = False
) -> Import:
    """Take a file for a group (one of the account, or the name of one, made when saved); a job reads it.

    `add_prefix`: numbers without international prefix are of the account's country; else they are listed as bad.
    `keep_known`: contacts that are there already stay as they are, and are only put into the group.
    Raises FileEmpty, FileTooLarge, GroupNameMissing, GroupNameTooLong.
    """
    name = _group_name(account, group)
    size = file.size or 0
    if not size:
        raise FileEmpty
    if size > settings.IMPORT_FILE_BYTES_MAX:
        raise FileTooLarge(size=-(-size // _MIB), limit=settings.IMPORT_FILE_BYTES_MAX // _MIB)
    record = Import.objects.create(
        account=account,
        user=user,
        group=Group.objects.filter(account=account, name=name).first(),
        group_name=name,
        file_name=(file.name or "")[-200:],
        file_bytes=size,
        add_prefix=add_prefix,
        keep_known=keep_known,
    )
    pieces.put_file(record.pk, file.chunks(pieces.FILE_PIECE_BYTES))
    defer(READ_JOB, record.pk)
    return record


@transaction.atomic
def remap(record: Import, roles: Sequence[str]) -> None:
    """Read the file again with these roles (columns.ROLES), one for each of `record.columns`. Raises RolesWrong, ImportMoved."""
    check_roles(roles, len(record.columns))
    # A file refused for another reason stays refused, and is gone.
    refused = Import.objects.filter(pk=record.pk, state="refused").exclude(reason__code=NoNumberColumn.code)
    if refused.exists() or not states.move(record.pk, "waiting", roles=list(roles), progress=0, reason=None):
        raise _moved(record)
    defer(READ_JOB, record.pk)


@transaction.atomic
def choose_sheet(record: Import, sheet: str) -> None:
    """Read another sheet of the file. Raises SheetUnknown, ImportMoved."""
    known = [record.source.get("sheet"), *record.source.get("others", [])]
    if sheet not in known:
        raise SheetUnknown(sheet=sheet, known=", ".join(str(name) for name in known if name))
    refused = Import.objects.filter(pk=record.pk, state="refused").exclude(reason__code=NoNumberColumn.code)
    if refused.exists() or not states.move(record.pk, "waiting", sheet=sheet, roles=None, progress=0, reason=None):
        raise _moved(record)
    defer(READ_JOB, record.pk)


@transaction.atomic
def undo(record: Import) -> None:
    """Have a saved import taken back by a job; once more does nothing. Raises UndoTooLate, ImportMoved."""
    if record.saved_at and clock.now() - record.saved_at > UNDO_WITHIN:
        raise UndoTooLate(days=UNDO_WITHIN.days)
    if states.move(record.pk, "undoing", progress=0):
        defer(UNDO_JOB, record.pk)
        return
    record.refresh_from_db(fields=["state"])
    if record.state not in ("undoing", "undone"):
        raise _moved(record)


@transaction.atomic
def confirm(record: Import) -> bool:
    """Have what was shown saved by a job; return False where it was confirmed before. Raises NothingToSave, ImportMoved."""
    if not record.good and record.state == "ready":
        raise NothingToSave
    if states.move(record.pk, "saving", progress=0, pieces_saved=0):
        defer(SAVE_JOB, record.pk)
        return True
    record.refresh_from_db(fields=["state"])
    if record.state in ("saving", "saved"):
        return False
    raise _moved(record)


@transaction.atomic
def drop(record: Import) -> None:
    """Give an import up: its file and rows are forgotten. Once more does nothing. Raises ImportMoved where it was confirmed."""
    if states.move(record.pk, "dropped", sample=[], problems=[]):
        pieces.clear(record.pk, pieces.FILE, pieces.GOOD, pieces.BAD)
        return
    record.refresh_from_db(fields=["state"])
    if record.state != "dropped":
        raise _moved(record)


def bad_rows(record: Import) -> Iterator[tuple[int, str, str]]:
    """Yield all the bad rows, in the order of the file: row, value, code (a key of problems.PROBLEMS)."""
    yield from pieces.read_rows(record.pk, pieces.BAD)


def defer(job: str, import_id: int) -> None:
    """Put a job in the queue, in the caller's transaction."""
    app.configure_task(job, queue="imports").defer(import_id=import_id)


def _group_name(account: Account, group: Group | str) -> str:
    if isinstance(group, Group):
        group = group.name if group.account_id == account.pk else ""
    name = " ".join(group.split())
    if not name:
        raise GroupNameMissing
    if len(name) > GROUP_NAME_CHARS_MAX:
        raise GroupNameTooLong(name=name, length=len(name), limit=GROUP_NAME_CHARS_MAX)
    return name


def _moved(record: Import) -> ImportMoved:
    record.refresh_from_db(fields=["state"])
    return ImportMoved(state=record.state)
