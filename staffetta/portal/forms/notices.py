"""Which mails a customer wants beside those that must be."""

from django import forms
from django.utils.translation import gettext_lazy as _


class NoticesForm(forms.Form):
    """A threshold of credit, and how often the sends are told."""

    threshold = forms.CharField(
        label=_("Write to me when fewer credits are left than"),
        help_text=_("Blank: no mail. It comes once, and again only after you have had more."),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "placeholder": "100"}),
    )
    every = forms.ChoiceField(
        label=_("Write to me how the sends went"),
        choices=[
            ("", _("never")),
            ("day", _("every morning at eight, about the day before")),
            ("week", _("on Mondays at eight, about the week before")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
