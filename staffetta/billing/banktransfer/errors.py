"""What paying by bank transfer is refused for.

BillingRefused
└── TransferNotOffered
"""

from django.utils.translation import gettext_lazy as _

from staffetta.billing.errors import BillingRefused


class TransferNotOffered(BillingRefused):
    """No values."""

    code = "transfer_not_offered"
    message = _("Bank transfers are not taken at present: choose another way of paying this order.")
