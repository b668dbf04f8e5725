"""Fields of kept texts and senders; the rules are in messaging/savedtexts.py and messaging/savedsenders.py."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _


class TextForm(forms.Form):
    """A text and its name."""

    name = forms.CharField(label=_("Name of the text"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    text = forms.CharField(label=_("Text"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 4}))

    def clean_text(self) -> str:
        """Return the text with line ends as telephones have them."""
        return re.sub(r"\r\n?", "\n", self.cleaned_data["text"])


class SenderForm(forms.Form):
    """A sender."""

    value = forms.CharField(
        label=_("Sender"),
        help_text=_("A name of up to 11 letters and digits, or a number with its prefix."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "BRUNI"}),
    )
