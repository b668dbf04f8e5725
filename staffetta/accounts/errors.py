"""What accounts refuse.

Refused
└── AccountsRefused
    ├── NameTaken
    └── NameMissing
"""

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class AccountsRefused(Refused):
    """Any refusal about accounts and users."""


class NameTaken(AccountsRefused):
    """Values: name."""

    code = "name_taken"
    message = _("The name “%(name)s” is taken already: choose another one.")


class NameMissing(AccountsRefused):
    """No values."""

    code = "name_missing"
    message = _("The name is empty: write the name of the company or person.")
