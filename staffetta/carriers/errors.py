"""What carriers refuse.

Refused
└── CarriersRefused
    ├── ConnectorRefused
    └── ConnectorValueRefused
"""

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class CarriersRefused(Refused):
    """Any refusal about carriers."""


class ConnectorRefused(CarriersRefused):
    """Values: name."""

    code = "connector_refused"
    message = _("There is a connector “%(name)s” already: choose another name.")


class ConnectorValueRefused(CarriersRefused):
    """Values: field, value, why (a sentence)."""

    code = "connector_value_refused"
    message = _("“%(value)s” cannot be the %(field)s of a connector: %(why)s")
