"""What the command line does to connectors."""

import argparse

from django.db import IntegrityError, transaction

from staffetta.carriers.errors import ConnectorRefused
from staffetta.carriers.models import Connector, Route


def create(name: str, **fields: object) -> Connector:
    """Add a connector and a route to it for every destination. Raises ConnectorRefused where the name is taken."""
    try:
        with transaction.atomic():
            connector = Connector.objects.create(name=name, **fields)
            Route.objects.create(connector=connector)
    except IntegrityError:
        raise ConnectorRefused(name=name) from None
    return connector


def add(options: argparse.Namespace) -> int:
    """`staffetta connector add`: a running gateway takes it into use within seconds."""
    given = {name: value for name in FIELDS if (value := getattr(options, name, None)) is not None}
    connector = create(options.name, **given)
    print(f"Connector {connector.name} added: {connector.host}:{connector.port}. `staffetta doctor` tells how its link fares.")
    return 0


FIELDS = ("host", "port", "system_id", "password", "system_type", "window", "in_flight_max", "rate", "answer_s", "time_zone")
