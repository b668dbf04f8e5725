"""The log-in: a user name, name@realm or e-mail, as people paste it. Knows no page."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.models import EmailAddress
from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import operator
from staffetta.accounts.models import User

# What copy and paste leave around a name, beside what strip() takes: marks of width zero and of direction.
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


def trimmed(typed: str) -> str:
    """Return a name without the blanks around it, non-breaking and unseen ones too."""
    before, name = None, typed
    while name != before:
        before, name = name, name.strip().strip(UNSEEN)
    return name


def user_name(typed: str) -> str:
    """Return the user name that someone means: the realm is added when left out and accepted when written; an e-mail finds its user."""
    name = trimmed(typed)
    realm = f"@{operator.current().realm}"
    if name.casefold().endswith(realm.casefold()) and not EmailAddress.objects.filter(email=name.lower(), verified=True).exists():
        name = trimmed(name[: -len(realm)])
    if User.objects.filter(username=name).exists():
        return name
    found = _with_email(name) if "@" in name else []
    found = found or list(User.objects.filter(username__iexact=name)[:2])  # telephones begin words with a capital letter
    return found[0].username if len(found) == 1 else name


def _with_email(email: str) -> list[User]:
    """Return whose e-mail this is: who has confirmed it comes first."""
    confirmed = User.objects.filter(emailaddress__email=email.lower(), emailaddress__verified=True)
    return list(confirmed[:2]) or list(User.objects.filter(email__iexact=email)[:2])


class LogInForm(LoginForm):
    """The log-in; a wrong one keeps the name and says what to do."""

    username = forms.CharField(label=_("User name or e-mail"), max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Have our field in place of allauth's."""
        super().__init__(*args, **kwargs)
        del self.fields["login"]
        self.order_fields(["username", "password"])
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "username"}
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["username"].error_messages["required"] = _("The name is empty: write your user name or e-mail.")
        self.fields["password"].error_messages["required"] = _("The password is empty: write it.")
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def clean_username(self) -> str:
        """Keep what was typed, and find whom it means."""
        typed: str = self.cleaned_data["username"]
        self.cleaned_data["login"] = user_name(typed)
        return typed

    def user_credentials(self) -> dict[str, str]:
        """Return name and password; a password pasted with blanks around it is tried without them too."""
        name, password = self.cleaned_data["login"], self.cleaned_data["password"]
        user = User.objects.filter(username=name).first()
        if user and password != password.strip() and not user.check_password(password):
            password = password.strip()
        return {"username": name, "password": password}
