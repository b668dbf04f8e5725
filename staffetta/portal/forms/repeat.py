"""The rhythm of a recurring send, as typed in the *when* of a new send. Shapes it into a Plan; what can be kept is for campaigns/plans.py."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account
from staffetta.campaigns import plans
from staffetta.campaigns.errors import (
    DayOfMonthWrong,
    EndsTooEarly,
    NoWeekday,
    RecurrenceNameWrong,
    RhythmRefused,
    StartsTooEarly,
    StartsTooLate,
    TimesWrong,
)
from staffetta.campaigns.models import Recurrence
from staffetta.campaigns.plans import Plan
from staffetta.campaigns.rhythm import DAILY, MONTHLY, WEEKLY, YEARLY, Rhythm, after
from staffetta.lib import clock

RHYTHMS = [(DAILY, _("every day")), (WEEKLY, _("on days of the week")), (MONTHLY, _("every month")), (YEARLY, _("every year"))]
WEEKDAYS = list(enumerate([_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]))
NEVER, ON_DAY, AFTER_TIMES = "never", "day", "times"
ENDINGS = [(NEVER, _("never")), (ON_DAY, _("on a day")), (AFTER_TIMES, _("after some times"))]
_FIELD_OF = (
    (RecurrenceNameWrong, "repeat_name"),
    (NoWeekday, "weekdays"),
    (DayOfMonthWrong, "month_day"),
    (StartsTooEarly, "starts"),
    (StartsTooLate, "starts"),
    (EndsTooEarly, "ends"),
    (TimesWrong, "times"),
    (RhythmRefused, "rhythm"),
)
_DATES = ["%Y-%m-%d", "%d/%m/%Y"]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RepeatForm(forms.Form):
    """Name, rhythm, time, first day and end."""

    repeat_name = forms.CharField(label=_("Name"), required=False, max_length=200, strip=True)
    rhythm = forms.ChoiceField(
        label=_("How often"), choices=RHYTHMS, initial=WEEKLY, error_messages={"required": _("Choose how often it shall leave.")}
    )
    weekdays = forms.TypedMultipleChoiceField(label=_("On which days"), choices=WEEKDAYS, coerce=int, required=False)
    month_day = forms.IntegerField(label=_("Day of the month"), required=False, widget=forms.NumberInput(attrs={"min": 1, "max": 31}))
    time = forms.TimeField(
        label=_("Time of day"),
        input_formats=["%H:%M", "%H:%M:%S", "%H.%M"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "required": _("Write the time of day, for example 09:00."),
            "invalid": _("Write the time of day, for example 09:00."),
        },
    )
    starts = forms.DateField(
        label=_("From"),
        widget=_day(),
        input_formats=_DATES,
        error_messages={"required": _("Choose the first day."), "invalid": _("Choose the first day.")},
    )
    ending = forms.ChoiceField(label=_("It ends"), choices=ENDINGS, initial=NEVER, required=False)
    ends = forms.DateField(label=_("Last day"), required=False, widget=_day(), input_formats=_DATES)
    times = forms.IntegerField(label=_("How many times"), required=False, widget=forms.NumberInput(attrs={"min": 1}))

    instead = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, account: Account, data: Any = None) -> None:
        """Begin with tomorrow at nine, in the account's zone."""
        self._zone = ZoneInfo(account.time_zone)
        tomorrow = clock.now().astimezone(self._zone).date() + timedelta(days=1)
        initial = {"starts": tomorrow, "time": time(9, 0), "weekdays": [tomorrow.weekday()], "month_day": tomorrow.day}
        super().__init__(data, initial=initial)

    def clean(self) -> None:
        """Ask the domain whether the plan can be kept, and say it at the field that it is about."""
        given = self.cleaned_data
        if given.get("ending") == ON_DAY and not given.get("ends") and "ends" not in self.errors:
            self.add_error("ends", _("Choose the last day, or let it never end."))
        if given.get("ending") == AFTER_TIMES and given.get("times") is None and "times" not in self.errors:
            self.add_error("times", _("Write after how many times it ends, or let it never end."))
        if self.errors:
            return
        try:
            plans.check(self.plan(), self._zone)
        except (RhythmRefused, RecurrenceNameWrong) as refusal:
            self.add_error(next(field for kind, field in _FIELD_OF if isinstance(refusal, kind)), str(refusal))

    def plan(self) -> Plan:
        """Return what the person wants."""
        given = self.cleaned_data
        kind, starts, ending = given["rhythm"], given["starts"], given.get("ending")
        day: date = starts
        rhythm = Rhythm(
            kind,
            given["time"],
            starts,
            weekdays=tuple(given["weekdays"]) if kind == WEEKLY else (),
            day=(given["month_day"] or 0) if kind == MONTHLY else day.day if kind == YEARLY else None,
            month=day.month if kind == YEARLY else None,
            ends=given["ends"] if ending == ON_DAY else None,
            times=given["times"] if ending == AFTER_TIMES else None,
        )
        return Plan(" ".join(given["repeat_name"].split()), rhythm, given.get("instead"))


def typed(recurrence: Recurrence) -> dict[str, Any]:
    """Return a recurrence as its fields would be typed, from the next day on which it comes, to make another one like it."""
    ending = ON_DAY if recurrence.ends else AFTER_TIMES if recurrence.times else NEVER
    zone = plans.zone_of(recurrence)
    endless = replace(plans.rhythm_of(recurrence), ends=None, times=None)
    starts = next(after(endless, zone, clock.now())).astimezone(zone).date()
    return {
        "repeat_name": recurrence.name,
        "rhythm": recurrence.rhythm,
        "weekdays": [str(day) for day in recurrence.weekdays],
        "month_day": recurrence.day,
        "time": f"{recurrence.at:%H:%M}",
        "starts": f"{starts:%Y-%m-%d}",
        "ending": ending,
        "ends": f"{recurrence.ends:%Y-%m-%d}" if recurrence.ends else "",
        "times": recurrence.times,
        "instead": recurrence.pk if recurrence.state == "proposed" else None,
    }
