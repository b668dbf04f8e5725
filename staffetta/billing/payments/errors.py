"""What is refused about cards and automatic top-up.

BillingRefused
└── CardRefused
    ├── CardsNotOffered
    ├── CardServiceSilent
    ├── CardGone
    ├── CardNotTaken
    ├── CardSumTooSmall
    ├── CardAmountDiffers
    └── TopUpRefused
        ├── TopUpNeedsConsent
        ├── TopUpThresholdWrong
        ├── TopUpThresholdTooHigh
        └── TopUpMonthTooSmall
"""

from django.utils.translation import gettext_lazy as _

from staffetta.billing.errors import BillingRefused


class CardRefused(BillingRefused):
    """Any refusal about cards."""

    code = "card_refused"


class CardsNotOffered(CardRefused):
    """No values."""

    code = "cards_not_offered"
    message = _("Cards are not taken here: pay this order by bank transfer or postal slip.")


class CardServiceSilent(CardRefused):
    """No values."""

    code = "card_service_silent"
    message = _("The payment service did not answer, and nothing was charged: try again in some minutes, or pay by bank transfer.")
    retry = True


class CardGone(CardRefused):
    """No values."""

    code = "card_gone"
    message = _("This card is no longer kept: choose another, or pay an order by card and have it kept.")


class CardNotTaken(CardRefused):
    """No values."""

    code = "card_not_taken"
    message = _(
        "The payment service did not take this payment, and nothing was charged: try again without having the card kept, or pay by bank"
        " transfer."
    )


class CardSumTooSmall(CardRefused):
    """Values: value, least."""

    code = "card_sum_too_small"
    message = _("%(value)s cannot be paid by card, which takes at least %(least)s: choose a larger package, or pay by bank transfer.")


class CardAmountDiffers(CardRefused):
    """Values: number."""

    code = "card_amount_differs"
    message = _("A payment of another amount came for order %(number)s: do not pay once more, we look at it and write to you.")


class TopUpRefused(CardRefused):
    """Any refusal about the automatic top-up."""

    code = "top_up_refused"


class TopUpNeedsConsent(TopUpRefused):
    """No values."""

    code = "top_up_needs_consent"
    message = _("The automatic top-up charges your card by itself: tick the box to agree, or leave it off.")


class TopUpThresholdWrong(TopUpRefused):
    """Values: value."""

    code = "top_up_threshold_wrong"
    message = _("“%(value)s” is not a number of credits above zero: write for example 200.")


class TopUpThresholdTooHigh(TopUpRefused):
    """Values: value, credits."""

    code = "top_up_threshold_too_high"
    message = _(
        "With a threshold of “%(value)s” this package, which brings %(credits)s credits, would be bought again at once: write a lower"
        " threshold, or choose a larger package."
    )


class TopUpMonthTooSmall(TopUpRefused):
    """Values: value, price."""

    code = "top_up_month_too_small"
    message = _("With at most “%(value)s” a month this package, which costs %(price)s, could never be bought: write a larger sum of euro.")
