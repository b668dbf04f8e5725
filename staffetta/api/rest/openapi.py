"""Complete the OpenAPI description: bodies that ninja does not read, the Idempotency-Key, and the problem that any call may end in."""

from http import HTTPStatus
from typing import Any

import msgspec

from staffetta.api.rest.problems import TYPE
from staffetta.api.rest.reading import JSON

_REF = "#/components/schemas/{name}"
EVERYWHERE = (401, 403, 405, 422, 429, 500)
CHANGING = (400, 409, 413, 415, 503)
# Beside those: what sends can lack credit, and what is named in the path or the body can be missing.
CHARGING = ("createMessage", "createBatch", "createLookup")
NAMING = ("createContact", "createBatch", "estimate", "listMessages", "createReport", "createLookup")
_WORD = {"type": "string"}
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "Why a call was refused; nothing was changed or charged. `code` is stable, `detail` is in the caller's language.",
    "required": ["type", "title", "status", "code", "detail", "retry"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": _WORD,
        "status": {"type": "integer"},
        "code": _WORD,
        "detail": _WORD,
        "retry": {"type": "boolean", "description": "Whether the same call can succeed later."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "code", "detail"],
                "properties": {"name": _WORD, "code": _WORD, "detail": _WORD},
            },
        },
    },
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Your own key of this call: repeated with it, the call is not done again and has the first one's answer, for 7 days.",
    "schema": {"type": "string", "maxLength": 100, "pattern": "^[ -~]*$"},
}
_COUNT = {"type": "integer"}
_HEADERS: dict[str, Any] = {
    "RateLimit-Limit": {"description": "Calls within a minute.", "schema": _COUNT},
    "RateLimit-Remaining": {"description": "Calls that are left now.", "schema": _COUNT},
    "RateLimit-Reset": {"description": "Seconds until all are there again.", "schema": _COUNT},
}
_REPLAYED: dict[str, Any] = {
    "Idempotency-Replayed": {"description": "`true`: the answer of an earlier call with the same key.", "schema": {"enum": ["true"]}}
}


def complete(found: dict[str, Any], bodies: dict[str, type[msgspec.Struct]]) -> None:
    """Add what ninja does not know to a description; `bodies` by operation."""
    refs, schemas = msgspec.json.schema_components(bodies.values(), ref_template=_REF)
    found["components"].setdefault("schemas", {}).update(schemas | {"Problem": _PROBLEM})
    body_of = dict(zip(bodies, refs, strict=True))
    for methods in found["paths"].values():
        for method, operation in methods.items():
            _complete(operation, method, body_of.get(operation["operationId"]))


def queries(found: dict[str, Any], prefix: str) -> dict[tuple[str, str], frozenset[str]]:
    """Return by method and path (below a prefix) which query parameters a call may have."""
    return {
        (method.upper(), path.removeprefix(prefix)): frozenset(each["name"] for each in operation["parameters"] if each["in"] == "query")
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
    }


def _statuses(operation: dict[str, Any], changes: bool) -> list[int]:
    """Return the problems that an operation can end in."""
    name = operation["operationId"]
    named = name in NAMING or any(each["in"] == "path" for each in operation.get("parameters", ()))
    found = {*EVERYWHERE, *(CHANGING if changes else ()), *((402,) if name in CHARGING else ()), *((404,) if named else ())}
    return sorted(found)


def _complete(operation: dict[str, Any], method: str, body: Any) -> None:
    if body:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": body}}}
    changes = method != "get"
    if changes:
        operation.setdefault("parameters", []).append(_KEY)
    for response in operation["responses"].values():
        response.setdefault("headers", {}).update(_HEADERS | (_REPLAYED if changes else {}))
    for status in _statuses(operation, changes):
        operation["responses"][str(status)] = {
            "description": HTTPStatus(status).phrase,
            "headers": _HEADERS,
            "content": {TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}},
        }
