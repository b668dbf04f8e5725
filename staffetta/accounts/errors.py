"""What accounts refuse.

Refused
└── AccountsRefused
    └── NameTaken
"""

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class AccountsRefused(Refused):
    """Any refusal about accounts and users."""


class NameTaken(AccountsRefused):
    """Values: name."""

    code = "name_taken"
    message = _("The name “%(name)s” is taken already: choose another one.")
