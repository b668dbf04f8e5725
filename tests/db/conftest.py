"""The owner's account with credit, and a connector with a route, for the tests of the line."""

from collections.abc import Callable, Iterator

import pytest
from django.utils import translation

from staffetta.carriers.models import Connector
from staffetta.messaging import offer
from tests.bank import SECRET, RunningBank, running_bank
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


@pytest.fixture(autouse=True)
def _own_offer() -> Iterator[None]:
    """Leave no price list behind: it is kept for a second, with connectors that are no more."""
    offer.forget()
    yield
    offer.forget()


@pytest.fixture(scope="session")
def _bank_process(eventually: Callable[..., None]) -> Iterator[RunningBank]:
    with running_bank(eventually) as bank:
        yield bank


@pytest.fixture
def bank(_bank_process: RunningBank, settings) -> RunningBank:
    """A real test bank that cards are paid with; it tells its events to a listener of the tests."""
    settings.TESTBANK_URL, settings.TESTBANK_SECRET, settings.PUBLIC_URL = _bank_process.url, SECRET, _bank_process.events_url
    settings.STRIPE_SECRET_KEY = ""
    return _bank_process
