"""The log-in: a user name, name@realm or e-mail, as people paste it. Knows no page."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import operator
from staffetta.accounts.models import User


def user_name(typed: str) -> str:
    """Return the user name that someone means: the realm is added when left out and accepted when written; an e-mail finds its user."""
    name = typed.strip()
    realm = f"@{operator.current().realm}"
    if name.casefold().endswith(realm.casefold()):
        name = name[: -len(realm)].strip()
    if User.objects.filter(username=name).exists():
        return name
    found = list(User.objects.filter(email__iexact=name)[:2]) if "@" in name else []
    found = found or list(User.objects.filter(username__iexact=name)[:2])  # telephones begin words with a capital letter
    return found[0].username if len(found) == 1 else name


class LogInForm(AuthenticationForm):
    """The log-in; a wrong one keeps the name and says what to do."""

    error_messages = {
        "invalid_login": _("The name or the password is not right. Check that Caps Lock is off and type the password again."),
        "inactive": _("This user has been closed: ask whoever runs the service."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields as the page does."""
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name or e-mail")
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["password"].label = _("Password")
        self.fields["password"].widget.attrs["data-capslock"] = "capslock"

    def clean(self) -> dict[str, Any]:
        """Check name and password; a password pasted with blanks around it is tried without them too."""
        self.cleaned_data["username"] = user_name(self.cleaned_data.get("username", ""))
        password = self.cleaned_data.get("password", "")
        user = User.objects.filter(username=self.cleaned_data["username"]).first()
        if user and password != password.strip() and not user.check_password(password):
            self.cleaned_data["password"] = password.strip()
        return super().clean()
