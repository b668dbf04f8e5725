"""The form of a provider of lookups: each option of its kind as a field, lists as lines NAME = VALUE. Secrets are written, never shown."""

from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from staffetta.lookup import provided
from staffetta.lookup.models import Provider
from staffetta.lookup.providers.simulator import OPTIONS

KINDS = [("simulator", gettext_lazy("simulator: invented answers")), ("http", gettext_lazy("HTTP, by a template"))]
TIMES = {
    "answer_ms": gettext_lazy("milliseconds for an answer"),
    "slow_ms": gettext_lazy("milliseconds for a slow answer"),
    "late_ms": gettext_lazy("milliseconds after the time-out for a late answer"),
}
LINES = ("headers", "fields", "reach", "ported", "codes", "statuses")
TEXTS = ("method", "url", "body", "number", "answer", "pattern")
GENERAL = ("name", "kind", "active", "priority", "in_flight_max", "rate", "timeout_ms", "attempts_max")
TEMPLATE = (
    "method", "url", "headers", "body", "number", "secrets", "answer", "fields_", "pattern", "reach", "ported", "codes", "statuses"
)  # fmt: skip
_BOOLEANS = {"true": True, "false": False}


def _text(label: Any, help_text: Any = "", **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=4_000, strip=True, **kwargs)


def _line(label: Any, help_text: Any = "") -> forms.CharField:
    return _text(label, help_text, widget=UnfoldAdminTextInputWidget)


def _lines(label: Any, help_text: Any = "") -> forms.CharField:
    return _text(label, help_text, widget=UnfoldAdminTextareaWidget({"rows": 4, "spellcheck": "false"}))


def _choice(label: Any, names: tuple[str, ...]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[(name, name) for name in names], required=False, widget=UnfoldAdminSelectWidget)


def _number(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=0, max_value=600_000, widget=UnfoldAdminIntegerFieldWidget)


