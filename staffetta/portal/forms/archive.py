"""What the archive can be filtered by. Knows no tables."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staffetta.messaging import search, words
from staffetta.messaging.states import MESSAGE_STATES

STATES = [
    ("", _("any")),
    ("planned", pgettext_lazy("send", "planned")),
    ("moving", pgettext_lazy("send", "under way")),
    ("paused", pgettext_lazy("send", "paused")),
    ("ended", pgettext_lazy("send", "ended")),
    ("bad", _("with recipients not reached")),
    ("uncertain", _("with uncertain recipients")),
]

ORIGINS = [("", _("by people and programs")), ("portal", _("from the portal")), ("programs", _("by programs"))]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """From a day to a day, both may be blank."""

    since = forms.DateField(label=_("From"), required=False, widget=_day(), input_formats=["%Y-%m-%d", "%d/%m/%Y"])
    until = forms.DateField(label=_("To"), required=False, widget=_day(), input_formats=["%Y-%m-%d", "%d/%m/%Y"])

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            values = {"since": since.strftime("%d/%m/%Y"), "until": until.strftime("%d/%m/%Y")}
            self.add_error("until", _("%(until)s is before %(since)s: the last day must not come before the first one.") % values)
        return given


class ArchiveForm(PeriodForm):
    """Text or sender, state, where it came from, period: all may be blank."""

    text = forms.CharField(label=_("Text or sender"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"}))
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    origin = forms.ChoiceField(label=_("Sent"), required=False, choices=ORIGINS)


class NumberForm(PeriodForm):
    """A number or its first digits; state and period may be blank."""

    number = forms.CharField(
        label=_("Number, or its first digits"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "search", "inputmode": "tel", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, country: str, data: Any = None) -> None:
        super().__init__(data)
        self._country = country
        states = [(state, words.of_message(state, receipts=True).label) for state in MESSAGE_STATES]
        self.fields["state"].choices = [("", _("any")), *states]  # type: ignore[attr-defined]

    def clean_number(self) -> str:
        """Return the number's first digits in the form that numbers are kept in."""
        typed = self.cleaned_data["number"]
        if digits := search.first_digits(typed, self._country):
            return digits
        raise forms.ValidationError(
            _("“%(typed)s” is too short to look for: write at least the first 7 digits of the number, for example 333 1234."),
            params={"typed": typed},
        )
