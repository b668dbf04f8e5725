"""Invite somebody, accept an invitation, set from how many recipients on a second person must agree. Knows no rule of the team."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import roles
from staffetta.portal.forms.signup import PASSWORD_HELP

ROLE_HELP = {
    roles.OWNER: _("everything: sends, credits, users, settings"),
    roles.SENDER: _("contacts and sends"),
    roles.READER: _("looks only: sends, archive, contacts"),
    roles.DEVELOPER: _("looks, and manages the keys of programs"),
}
ROLES = [(role, name) for role, name in roles.NAMES.items()]


class InviteForm(forms.Form):
    """Whom to invite, as what, in which language to write."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={
            "required": _("The e-mail is empty: write the address of who shall be invited."),
            "invalid": _("This is not an e-mail address: write it like name@example.it."),
        },
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=roles.SENDER, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)


class RoleForm(forms.Form):
    """Another role."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLES)


class AcceptForm(forms.Form):
    """Name, password and the terms; the e-mail is in the invitation."""

    name = forms.CharField(
        label=_("Your name and surname"),
        max_length=110,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("The name is empty: write how your colleagues know you.")},
    )
    password1 = forms.CharField(
        label=_("Password"),
        help_text=PASSWORD_HELP,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": _("The password is empty: choose one of at least 8 characters.")},
    )
    accept = forms.BooleanField(
        label=_("I accept the terms and have read how my data are used"),
        error_messages={"required": _("Without the terms no user can be made: read them and tick the box.")},
    )

    def clean_password1(self) -> Any:
        """Have Django's rules for passwords look at it."""
        password = self.cleaned_data["password1"]
        validate_password(password)
        return password


class ApprovalForm(forms.Form):
    """From how many recipients on, and for whom."""

    above = forms.CharField(
        label=_("An owner must approve sends to more recipients than"),
        help_text=_("Blank: no approval. Sends by programs are not held."),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "placeholder": "100"}),
    )
    owners_too = forms.BooleanField(label=_("Also for owners: another owner must approve"), required=False)


class ReasonForm(forms.Form):
    """Why a send is not approved."""

    reason = forms.CharField(
        label=_("What shall be changed?"), max_length=500, required=False, widget=forms.Textarea({"rows": 3, "class": "few"})
    )
