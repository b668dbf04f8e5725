"""The owner's account with credit, and a connector with a route, for the tests of the line."""

import pytest

from staffetta.carriers.models import Connector
from tests.people import People, make_connector, make_people


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def connector() -> Connector:
    return make_connector()
