"""What billing refuses.

Refused
└── BillingRefused
    ├── NotEnoughCredit
    ├── NoPrice
    ├── AmountRefused
    ├── AccountUnknown
    ├── ThresholdRefused
    ├── ReasonMissing
    ├── SalesSettingWrong
    ├── PackageRefused
    │   ├── PackageBreaksOrder
    │   └── PackageGone
    ├── DiscountRefused
    │   ├── DiscountUnknown
    │   ├── DiscountEnded
    │   ├── DiscountNotForYou
    │   └── DiscountUsedUp
    ├── OrderRefused
    │   ├── OrderPaidAlready
    │   ├── OrderEnded
    │   ├── TooManyOrders
    │   ├── OrderNotFound
    │   ├── OrderAmbiguous
    │   ├── NotRefundable
    │   └── ReturnedByProvider
    └── MoveRefused
        ├── LinkRefused
        ├── NotLinked
        └── TransferTooLarge
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


class SalesSettingWrong(BillingRefused):
    """Values: problems (a sentence for each setting that is not right), why (all of them)."""

    code = "sales_setting_wrong"
    message = _("%(why)s")


class PackageRefused(BillingRefused):
    """Any refusal about a package."""

    code = "package_refused"


class PackageBreaksOrder(PackageRefused):
    """Values: name, other (packages), why (half a sentence)."""

    code = "package_breaks_order"
    message = _(
        "“%(name)s” does not fit beside “%(other)s”: %(why)s. The more credits a package has, the less each must cost: change its price or credits."
    )


class PackageGone(PackageRefused):
    """No values."""

    code = "package_gone"
    message = _("This package is no longer on sale: choose another from the price list.")


class DiscountRefused(BillingRefused):
    """Any refusal of a discount code."""

    code = "discount_refused"


class DiscountUnknown(DiscountRefused):
    """Values: code."""

    code = "discount_unknown"
    message = _("There is no discount code “%(code)s”: check it letter by letter, or go on without one.")


class DiscountEnded(DiscountRefused):
    """Values: code."""

    code = "discount_ended"
    message = _("The discount code “%(code)s” is not valid today: use another, or go on without one.")


class DiscountNotForYou(DiscountRefused):
    """Values: code."""

    code = "discount_not_for_you"
    message = _("The discount code “%(code)s” is for another package or customer: use another, or go on without one.")


class DiscountUsedUp(DiscountRefused):
    """Values: code."""

    code = "discount_used_up"
    message = _("The discount code “%(code)s” was used as often as it may be: use another, or go on without one.")


class OrderRefused(BillingRefused):
    """Any refusal about an order."""

    code = "order_refused"


class OrderPaidAlready(OrderRefused):
    """Values: number."""

    code = "order_paid_already"
    message = _("Order %(number)s is paid already: its credits are in the account. Make a new order to buy more.")


class OrderEnded(OrderRefused):
    """Values: number."""

    code = "order_ended"
    message = _("Order %(number)s was cancelled: make a new one from the price list.")


class TooManyOrders(OrderRefused):
    """Values: limit."""

    code = "too_many_orders"
    message = _("%(limit)s orders of this account wait for their money, the most there can be: pay or cancel one of them first.")


class NotRefundable(OrderRefused):
    """Values: number."""

    code = "not_refundable"
    message = _("Order %(number)s has no payment that could be given back: only a paid order can be, once.")


class OrderNotFound(OrderRefused):
    """Values: text (what was searched for)."""

    code = "order_not_found"
    message = _("No order fits “%(text)s”: write its number, its code (RF…) or the customer's name.")


class OrderAmbiguous(OrderRefused):
    """Values: text (what was searched for), orders (those that fit)."""

    code = "order_ambiguous"
    message = _("More than one order fits “%(text)s”: write the number of the one you mean: %(orders)s.")


class ReturnedByProvider(OrderRefused):
    """Values: number (of the order)."""

    code = "returned_by_provider"
    message = _("The money of order %(number)s is not to be returned by hand: the card service does it, or it was returned already.")


class MoveRefused(BillingRefused):
    """Any refusal about moving credits between accounts."""

    code = "credit_move_refused"


class LinkRefused(MoveRefused):
    """Values: name (of a user)."""

    code = "account_link_refused"
    message = _(
        "“%(name)s” cannot be asked: write the user name with which the owner of your other account logs in; an account is linked only once."
    )


class NotLinked(MoveRefused):
    """No values."""

    code = "not_linked"
    message = _("This account is not linked with yours, or no longer: ask its owner first.")


class TransferTooLarge(MoveRefused):
    """Values: amount, most (credits as text)."""

    code = "transfer_too_large"
    message = _(
        "%(amount)s credits cannot be moved: %(most)s can be, of those that were bought and are free. Credits given to try the service stay."
    )
