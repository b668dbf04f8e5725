"""Why an import is refused. Knows no files: codes, values and sentences only.

Refused
└── ContactsRefused
    ├── FileRefused                 code is one of FILE_REFUSALS: kept in Import.reason, told again by `refusal`
    │   ├── FileEmpty, FileTooLarge, TooManyRows, TooManyColumns, NoRows, NoNumberColumn
    │   ├── FileEncrypted, FileDamaged, FileExhausting, NotASpreadsheet
    │   └── ImportFailed
    ├── GroupNameMissing, GroupNameTooLong
    ├── NothingToSave, ImportMoved, RolesWrong, SheetUnknown, UndoTooLate
    └── FieldNameWrong, NotDuplicates
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class ContactsRefused(Refused):
    """Any refusal about contacts."""


class FileRefused(ContactsRefused):
    """A file that cannot be imported."""


class FileEmpty(FileRefused):
    """No values."""

    code = "file_empty"
    message = _("The file is empty: choose a file with at least one row, or start from our sample file.")


class FileTooLarge(FileRefused):
    """Values: size, limit (MiB)."""

    code = "file_too_large"
    message = _(
        "The file has %(size)s MiB and at most %(limit)s are accepted: remove pictures and sheets that are not needed, or divide it."
    )


class TooManyRows(FileRefused):
    """Values: limit."""

    code = "file_too_many_rows"
    message = _(
        "The file has more than %(limit)s rows: divide it into files of at most %(limit)s rows and import them one after the other."
    )


class TooManyColumns(FileRefused):
    """Values: limit."""

    code = "file_too_many_columns"
    message = _("The file has more than %(limit)s columns: remove those that are not needed, also empty ones far to the right.")


class NoRows(FileRefused):
    """No values."""

    code = "file_no_rows"
    message = _("There is no row with a person in the file: write one per row, with the mobile number, and choose the file again.")


class NoNumberColumn(FileRefused):
    """No values. The columns are kept: `importing.remap` can go on from here."""

    code = "no_number_column"
    message = _(
        "No column of the file has mobile numbers that we recognise: write “Cellulare” above the numbers, or tell us which column it is."
    )


class FileEncrypted(FileRefused):
    """No values."""

    code = "file_encrypted"
    message = _("The file is protected by a password: open it, save it without the password, and choose it again.")


class FileDamaged(FileRefused):
    """No values."""

    code = "file_damaged"
    message = _(
        "The file is damaged or not complete: open it in your spreadsheet program, save it again as .xlsx, and choose the new file."
    )


class FileExhausting(FileRefused):
    """No values. The process that read it was stopped by its limits, or died."""

    code = "file_exhausting"
    message = _("The file is too large or damaged to be read: copy only the needed rows and columns into a new file, and choose that one.")


class NotASpreadsheet(FileRefused):
    """Values: kind (one of KINDS)."""

    code = "file_not_a_spreadsheet"
    message = _(
        "Whatever its name says, the file is %(what)s and not a spreadsheet: open it in your spreadsheet program and save it as .xlsx."
    )

    KINDS = {
        "archive": _("a compressed archive"),
        "document": _("a text document"),
        "html": _("a web page"),
        "image": _("a picture"),
        "pdf": _("a PDF"),
        "xlsb": _("a binary workbook (.xlsb)"),
        "xml": _("an XML file"),
        "other": _("a file of another kind"),
    }

    def __str__(self) -> str:
        return str(self.message) % {"what": self.KINDS[self.values["kind"]]}


class ImportFailed(FileRefused):
    """No values. Our fault: the log says more."""

    code = "import_failed"
    message = _("The file could not be read because of a fault of ours: nothing was saved; try again, and tell us if it happens again.")
    retry = True


class GroupNameMissing(ContactsRefused):
    """No values."""

    code = "group_name_missing"
    message = _("The contacts need a group: choose one, or write the name of a new one.")


class GroupNameTooLong(ContactsRefused):
    """Values: name, length, limit."""

    code = "group_name_too_long"
    message = _("The group's name “%(name)s” has %(length)s characters: at most %(limit)s are allowed.")


class NothingToSave(ContactsRefused):
    """No values."""

    code = "nothing_to_save"
    message = _("No row of the file can be saved: correct the rows listed below and choose the file again.")


class ImportMoved(ContactsRefused):
    """Values: state."""

    code = "import_moved"
    message = _("This import is “%(state)s” by now and this can no longer be done to it.")


class RolesWrong(ContactsRefused):
    """No values."""

    code = "roles_wrong"
    message = _("Say for each column what it is: one of them must be the mobile number, and name and surname can be one each.")


FILE_REFUSALS: dict[str, type[FileRefused]] = {kind.code: kind for kind in FileRefused.__subclasses__()}


def refusal(reason: dict[str, Any]) -> FileRefused:
    """Return the refusal that Import.reason tells of; str() of it is a sentence in the reader's language."""
    return FILE_REFUSALS[reason["code"]](**reason["values"])


class SheetUnknown(ContactsRefused):
    """Values: sheet, known."""

    code = "sheet_unknown"
    message = _("The file has no sheet “%(sheet)s”: choose one of %(known)s.")


class UndoTooLate(ContactsRefused):
    """Values: days."""

    code = "undo_too_late"
    message = _("An import can be undone for %(days)s days, and this one is older: take the contacts out by hand.")


class FieldNameWrong(ContactsRefused):
    """Values: name, limit."""

    code = "field_name_wrong"
    message = _(
        "“%(name)s” cannot be the name of a field: write 1 to %(limit)s letters and digits without braces, not used by another field."
    )


class NotDuplicates(ContactsRefused):
    """No values."""

    code = "not_duplicates"
    message = _("These contacts do not have the same name any more: look at the list of duplicates again.")
