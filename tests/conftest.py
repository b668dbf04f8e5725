"""What every test stands on: a home of its own, and one private PostgreSQL, started when the first test asks for it.

pytest-xdist's workers share the server: their parent starts it and stops it at the end. Settings are read here and not by
pytest-django's own option, which would read them before these variables are set.
"""

import importlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import pytest
from django.db import connection
from django.test import TransactionTestCase

from staffetta import localpg

for name in [name for name in os.environ if name.startswith(("STAFFETTA_", "DATABASE_URL", "PG")) or name in {"PORT", "SECRET_KEY"}]:
    if name != "STAFFETTA_TEST_HOME":  # a worker's, given by its parent
        del os.environ[name]
HOME = Path(os.environ.setdefault("STAFFETTA_TEST_HOME", "") or tempfile.mkdtemp(prefix="staffetta-test-"))
os.environ |= {"STAFFETTA_TEST_HOME": str(HOME), "STAFFETTA_HOME": str(HOME), "DATABASE_URL": localpg.url(HOME)}
os.environ["DJANGO_SETTINGS_MODULE"] = "staffetta.settings"
django.setup()

operator = importlib.import_module("staffetta.accounts.operator")  # models can be imported only now
SERVER = pytest.StashKey[localpg.Server]()


def pytest_configure(config: pytest.Config) -> None:
    if getattr(config.option, "numprocesses", None) and not _is_worker(config):
        config.stash[SERVER] = localpg.start(HOME)


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := config.stash.get(SERVER, None):
        server.stop()
    if not _is_worker(config):
        shutil.rmtree(localpg.place(HOME), ignore_errors=True)
        shutil.rmtree(HOME, ignore_errors=True)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@pytest.fixture(scope="session")
def private_server(pytestconfig: pytest.Config) -> str:
    """The address of the session's server (its database `staffetta` stays empty), started if it is not."""
    if SERVER not in pytestconfig.stash and not _is_worker(pytestconfig):
        pytestconfig.stash[SERVER] = localpg.start(HOME)
    return localpg.url(HOME)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, private_server: str) -> None:
    """Start the server before pytest-django makes its test database."""


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """What this process remembers of the database is another test's."""
    yield
    operator.forget()


@pytest.fixture(scope="session")
def eventually() -> Callable[..., None]:
    """Return a function that waits until a condition holds, and fails the test when it does not in time."""

    def wait(condition: Callable[[], object], what: str = "the condition", timeout_s: float = 30.0) -> None:
        deadline = time.monotonic() + timeout_s
        pause = threading.Event()
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not come within {timeout_s:g} s"
            pause.wait(0.02)

    return wait


def _empty_tables(test: TransactionTestCase) -> None:
    """Empty all tables but the price list after a test that commits.

    In place of Django's own flush, which the ledger refuses: its triggers are put aside here.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(relname), ', ') FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace AND relname NOT IN"
            " ('django_migrations', 'django_content_type', 'auth_permission', 'billing_smstype', 'billing_typeprice')"
        )
        (tables,) = cursor.fetchone()
        cursor.execute(f"SET session_replication_role = replica; TRUNCATE {tables}; SET session_replication_role = DEFAULT")


TransactionTestCase._fixture_teardown = _empty_tables  # type: ignore[method-assign]
