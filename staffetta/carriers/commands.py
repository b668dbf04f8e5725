"""What the command line does to connectors."""

import argparse
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from staffetta.carriers.errors import ConnectorRefused, ConnectorValueRefused
from staffetta.carriers.models import Connector, Route


def create(name: str, **fields: object) -> Connector:
    """Add a connector and a route to it for every destination.

    Raises ConnectorRefused where the name is taken, ConnectorValueRefused where a value cannot be used.
    """
    connector = Connector(name=name, **fields)
    _check(connector)
    try:
        with transaction.atomic():
            connector.save()
            Route.objects.create(connector=connector)
    except IntegrityError:
        raise ConnectorRefused(name=name) from None
    return connector


def _check(connector: Connector) -> None:
    """Refuse what would stop a gateway later."""
    try:
        connector.clean_fields()
    except ValidationError as error:
        field, problems = next(iter(error.message_dict.items()))
        raise ConnectorValueRefused(field=field, value=getattr(connector, field), why=problems[0]) from None
    rules = {
        "port": (1 <= connector.port <= 65535, _("a port is a number from 1 to 65535.")),
        "window": (connector.window >= 1, _("at least one submit must be allowed to wait for its answer.")),
        "in_flight_max": (connector.in_flight_max >= 1, _("at least one message must be allowed in flight.")),
        "time_zone": (connector.time_zone in available_timezones(), _("write a zone such as Europe/Rome or UTC.")),
    }
    for field, (holds, why) in rules.items():
        if not holds:
            raise ConnectorValueRefused(field=field, value=getattr(connector, field), why=why)


def add(options: argparse.Namespace) -> int:
    """`staffetta connector add`: a running gateway takes it into use within seconds."""
    given = {name: value for name in FIELDS if (value := getattr(options, name, None)) is not None}
    connector = create(options.name, **given)
    print(f"Connector {connector.name} added: {connector.host}:{connector.port}. `staffetta doctor` tells how its link fares.")
    return 0


FIELDS = ("host", "port", "system_id", "password", "system_type", "window", "in_flight_max", "rate", "answer_s", "time_zone")
