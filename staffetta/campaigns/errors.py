"""What recurring sends refuse.

Refused
└── CampaignsRefused
    ├── RhythmRefused: NoWeekday, DayOfMonthWrong, StartsTooEarly, StartsTooLate, EndsTooEarly, TimesWrong, NeverComes
    ├── RecurrenceNameWrong, TooManyRecurrences
    ├── FileDoesNotRecur, RecurringGroupGone, RecurringFieldInUse, RecurringNeedsOwner
    ├── RecurrenceStillCounting
    └── RecurrenceMoveRefused
"""

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class CampaignsRefused(Refused):
    """Any refusal of recurring sends."""


class RhythmRefused(CampaignsRefused):
    """The days on which it shall come cannot be used as they are."""


class NoWeekday(RhythmRefused):
    """No values."""

    code = "no_weekday"
    message = _("No day of the week is chosen: choose at least one.")


class DayOfMonthWrong(RhythmRefused):
    """Values: day."""

    code = "day_of_month_wrong"
    message = _("“%(day)s” is not a day of the month: write a number from 1 to 31; in shorter months it leaves on the last day.")


class StartsTooEarly(RhythmRefused):
    """Values: day."""

    code = "starts_too_early"
    message = _("%(day)s has already passed: let it begin today or later.")


class StartsTooLate(RhythmRefused):
    """Values: day, limit."""

    code = "starts_too_late"
    message = _("%(day)s is too far ahead: let it begin by %(limit)s.")


class EndsTooEarly(RhythmRefused):
    """Values: starts, ends."""

    code = "ends_too_early"
    message = _("It would end on %(ends)s, before it begins on %(starts)s: choose a later last day.")


class TimesWrong(RhythmRefused):
    """Values: times, limit."""

    code = "times_wrong"
    message = _("“%(times)s” is not a number of times: write a whole number from 1 to %(limit)s.")


class NeverComes(RhythmRefused):
    """No values."""

    code = "never_comes"
    message = _("Between the first and the last day there is no day on which it would leave: choose other days or a later end.")


class RecurrenceNameWrong(CampaignsRefused):
    """Values: length, limit."""

    code = "recurrence_name_wrong"
    message = _("The name has %(length)s characters: give it one of 1 to %(limit)s, so that you find it in the list.")


class TooManyRecurrences(CampaignsRefused):
    """Values: limit."""

    code = "too_many_recurrences"
    message = _("There are %(limit)s recurring sends, the most an account can have: delete one that has ended.")


class FileDoesNotRecur(CampaignsRefused):
    """No values."""

    code = "file_does_not_recur"
    message = _("The people of a file are kept for one send only: import the file as a group and choose the group here.")


class RecurringGroupGone(CampaignsRefused):
    """No values."""

    code = "recurring_group_gone"
    message = _("A group of this recurring send has been deleted: end it, and make a new one with other groups.")


class RecurringFieldInUse(CampaignsRefused):
    """Values: field, name."""

    code = "recurring_field_in_use"
    message = _("{%(field)s} stands in the text of the recurring send “%(name)s”: end that one first, then try again.")


class RecurringNeedsOwner(CampaignsRefused):
    """Values: recipients, limit."""

    code = "recurring_needs_owner"
    message = _(
        "It would go to %(recipients)s recipients, and in your account an owner decides above %(limit)s: ask another owner to start it from its page."
    )


class RecurrenceStillCounting(CampaignsRefused):
    """No values."""

    code = "recurrence_still_counting"
    message = _("What it costs is still being counted: wait for the count to end, then start it.")
    retry = True


class RecurrenceMoveRefused(CampaignsRefused):
    """Values: name, state."""

    code = "recurrence_move_refused"
    message = _("“%(name)s” is “%(state)s”, and this can no longer be done to it.")
