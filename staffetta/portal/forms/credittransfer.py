"""What a person fills in to link two accounts and to move credits between them."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account
from staffetta.lib.money import credits_e4


class LinkForm(forms.Form):
    """The log-in of the other account's owner."""

    login = forms.CharField(
        label=_("User name of the other account's owner"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Write the user name with which the other account's owner logs in.")},
    )


class MoveForm(forms.Form):
    """Where to, and how many; `key` makes a form that is sent twice one transfer."""

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    target = forms.TypedChoiceField(label=_("To the account"), coerce=int)
    amount = forms.CharField(
        label=_("Credits"),
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": _("Write how many credits to move.")},
    )

    def __init__(self, *args: Any, targets: Sequence[Account], **kwargs: Any) -> None:
        """Offer the linked accounts."""
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [(account.pk, account.name) for account in targets]  # type: ignore[attr-defined]

    def clean_amount(self) -> int:
        """Return the credits in 1/10,000."""
        try:
            return credits_e4(self.cleaned_data["amount"])
        except ValueError:
            raise forms.ValidationError(
                _("“%(value)s” is not a number of credits: write for example 100 or 1,5."), params={"value": self.cleaned_data["amount"]}
            ) from None
