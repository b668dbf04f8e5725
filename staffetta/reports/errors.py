"""What reports refuse.

Refused
└── ReportsRefused
    ├── TooLongForPaper
    ├── TooManyReports
    └── UnknownReport
"""

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class ReportsRefused(Refused):
    """Any refusal of a report."""


class TooLongForPaper(ReportsRefused):
    """Values: rows, rows_max."""

    code = "too_long_for_paper"
    message = _("A PDF has at most %(rows_max)s lines, and this would have %(rows)s: choose Excel or CSV, which hold them all.")


class TooManyReports(ReportsRefused):
    """Values: waiting_max."""

    code = "too_many_reports"
    message = _("%(waiting_max)s files are being written for you already: wait until one is ready, or delete one.")


class UnknownReport(ReportsRefused):
    """Values: kind."""

    code = "unknown_report"
    message = _("There is no report “%(kind)s”: choose one from the page of what you want to download.")
