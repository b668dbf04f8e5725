"""What lookups refuse.

Refused
└── LookupRefused
    ├── NothingToLookUp, TooManyNumbers
    ├── NobodyToAsk
    ├── LimitReached: HourlyLimitReached, DailyLimitReached, NumberAskedTooOften
    ├── LookupPriceChanged, LookupKeyUsedDifferently
    ├── LookupGroupGone, LookupFileGone
    ├── LookupMoveRefused
    ├── LookupSettingWrong
    ├── ProviderNameTaken, ProviderWrong
    ├── LookupAccountUnclear, NobodyAsks
    └── NobodyDead
"""

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class LookupRefused(Refused):
    """Any refusal of lookups."""


class NothingToLookUp(LookupRefused):
    """No values."""

    code = "nothing_to_look_up"
    message = _("There is no mobile number to look up: write at least one, for example +39 333 1234567.")


class TooManyNumbers(LookupRefused):
    """Values: count, limit."""

    code = "too_many_numbers_to_look_up"
    message = _("These are %(count)s numbers, and one lookup takes at most %(limit)s: divide them into several.")


class NobodyToAsk(LookupRefused):
    """No values."""

    code = "nobody_to_ask"
    message = _("Lookups are switched off at the moment: nothing was asked and nothing charged. Try again later.")
    retry = True


class LimitReached(LookupRefused):
    """So much may be asked in a time, and no more; `seconds` says after how long there is room again."""


class HourlyLimitReached(LimitReached):
    """Values: count, used, limit, seconds."""

    code = "lookup_hour_limit"
    message = _(
        "You may look up %(limit)s numbers an hour and have looked up %(used)s: %(count)s more do not fit. Try again in an hour, or with fewer."
    )
    retry = True


class DailyLimitReached(LimitReached):
    """Values: count, used, limit, seconds."""

    code = "lookup_day_limit"
    message = _(
        "You may look up %(limit)s numbers a day and have looked up %(used)s: %(count)s more do not fit. Try again tomorrow, or with fewer."
    )
    retry = True


class NumberAskedTooOften(LimitReached):
    """Values: number, limit, seconds."""

    code = "number_asked_too_often"
    message = _(
        "%(number)s cannot be looked up any more today, for how often one number may be is limited: try again tomorrow, or use a result you have."
    )
    retry = True


class LookupPriceChanged(LookupRefused):
    """Values: confirmed, cost."""

    code = "lookup_price_changed"
    message = _("It costs %(cost)s credits now, and you confirmed %(confirmed)s: look at the cost again, then confirm.")


class LookupKeyUsedDifferently(LookupRefused):
    """Values: key."""

    code = "lookup_key_used_differently"
    message = _("The key “%(key)s” was used for a lookup of other numbers: use a key of its own for each lookup.")


class LookupGroupGone(LookupRefused):
    """No values."""

    code = "lookup_group_gone"
    message = _("The group is not there any more: choose another one.")


class LookupFileGone(LookupRefused):
    """Values: name."""

    code = "lookup_file_gone"
    message = _("The numbers of the file “%(name)s” have been forgotten: upload it again.")


class LookupMoveRefused(LookupRefused):
    """Values: state."""

    code = "lookup_move_refused"
    message = _("The lookup is “%(state)s”, and this can no longer be done to it.")


class LookupSettingWrong(LookupRefused):
    """Values: problems (sentence by field), why."""

    code = "lookup_setting_wrong"
    message = _("%(why)s")


class ProviderNameTaken(LookupRefused):
    """Values: name."""

    code = "lookup_provider_name_taken"
    message = _("There is a provider “%(name)s” already: choose another name.")


class ProviderWrong(LookupRefused):
    """Values: problems (sentence by field), why."""

    code = "lookup_provider_wrong"
    message = _("%(why)s")


class NobodyDead(LookupRefused):
    """Values: group."""

    code = "nobody_dead"
    message = _("No number of “%(group)s” has turned out not to exist: there is nothing to clean.")


class LookupAccountUnclear(LookupRefused):
    """Values: names (the first accounts there are)."""

    code = "lookup_account_unclear"
    message = _("It is not clear whose credits pay for the lookup: write --account and the name of one account, for example %(names)s.")


class NobodyAsks(LookupRefused):
    """Values: number."""

    code = "nobody_asks"
    message = _(
        "Nobody has begun to ask about %(number)s: `staffetta work` (or `staffetta run`) does not seem to be running. The lookup was taken"
        " back and nothing was charged: start it, then try again."
    )
    retry = True
