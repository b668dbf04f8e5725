"""What accounts refuse.

Refused
└── AccountsRefused
    ├── NameTaken
    ├── NameMissing
    ├── OperatorSettingUnknown
    ├── OperatorSettingWrong
    └── ProfileWrong
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


class OperatorSettingUnknown(AccountsRefused):
    """Values: name, known."""

    code = "operator_setting_unknown"
    message = _("There is no setting “%(name)s” of the operator: it is one of %(known)s.")


class OperatorSettingWrong(AccountsRefused):
    """Values: name, value, remedy."""

    code = "operator_setting_wrong"
    message = _("“%(value)s” cannot be the operator's %(name)s: %(remedy)s.")


class ProfileWrong(AccountsRefused):
    """Values: problems, a dictionary of field and whole sentence."""

    code = "profile_wrong"
    message = _("Some invoicing data are not right: correct what is marked.")
