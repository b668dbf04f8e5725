"""A database that goes away in the middle of a call: no interface says that nothing was charged, for nobody knows."""

import asyncio
from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError, connection

from staffetta.api import doubt, operations
from staffetta.api.errors import InDoubt, Internal
from staffetta.api.mail.handler import Handler
from tests.db.oldclient import OldClient
from tests.db.rest import owner, refused

pytestmark = pytest.mark.django_db(transaction=True)


def lose(*_given: object) -> None:
    """Lose the connection under a statement, as a server that is stopped does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.fixture
def lost(monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(operations, "accepted", lose)
    yield
    connection.close()


def test_rest_tells_it(people, connector, lost):
    program = owner(people)
    body = {"type": 59, "to": "+393331234567", "text": "Ciao", "sender": "BRUNI"}
    assert refused(program.post("/messages", body), 503, "in_doubt")["retry"] is True


def test_the_old_interface_tells_it(people, connector, lost):
    assert OldClient(people).send() == "-32-Unknown whether it was sent, repeat with the same client_id"


def test_a_mail_is_kept_by_its_server_and_not_told_that_nothing_was_sent():
    error = OperationalError()
    error.__cause__ = psycopg.OperationalError("the connection is lost")
    answer = asyncio.run(Handler().handle_exception(error))
    assert answer.startswith("451 ")
    assert "nothing was sent" not in answer


def test_where_it_was_never_reached_or_said_no_nothing_was_done(people):
    with pytest.raises(OperationalError) as lost, connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    connection.close()
    assert isinstance(doubt.failure(lost.value), InDoubt)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 1")
        with pytest.raises(OperationalError) as said_no:
            cursor.execute("SELECT pg_sleep(10)")
    connection.close()
    assert isinstance(doubt.failure(said_no.value), Internal)
    parameters = connection.get_connection_params() | {"host": "/nowhere"}
    with pytest.raises(OperationalError) as unreached, connection.wrap_database_errors:
        connection.get_new_connection(parameters)
    assert isinstance(doubt.failure(unreached.value), Internal)
    assert isinstance(doubt.failure(ValueError()), Internal)
