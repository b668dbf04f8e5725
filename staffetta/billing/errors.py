"""What billing refuses.

Refused
└── BillingRefused
    ├── NotEnoughCredit
    ├── NoPrice
    ├── AmountRefused
    ├── AccountUnknown
    ├── ThresholdRefused
    └── ReasonMissing
"""

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class BillingRefused(Refused):
    """Any refusal of billing."""


class NotEnoughCredit(BillingRefused):
    """Values: needed, available (credits as text)."""

    code = "not_enough_credit"
    message = _("This needs %(needed)s credits and %(available)s are available: buy credits or send to fewer recipients.")
    retry = True


class NoPrice(BillingRefused):
    """Values: type, number."""

    code = "no_price"
    message = _("“%(type)s” is not sold toward %(number)s: choose another type of SMS or leave this number out.")


class AmountRefused(BillingRefused):
    """Values: amount."""

    code = "amount_refused"
    message = _("%(amount)s credits cannot be recorded: write an amount above zero.")


class AccountUnknown(BillingRefused):
    """Values: name."""

    code = "account_unknown"
    message = _("There is no account “%(name)s”: check the name.")


class ReasonMissing(BillingRefused):
    """No values."""

    code = "reason_missing"
    message = _("The reason is empty: write what these credits are for; it stands in the customer's ledger.")


class ThresholdRefused(BillingRefused):
    """Values: value."""

    code = "threshold_refused"
    message = _("“%(value)s” is not a number of credits above zero: write for example 100, or leave it blank for no mail.")
