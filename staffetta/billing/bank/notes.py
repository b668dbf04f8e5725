"""What is said of the parts of a statement that are not matched. Knows no file."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staffetta.billing.bank.movement import Note

NOTES: dict[str, Promise] = {
    "debit": _("Money that went out is not looked at."),
    "reversal": _(
        "A transfer was called back by its bank (%(value)s): look which order it had paid, and decide whether to give that order back."
    ),
    "currency": _("Only euro are matched; this came in another currency: %(value)s."),
    "pending": _("Not booked yet: it comes again with a later statement."),
    "sums": _("The parts of this collective entry do not add up to its amount: %(value)s. They were read as they stand."),
    "no_amount": _("No amount that can be read: “%(value)s”."),
    "no_date": _("No date that can be read: “%(value)s”."),
    "short_line": _("The line is shorter than the columns that were set: “%(value)s”."),
    "other_account": _("The statement is of the account %(value)s, which is not the one in the settings of sale."),
    "debits": _("%(value)s lines of money that went out were not looked at."),
}


def sentence(note: Note) -> str:
    """Return a note in the reader's language."""
    return str(NOTES[note.code]) % {"value": note.value}
