"""Connectors: added with a route, refused where a value would stop a gateway later."""

import pytest

from staffetta.carriers import routing
from staffetta.carriers.errors import ConnectorRefused, ConnectorValueRefused
from staffetta.carriers.models import Connector, Route
from tests.people import make_connector

pytestmark = pytest.mark.django_db


def test_it_works():
    connector = make_connector(rate=10)
    assert (connector.rate, connector.in_flight_max) == (10, 4000)
    assert routing.table().connector("+393331234567") == connector.pk


def test_a_name_is_used_once():
    make_connector()
    with pytest.raises(ConnectorRefused):
        make_connector()
    assert Route.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "due parole"),
        ("port", 0),
        ("port", 70_000),
        ("time_zone", "Roma"),
        ("window", 0),
        ("in_flight_max", 0),
        ("system_id", "x" * 16),
    ],
)
def test_bad_values_are_refused_by_name(field, value):
    with pytest.raises(ConnectorValueRefused) as refused:
        make_connector(**({"name": "sim"} | {field: value}))
    assert (refused.value.values["field"], refused.value.values["value"]) == (field, value)
    assert not Connector.objects.exists()


def test_longest_prefix_first_then_a_bound_link_then_priority():
    first, second = make_connector("first"), make_connector("second")
    Route.objects.filter(connector=first).update(priority=1)
    assert routing.table().connector("+393331234567") == first.pk
    Route.objects.create(connector=second, prefix="+44")
    assert routing.table().connector("+447911123456") == second.pk
    first.active = False
    first.save()
    assert routing.table().connector("+393331234567") == second.pk