class ProviderForm(forms.Form):
    """A provider as fields; provided.py and its kind check it."""

    name = forms.SlugField(
        label=gettext_lazy("name"), max_length=40, help_text=gettext_lazy("Letters, digits and hyphens."), widget=UnfoldAdminTextInputWidget
    )
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=KINDS, widget=UnfoldAdminSelectWidget)
    active = forms.BooleanField(label=gettext_lazy("in use"), required=False, widget=UnfoldBooleanSwitchWidget)
    priority = _number(gettext_lazy("priority"), gettext_lazy("Of those in use the lowest number is asked."))
    in_flight_max = _number(gettext_lazy("questions in flight at most"))
    rate = _number(gettext_lazy("questions a second at most"), gettext_lazy("0: as fast as it answers."))
    timeout_ms = _number(gettext_lazy("milliseconds to wait for an answer"))
    attempts_max = _number(gettext_lazy("attempts at most, where it says “not now”"))
    method = _choice(gettext_lazy("method"), ("GET", "POST", "PUT"))
    url = _line(
        gettext_lazy("address"), gettext_lazy("For example https://hlr.example/v1/{number}. {number}, {id} and {secret:NAME} are put in.")
    )
    headers = _lines(gettext_lazy("headers"), gettext_lazy("One a line: Authorization = Bearer {secret:token}"))
    body = _lines(gettext_lazy("body"), gettext_lazy("What is sent with POST; {number}, {id} and {secret:NAME} are put in."))
    number = _choice(gettext_lazy("how the number is written: digits 39…, e164 +39…"), ("digits", "e164"))
    answer = _choice(gettext_lazy("form of the answer"), ("json", "text"))
    fields_ = _lines(
        gettext_lazy("where each field stands (json)"),
        gettext_lazy(
            "One a line: operator = data.0.network. Fields: operator, original_operator, mcc, mnc, mccmnc, ported, reach, code, provider_id."
        ),
    )
    pattern = _line(
        gettext_lazy("pattern (text)"), gettext_lazy("A regular expression whose named groups are the fields: (?P&lt;operator&gt;[^;]*);")
    )
    reach = _lines(gettext_lazy("words for “reach”"), gettext_lazy("One a line: on = reachable; also absent, nonexistent."))
    ported = _lines(gettext_lazy("words for “ported”"), gettext_lazy("One a line: yes = true; no = false."))
    codes = _lines(gettext_lazy("meanings of its codes"), gettext_lazy("One a line: 12 = refused; also answered, later, unknown."))
    statuses = _lines(gettext_lazy("meanings of HTTP statuses"), gettext_lazy("Only where they differ from the usual: 409 = later"))
    secrets = _text(
        gettext_lazy("secrets"),
        gettext_lazy("One a line: token = VALUE. They are never shown again. A name without a value deletes that secret."),
        widget=UnfoldAdminTextareaWidget({"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    answer_ms, slow_ms, late_ms = (_number(label) for label in TIMES.values())
    try_number = _line(gettext_lazy("number to try it with"), gettext_lazy("It is asked once; nothing is charged or saved."))

    def __init__(self, given: Any = None, *, row: Provider) -> None:
        """Fill the fields with what is kept; of secrets say the names alone."""
        super().__init__(given, initial=_kept(row))
        self.row = row
        if row.secrets:
            told = _("Kept: %(names)s.") % {"names": escape(", ".join(sorted(row.secrets)))}
            self.fields["secrets"].help_text = f"{told} {self.fields['secrets'].help_text}"
        for name in TIMES:
            self.fields[name].required = False

    def general(self) -> list[forms.BoundField]:
        """Return the fields that every kind has."""
        return [self[name] for name in GENERAL]

    def template(self) -> list[forms.BoundField]:
        """Return the fields of a template."""
        return [self[name] for name in TEMPLATE]

    def times(self) -> list[forms.BoundField]:
        """Return the fields of the simulator."""
        return [self[name] for name in TIMES]

    def shows_template(self) -> bool:
        """Tell whether the template's fields are those of the kind that is chosen."""
        return bool(self["kind"].value() != "simulator")

    def clean(self) -> dict[str, Any]:
        """Put the row together, and have the whole checked."""
        given = super().clean() or {}
        if not self.errors:
            row = self.row
            for name in GENERAL:
                setattr(row, name, given[name])
            row.secrets = self._secrets(given)
            row.options = self._options(given)
            if not self.errors:
                for name, sentence in provided.problems(row).items():
                    place = "fields_" if name == "fields" else name
                    self.add_error(place if place in self.fields else None, sentence)
        return given

    def _secrets(self, given: dict[str, Any]) -> dict[str, str]:
        # One that is pasted with an equals sign in it stays whole.
        written = self._pairs("secrets", given)
        return {name: value for name, value in (self.row.secrets | written).items() if value}

    def _options(self, given: dict[str, Any]) -> dict[str, Any]:
        if given["kind"] == "simulator":
            return {name: given[name] for name in TIMES if given.get(name) is not None and given[name] != OPTIONS[name]}
        found: dict[str, Any] = {name: given[name] for name in TEXTS if given[name]}
        for name in LINES:
            if pairs := self._pairs(_place(name), given):
                found[name] = {word: _BOOLEANS.get(value, value) for word, value in pairs.items()} if name == "ported" else pairs
        return found

    def _pairs(self, field: str, given: dict[str, Any]) -> dict[str, str]:
        found = {}
        for line in given[field].splitlines():
            name, equals, value = line.partition("=")
            if not line.strip():
                continue
            if not equals or not name.strip():
                # The line itself is not repeated: it may be a secret.
                self.add_error(field, _("Each line must be NAME = VALUE, and one is not: put the equals sign in."))
                break
            found[name.strip()] = value.strip()
        return found


def _place(name: str) -> str:
    return "fields_" if name == "fields" else name


def _kept(row: Provider) -> dict[str, Any]:
    options = row.options if isinstance(row.options, dict) else {}
    found = {name: getattr(row, name) for name in GENERAL}
    found |= {name: options.get(name, "") for name in TEXTS} | {name: options.get(name, OPTIONS[name]) for name in TIMES}
    for name in LINES:
        pairs = options.get(name) or {}
        found[_place(name)] = "\n".join(
            f"{word} = {str(value).lower() if isinstance(value, bool) else value}" for word, value in pairs.items()
        )
    return found
