"""What paying by postal slip is refused for.

BillingRefused
└── SlipNotOffered
"""

from django.utils.translation import gettext_lazy as _

from staffetta.billing.errors import BillingRefused


class SlipNotOffered(BillingRefused):
    """No values."""

    code = "slip_not_offered"
    message = _("Postal slips are not taken at present: choose another way of paying this order.")
