"""Make a key, set the API password, make an address for mails. The rules are in accounts: apikeys.py, apipassword.py, mailtokens.py."""

import re
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.scopes import SCOPES
from staffetta.billing import pricing

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}
LIVE, SANDBOX = "live", "sandbox"
SANDBOX_SCOPES = ("send", "read")


class KeyForm(forms.Form):
    """A new key."""

    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("One key for each program: so you can take one away without stopping the others."),
        max_length=60,
        widget=forms.TextInput({**_PLAIN, "placeholder": _("till in the shop")}),
        error_messages={"required": _("The name is empty: write which program uses the key.")},
    )
    kind = forms.ChoiceField(
        label=_("What does it do?"),
        choices=[(LIVE, _("It sends")), (SANDBOX, _("For trying"))],
        initial=LIVE,
        widget=forms.RadioSelect,
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=list(SCOPES.items()),
        initial=["send", "read", "money"],
        required=False,  # accounts/apikeys.py says what is missing
        widget=forms.CheckboxSelectMultiple,
    )
    real = forms.BooleanField(
        label=_("For trying: read real data too"),
        help_text=_("Without this tick a key for trying may only send and read messages, whatever is ticked above."),
        required=False,
    )
    expires = forms.DateField(
        label=_("Good until the end of"),
        help_text=_("Blank: it does not end."),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": _("This is not a day: write it like 31/12/2026, or leave it blank.")},
    )
    networks = forms.CharField(
        label=_("Only from these addresses"),
        help_text=_("IP addresses or networks, one per line, such as 203.0.113.7 or 203.0.113.0/24. Blank: from anywhere."),
        required=False,
        max_length=2_000,
        widget=forms.Textarea({**_PLAIN, "rows": 3, "class": "few"}),
    )

    def clean(self) -> dict[str, Any]:
        """Return the values; a key for trying that is not to read real data has only what the sandbox answers by itself."""
        given = super().clean() or self.cleaned_data
        if given.get("kind") == SANDBOX and not given.get("real"):
            given["scopes"] = [scope for scope in given.get("scopes", []) if scope in SANDBOX_SCOPES]
        return given

    def clean_networks(self) -> list[str]:
        """Return the addresses."""
        return split(self.cleaned_data["networks"])

    def clean_expires(self) -> datetime | None:
        """Return the first moment after the day, in the account's time zone."""
        day = self.cleaned_data["expires"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min)) if day else None


class ApiPasswordForm(forms.Form):
    """The password that stands in old programs."""

    password = forms.CharField(
        label=_("API password"),
        help_text=_("The one that stands in your programs already. From 8 to 64 letters, digits and signs, without blanks and accents."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        error_messages={"required": _("The password is empty: write the one of your programs, or have one made.")},
    )


class MailForm(forms.Form):
    """A new address for mails."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=60,
        widget=forms.TextInput({**_PLAIN, "placeholder": _("alarm of the shop")}),
        error_messages={"required": _("The name is empty: write what sends the mails.")},
    )
    type = forms.TypedChoiceField(label=_("Type of SMS"), coerce=int)
    sender = forms.CharField(
        label=_("Sender"),
        help_text=_("Not needed for types whose sender is fixed."),
        max_length=21,
        required=False,
        widget=forms.TextInput({**_PLAIN, "placeholder": "BRUNI"}),
    )
    allowed = forms.CharField(
        label=_("Only from these senders"),
        help_text=_("E-mail addresses, one per line, or @shop.example for all of a domain. Blank: from anybody who knows the address."),
        required=False,
        max_length=2_000,
        widget=forms.Textarea({**_PLAIN, "rows": 3, "class": "few"}),
    )
    with_subject = forms.BooleanField(label=_("Put the subject of the mail before its text"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the types on sale; the one that needs no sender first."""
        super().__init__(*args, **kwargs)
        kinds = sorted((kind for kind, _cost in pricing.on_sale()), key=lambda kind: not kind.fixed_sender)
        self.fields["type"].choices = [(kind.api_id, kind.name) for kind in kinds]  # type: ignore[attr-defined]

    def clean_allowed(self) -> list[str]:
        """Return the addresses."""
        return split(self.cleaned_data["allowed"])


def split(text: str) -> list[str]:
    """Return what stands on lines, or between commas and blanks."""
    return [each for each in re.split(r"[\s,;]+", text) if each]
