"""Passwords, addresses and codes: allauth's forms in our words, with one field for a new password (it can be shown)."""

from typing import Any

from allauth.account.forms import AddEmailForm, ChangePasswordForm, ReauthenticateForm, ResetPasswordForm, ResetPasswordKeyForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeAgainForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.portal.forms.signup import PASSWORD_HELP


class House(forms.Form):
    """Our labels and help in place of allauth's, no placeholders, and no second field for the same password."""

    words: dict[str, tuple[Any, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields."""
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, (label, help_text) in self.words.items():
            field = self.fields[name]
            field.label, field.help_text = label, help_text
            field.widget.attrs.pop("placeholder", None)
            if name == "code":
                field.widget.attrs |= {"inputmode": "text", "autocapitalize": "none", "spellcheck": "false"}


class ForgottenForm(House, ResetPasswordForm):
    """To which address the link for a new password goes."""

    words = {"email": (_("E-mail"), "")}


class NewPasswordForm(House, ResetPasswordKeyForm):
    """A new password, by the link of the mail."""

    words = {"password1": (_("New password"), PASSWORD_HELP)}


class OtherPasswordForm(House, ChangePasswordForm):
    """A new password in place of the present one."""

    words = {"oldpassword": (_("Present password"), ""), "password1": (_("New password"), PASSWORD_HELP)}


class PasswordAgainForm(House, ReauthenticateForm):
    """The password once more, before something delicate."""

    words = {"password": (_("Password"), "")}


class OtherEmailForm(House, AddEmailForm):
    """A new e-mail in place of the present one."""

    words = {"email": (_("New e-mail"), "")}


class CodeForm(House, AuthenticateForm):
    """The code of the app, or a recovery code."""

    words = {"code": (_("Code"), "")}


class CodeInsteadForm(House, CodeAgainForm):
    """A code before something delicate."""

    words = {"code": (_("Code"), "")}


class ActivateForm(House, ActivateTOTPForm):
    """The first code of a new app."""

    words = {"code": (_("Code that the app shows now"), "")}
