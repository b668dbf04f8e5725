"""Which connector takes a message. Reads routes and links' health, writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from staffetta.carriers.models import Connector, LinkStatus, Route
from staffetta.lib import clock

DEAD_AFTER = timedelta(seconds=30)


@dataclass(frozen=True)
class Table:
    """The routes of one moment: connectors by prefix, the one to use first."""

    by_prefix: dict[str, int]
    lengths: tuple[int, ...]

    def connector(self, number: str) -> int | None:
        """Return the id of the connector for an E.164 number: longest prefix first; None where no route fits."""
        for length in self.lengths:
            found = self.by_prefix.get(number[:length])
            if found is not None:
                return found
        return None


def bound_connectors() -> set[int]:
    """Return the connectors that some gateway has a live link to."""
    alive = LinkStatus.objects.filter(state="bound", seen_at__gte=clock.now() - DEAD_AFTER, connector__active=True)
    return set(alive.values_list("connector_id", flat=True))


def carriers_elsewhere() -> bool:
    """Tell whether some connector in use leads to another machine: then real telephones get what is sent."""
    return Connector.objects.filter(active=True).exclude(host__in=("127.0.0.1", "localhost", "::1")).exists()


def table(avoid: Iterable[int] = ()) -> Table:
    """Return the routes over connectors in use. Among those of one prefix a bound link goes before one that is down.

    Connectors to `avoid` are used only where no other bound one has that prefix.
    """
    last = set(avoid)
    bound = bound_connectors()
    by_prefix: dict[str, int] = {}
    routes = Route.objects.filter(connector__active=True).order_by("priority", "id")
    for route in sorted(routes, key=lambda route: (route.connector_id not in bound, route.connector_id in last)):
        by_prefix.setdefault(route.prefix, route.connector_id)
    return Table(by_prefix, tuple(sorted({len(prefix) for prefix in by_prefix}, reverse=True)))
