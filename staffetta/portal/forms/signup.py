"""Opening an account. Knows no page; the rules of names and passwords are accounts' and Django's."""

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.portal.forms.login import trimmed

PASSWORD_HELP = _("At least 8 characters, and not one that everybody uses.")


class SignUpForm(SignupForm):
    """Company or person, name, e-mail, password, terms."""

    required = {
        "name": _("The name is empty: write the name of the company or person."),
        "email": _("The e-mail is empty: write the address where we send the link."),
        "password1": _("The password is empty: choose one of at least 8 characters."),
    }
    kind = forms.ChoiceField(
        label=_("The account is for"),
        choices=[("company", _("A company or professional")), ("person", _("A private person"))],
        initial="company",
    )
    name = forms.CharField(
        label=_("Name of the company, or your name and surname"), max_length=110, widget=forms.TextInput({"autocomplete": "organization"})
    )
    accept = forms.BooleanField(
        label=_("I accept the terms and have read how my data are used"),
        error_messages={"required": _("Without the terms no account can be opened: read them and tick the box.")},
    )
    field_order = ("kind", "name", "email", "password1", "username", "accept")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name allauth's fields as the page does."""
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["username"].label = _("User name (if you want one beside the e-mail)")
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        self.fields["password1"].label = _("Password")
        self.fields["password1"].help_text = PASSWORD_HELP
        self.fields["kind"].widget = forms.RadioSelect(choices=self.fields["kind"].choices)
        for name, sentence in self.required.items():
            self.fields[name].error_messages["required"] = sentence
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def clean_username(self) -> str:
        """Take the blanks of copy and paste away before the name is checked."""
        self.cleaned_data["username"] = trimmed(self.cleaned_data["username"])
        name: str = super().clean_username()
        return name


class ResendForm(forms.Form):
    """To which address the confirmation is sent again."""

    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"}))
