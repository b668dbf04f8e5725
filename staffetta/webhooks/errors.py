"""What webhooks refuse.

Refused
└── WebhookRefused
    ├── UrlRefused, AddressRefused
    ├── KindUnknown, KindsMissing
    ├── BatchWrong
    ├── TooManyEndpoints
    ├── EndpointOff
    └── EndpointUnknown, DeliveryUnknown
"""

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class WebhookRefused(Refused):
    """Any refusal about webhooks."""


class UrlRefused(WebhookRefused):
    """Values: url, why (a sentence)."""

    code = "webhook_url_refused"
    message = _("The address “%(url)s” cannot be called: %(why)s")


class AddressRefused(WebhookRefused):
    """Values: host, address."""

    code = "webhook_address_refused"
    message = _(
        "“%(host)s” is at %(address)s, inside a private network, and is not called from here:"
        " use an address of the public internet, or ask the staff of the service to allow this one."
    )


class KindUnknown(WebhookRefused):
    """Values: kind, known."""

    code = "webhook_kind_unknown"
    message = _("“%(kind)s” is not a kind of event: use some of %(known)s.")


class KindsMissing(WebhookRefused):
    """No values."""

    code = "webhook_kinds_missing"
    message = _("No kind of event is chosen: choose at least one that your program shall be told of.")


class BatchWrong(WebhookRefused):
    """Values: value, limit."""

    code = "webhook_batch_wrong"
    message = _("“%(value)s” events in a call are not possible: write a whole number from 1 to %(limit)s.")


class TooManyEndpoints(WebhookRefused):
    """Values: limit."""

    code = "too_many_webhooks"
    message = _("There are %(limit)s webhooks, the most an account can have: delete one that you do not use.")


class EndpointOff(WebhookRefused):
    """Values: url."""

    code = "webhook_off"
    message = _("The webhook to “%(url)s” is switched off: switch it on, then try again.")


class EndpointUnknown(WebhookRefused):
    """Values: id."""

    code = "webhook_unknown"
    message = _("There is no webhook with the number %(id)s in your account: look at the list of them.")


class DeliveryUnknown(WebhookRefused):
    """Values: id."""

    code = "webhook_call_unknown"
    message = _("There is no call with the number %(id)s among those of your webhooks: calls are kept for 30 days.")
