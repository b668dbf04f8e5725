"""Write a refusal as REST answers it: application/problem+json (RFC 9457). Pure but for the language; knows no request."""

from http import HTTPStatus
from typing import Any

import msgspec
from django.utils import translation

from staffetta.api import errors
from staffetta.api.errors import KeyUnknown
from staffetta.lib.errors import Refused

TYPE = "application/problem+json"
_URN = "urn:staffetta:problem:"


def problem(refusal: Refused, each: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """Return a refusal as the members of a problem, in the present language; `each`: one line for every field that is wrong."""
    status = errors.dialect(refusal).status
    found: dict[str, Any] = {
        "type": _URN + refusal.code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": refusal.code,
        "detail": str(refusal),
        "retry": refusal.retry,
    }
    if each:
        found["errors"] = each
    return found


def headers(refusal: Refused) -> list[tuple[str, str]]:
    """Return the headers that belong to a refusal, its content type among them."""
    found = [("Content-Type", TYPE)]
    if errors.dialect(refusal).status == HTTPStatus.UNAUTHORIZED:
        found.append(("WWW-Authenticate", 'Bearer realm="api"' + ("" if isinstance(refusal, KeyUnknown) else ', error="invalid_token"')))
    if errors.dialect(refusal).status == HTTPStatus.TOO_MANY_REQUESTS and "seconds" in refusal.values:
        found.append(("Retry-After", str(refusal.values["seconds"])))
    return found


def rendered(refusal: Refused, language: str, each: list[dict[str, str]] | None = None) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, headers and body of a refusal in a language."""
    with translation.override(language):
        found = problem(refusal, each)
    return found["status"], headers(refusal), msgspec.json.encode(found)
