"""What the archive can be filtered by. Knows no tables."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES = [
    ("", _("any")),
    ("planned", pgettext_lazy("send", "planned")),
    ("moving", pgettext_lazy("send", "under way")),
    ("paused", pgettext_lazy("send", "paused")),
    ("ended", pgettext_lazy("send", "ended")),
]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ArchiveForm(forms.Form):
    """Text or sender, state, period: all may be blank."""

    text = forms.CharField(label=_("Text or sender"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    since = forms.DateField(label=_("From"), required=False, widget=_day(), input_formats=["%Y-%m-%d", "%d/%m/%Y"])
    until = forms.DateField(label=_("To"), required=False, widget=_day(), input_formats=["%Y-%m-%d", "%d/%m/%Y"])
