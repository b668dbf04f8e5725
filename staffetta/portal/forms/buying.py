"""What a person fills in to buy a package."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class BuyForm(forms.Form):
    """The discount code and the way of paying; `key` makes a form that is sent twice one order."""

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Discount code"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    way = forms.ChoiceField(
        label=_("How do you pay?"), widget=forms.RadioSelect, error_messages={"required": _("Choose how you want to pay.")}
    )

    def __init__(self, *args: Any, ways: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the ways of paying that are open now."""
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = list(ways)  # type: ignore[attr-defined]
