"""What reading a statement, and deciding about its lines, refuses.

BillingRefused
├── StatementRefused
│   ├── StatementTooLarge
│   ├── StatementUnreadable
│   ├── NotAStatement
│   ├── StatementOfOtherAccount
│   └── StatementEmpty
├── MappingWrong
└── LineRefused
    ├── LineDecided
    ├── LineWithoutOrder
    ├── LineTooSmall
    ├── LineNotAsProven
    └── LineReasonMissing
"""

from django.utils.translation import gettext_lazy as _

from staffetta.billing.errors import BillingRefused


class StatementRefused(BillingRefused):
    """Any refusal of a file."""

    code = "statement_refused"


class StatementTooLarge(StatementRefused):
    """Values: name, size, limit (megabytes)."""

    code = "statement_too_large"
    message = _("“%(name)s” has %(size)s MB and at most %(limit)s are read: download the statement for a shorter period.")


class StatementUnreadable(StatementRefused):
    """Values: name, why (a whole sentence)."""

    code = "statement_unreadable"
    message = _("“%(name)s” cannot be read. %(why)s")


class NotAStatement(StatementRefused):
    """Values: name, kind (what it is)."""

    code = "not_a_statement"
    message = _("“%(name)s” is %(kind)s and not a booked statement: download the end-of-day statement (CAMT.053) from your bank.")


class StatementOfOtherAccount(StatementRefused):
    """Values: name, theirs, own (IBANs)."""

    code = "statement_of_other_account"
    message = _(
        "“%(name)s” is of the account %(theirs)s and customers pay to %(own)s: choose the right file, or tick that it is another account"
        " of yours."
    )


class StatementEmpty(StatementRefused):
    """Values: name, lines (how many could not be read), why (of the first)."""

    code = "statement_empty"
    message = _("No line of “%(name)s” could be read (%(lines)s tried): check the way it is read. The first: %(why)s")


class MappingWrong(BillingRefused):
    """Values: problems (a sentence for each field that is not right), why (all of them)."""

    code = "mapping_wrong"
    message = _("%(why)s")


class LineRefused(BillingRefused):
    """Any refusal about a line of a statement."""

    code = "line_refused"


class LineDecided(LineRefused):
    """Values: number."""

    code = "line_decided"
    message = _("Line %(number)s was decided already: load the page again to see how.")


class LineWithoutOrder(LineRefused):
    """Values: number."""

    code = "line_without_order"
    message = _("Line %(number)s has no order: choose the one that it pays.")


class LineTooSmall(LineRefused):
    """Values: came, due, order."""

    code = "line_too_small"
    message = _("%(came)s came and order %(order)s costs %(due)s: to take it as paid all the same, write the reason.")


class LineNotAsProven(LineRefused):
    """Values: came, due, order."""

    code = "line_not_as_proven"
    message = _(
        "Order %(order)s was taken as paid by a receipt of %(due)s and %(came)s came: to take it as that money, write the reason;"
        " if it is other money, set it aside."
    )


class LineReasonMissing(LineRefused):
    """Values: number."""

    code = "line_reason_missing"
    message = _("Line %(number)s cannot be set aside without a reason: write in a few words what this money is.")
