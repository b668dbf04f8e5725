"""REST against its own OpenAPI description: schemathesis makes good and bad calls of every operation, and each answer must be as described."""

import json
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from staffetta.billing import ledger
from staffetta.messaging import offer
from tests.db.portal import sent
from tests.db.rest import owner

pytestmark = pytest.mark.django_db
# Not asked: that every call that fits the description is accepted. A number that nobody can have fits, and is refused.
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
EXAMPLES = 8


@pytest.fixture
def app() -> Any:
    """The whole application, as the web server calls it."""
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    offer.forget()
    # As Django's own client does: between requests the connection stays, for the test's transaction is on it.
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)
    offer.forget()


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_operation_answers_as_described(people, connector, app, mode):
    sent(people, connector)
    program = owner(people)
    program.key.per_minute = 1_000_000
    program.key.save()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    called = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def calls(case):
            nonlocal called
            called += 1
            response = case.call(headers={"Authorization": f"Bearer {program.secret}"})
            case.validate_response(response, checks=CHECKS)

        calls()
    assert called > 100
    assert all(books.agree for books in ledger.books())


def test_the_description_names_every_problem(app):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app).raw_schema
    operations = [each for methods in schema["paths"].values() for each in methods.values()]
    assert len(operations) >= 38
    for operation in operations:
        assert operation["summary"]
        assert operation["description"]
        assert operation["security"]
        assert set(operation["responses"]["422"]["content"]) == {"application/problem+json"}
    assert [each["url"] for each in schema["servers"]] == ["/"]
    assert "402" in schema["paths"]["/api/v1/messages"]["post"]["responses"]
    assert not {"400", "402", "404", "409", "413", "415", "503"} & set(schema["paths"]["/api/v1/credit"]["get"]["responses"])
    assert "NaN" not in json.dumps(schema)
