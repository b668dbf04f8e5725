"""The owner's account with credit, and a connector with a route, for the tests of the line."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from staffetta.carriers.models import Connector
from tests.people import People, make_connector, make_people


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def connector() -> Connector:
    return make_connector()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """Leave no language behind: a page that was asked for in English would make the next test speak it too."""
    yield
    translation.deactivate()
