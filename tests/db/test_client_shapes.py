"""The client's types against the published description: no field, and no kind of value, may be in one and not in the other."""

from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from staffetta.client import shapes
from tests.db.rest import owner

pytestmark = pytest.mark.django_db
# Which call is answered with a shape; of a list it is the items.
ANSWERS = {
    "createMessage": shapes.Accepted,
    "getMessage": shapes.Message,
    "listMessages": shapes.Message,
    "listBatchMessages": shapes.Message,
    "createBatch": shapes.Sent,
    "getBatch": shapes.Batch,
    "listBatches": shapes.Batch,
    "getCredit": shapes.Credit,
    "listTypes": shapes.Type,
    "estimate": shapes.Estimate,
    "createLookup": shapes.Lookup,
    "getLookup": shapes.Lookup,
    "listLookups": shapes.Lookup,
    "listLookupResults": shapes.LookupResult,
}
PLAIN = {str: "string", int: "integer", bool: "boolean"}


@pytest.fixture
def description(people) -> dict[str, Any]:
    return owner(people).client.get("/api/v1/openapi.json").json()


def published(schema: dict[str, Any], description: dict[str, Any]) -> Any:
    """Return a schema as plain values: names of fields, kinds of value."""
    if "$ref" in schema:
        return published(description["components"]["schemas"][schema["$ref"].rpartition("/")[2]], description)
    if "anyOf" in schema:
        return {"any of": sorted((published(each, description) for each in schema["anyOf"]), key=str)}
    if "properties" in schema:
        return {name: published(each, description) for name, each in schema["properties"].items()}
    if schema["type"] == "object":
        return {"values": published(schema["additionalProperties"], description)}
    return [published(schema["items"], description)] if schema["type"] == "array" else schema["type"]


def typed(kind: Any) -> Any:
    """Return a type as the same plain values."""
    if is_typeddict(kind):
        return {name: typed(each) for name, each in get_type_hints(kind).items()}
    if isinstance(kind, UnionType):
        return {"any of": sorted(("null" if each is NoneType else typed(each) for each in get_args(kind)), key=str)}
    if get_origin(kind) is dict:
        return {"values": typed(get_args(kind)[1])}
    return [typed(get_args(kind)[0])] if get_origin(kind) is list else PLAIN[kind]


@pytest.mark.parametrize("operation", list(ANSWERS))
def test_the_clients_types_are_the_descriptions(description, operation):
    (found,) = [each for methods in description["paths"].values() for each in methods.values() if each["operationId"] == operation]
    (good,) = [answer for status, answer in found["responses"].items() if status.startswith("2")]
    answered = published(good["content"]["application/json"]["schema"], description)
    (shown,) = answered["items"] if "next" in answered else [answered]
    assert typed(ANSWERS[operation]) == shown


def test_every_shape_is_compared():
    seen = set()

    def walk(kind: Any) -> None:
        seen.add(kind)
        for each in get_args(kind) or (get_type_hints(kind).values() if is_typeddict(kind) else ()):
            walk(each)

    for shape in ANSWERS.values():
        walk(shape)
    of_module = {each for each in vars(shapes).values() if is_typeddict(each)}
    assert {each.__name__ for each in of_module - seen} == set()
