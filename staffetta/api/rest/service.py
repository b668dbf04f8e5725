"""The REST interface as one: its resources, how faults leave it, and its OpenAPI description."""

from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.security.base import AuthBase

from staffetta.api.errors import NotReadable
from staffetta.api.rest import many, openapi, reading, single
from staffetta.api.rest.faults import faulty
from staffetta.api.rest.resources import ROUTERS
from staffetta.lib.errors import Refused


class Key(AuthBase):
    """That a key is needed, for the description: the door has looked at it already."""

    openapi_type, openapi_scheme = "http", "bearer"
    openapi_description = "A key of the account: stf_live_…, or stf_test_… for the sandbox."

    def __call__(self, request: HttpRequest) -> Any:
        """Return whom the key let in."""
        return getattr(request, "principal", None)


class StrictParser(Parser):
    """Reads bodies as reading.py does."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's values. Raises ApiRefused."""
        return reading.whole(request.body)


class Rest(NinjaAPI):
    """REST v1."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        """Return the description with every problem, header and body in it."""
        found = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        bodies: dict[str, type[msgspec.Struct]] = {"createMessage": single.Message, "createBatch": many.Batch, "estimate": many.Batch}
        openapi.complete(found, bodies)
        found["servers"] = [{"url": settings.PUBLIC_URL or "/"}]
        return found


def _raised(request: HttpRequest, error: Exception | type[Exception]) -> Any:
    """Let the door answer for what a view has raised."""
    if isinstance(error, ValidationError):
        raise faulty(error.errors) from None
    if isinstance(error, HttpError) and isinstance(error.__cause__, Refused):
        raise error.__cause__
    if isinstance(error, HttpError) and error.status_code < 500:
        raise NotReadable(why=str(error)) from None
    raise error


def made() -> Rest:
    """Return the interface with its resources."""
    api = Rest(
        title="Staffetta",
        version="1",
        description="Send SMS and read what became of them. Errors are problems (RFC 9457); every list is read with a cursor.",
        auth=Key(),
        parser=StrictParser(),
        urls_namespace="rest",
    )
    for kind in (Exception, ValidationError, HttpError):
        api.add_exception_handler(kind, _raised)
    for tag, router in ROUTERS:
        api.add_router("", router, tags=[tag])
    return api
