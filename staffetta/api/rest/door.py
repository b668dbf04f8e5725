"""What every call of REST passes on its way to its view and back: language, key, rate, size, Idempotency-Key, problems.

Nothing gets out of here but JSON: what a view raises, whatever it is, becomes a problem.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from staffetta.api import address, auth, idempotency, limits
from staffetta.api.doubt import failure
from staffetta.api.errors import Internal, MethodNotAllowed, PathUnknown, TooManyCalls
from staffetta.api.idempotency import Answer, Call
from staffetta.api.legacy.body import taken
from staffetta.api.operations import KEY_MAX
from staffetta.api.principal import Principal
from staffetta.api.rest import language, problems, reading, shapes
from staffetta.api.rest.faults import Faulty
from staffetta.lib.errors import Refused

CHANGING = ("POST", "PUT", "PATCH", "DELETE")
# Here the message's own key is the guard, so that the call is the same where it is taken ahead of Django.
OWN_GUARD = ("POST", "messages")
BULK = {("POST", "batches"), ("POST", "estimate"), ("POST", "lookups")}
# All that a sandbox key may call that changes something: what is sent goes into the sandbox.
SANDBOX = {("POST", "batches"), ("POST", "estimate"), OWN_GUARD}
# What a call that changes something needs, by the first word of its path: asked for before an answer is given again.
SCOPES = {
    "messages": "send",
    "batches": "send",
    "estimate": "send",
    "reports": "read",
    "DELETE reports": "send",
    "contacts": "contacts",
    "groups": "contacts",
    "texts": "texts",
    "lookups": "lookup",
    "webhooks": "webhooks",
    "calls": "webhooks",
}
# Answers with a secret: it is not kept, and a repeat is told null in its place.
SECRETS = {("POST", "webhooks"), ("POST", "webhooks/{webhook_id}/secret")}
View = Callable[..., HttpResponseBase]
Queries = Mapping[tuple[str, str], frozenset[str]]
_log = logging.getLogger(__name__)


class Caller(HttpRequest):
    """A request that a key has let in."""

    principal: Principal
    key: str


def guarded(view: View, place: str, queries: Queries) -> View:
    """Return a view with everything that calls pass; `place` is its path as the description writes it, `queries` what may stand behind it."""

    def through(caller: Caller, args: Any, kwargs: Any) -> HttpResponseBase:
        known = queries.get((caller.method or "", place))
        if known is not None:
            with reading.countable():
                reading.check_names(caller.GET, known)
        return _through(caller, view, place, args, kwargs)

    @csrf_exempt
    def passed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        spoken = language.chosen(request.headers.get("Accept-Language", ""), "")
        bodiless = request.method == "HEAD"
        if bodiless:
            request.method = "GET"
        with translation.override(spoken or "it"):
            response = _answered(request, lambda caller: through(caller, args, kwargs), spoken)
        return _head(response) if bodiless else response

    return passed


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponseBase:
    """Answer for addresses that do not exist."""
    with translation.override(language.chosen(request.headers.get("Accept-Language", ""), "it")):
        return told(PathUnknown(path=request.path[:200]))


def told(refusal: Refused, each: list[dict[str, str]] | None = None) -> HttpResponse:
    """Return a refusal as a response."""
    spoken = translation.get_language() or "it"
    status, headers, body = problems.rendered(refusal, spoken, each)
    response = HttpResponse(body, status=status, headers={"Content-Language": spoken})
    for name, value in headers:
        response[name] = value
    return response


def _head(response: HttpResponseBase) -> HttpResponse:
    """Return a response as HEAD is told it: as GET is, without the body."""
    headers = dict(response.items())
    if isinstance(response, HttpResponse):
        headers["Content-Length"] = str(len(response.content))
    return HttpResponse(status=response.status_code, headers=headers)


def _answered(request: HttpRequest, work: Callable[[Caller], HttpResponseBase], spoken: str) -> HttpResponseBase:
    """Let the caller in, count the call, and do it in the caller's language."""
    try:
        where = address.caller(
            request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""), settings.ALLAUTH_TRUSTED_PROXY_COUNT
        )
        principal = auth.by_key(auth.bearer(request.headers.get("Authorization", "")), where)
    except Refused as refusal:
        return told(refusal)
    except Exception as error:  # the database is away
        return _failed(request, error)
    caller: Any = request
    caller.principal = principal
    with translation.override(spoken or principal.language):
        left = limits.buckets.take(principal.key_id, principal.per_minute, time.monotonic())
        response = told(TooManyCalls(limit=left.limit, seconds=left.wait_s)) if left.refused else _safely(caller, work)
    for name, value in left.headers():
        response[name] = value
    return response


def _safely(request: Caller, work: Callable[[Caller], HttpResponseBase]) -> HttpResponseBase:
    try:
        return work(request)
    except Faulty as faulty:
        return told(faulty.refusal, faulty.each)
    except MethodNotAllowed as refusal:
        response = told(refusal)
        response["Allow"] = refusal.values["allowed"]
        return response
    except Refused as refusal:
        return told(refusal)
    except Exception as error:  # a caller is always answered with a problem
        return _failed(request, error)


def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    _log.exception("REST: %s %s", request.method, request.path)
    return told(failure(error) if request.method in CHANGING else Internal())


def _through(request: Caller, view: View, place: str, args: Any, kwargs: Any) -> HttpResponseBase:
    method = request.method or ""
    if method in CHANGING and (method, place) not in SANDBOX:
        shapes.live(request.principal)
    body = _body(request, (method, place))
    request.key = reading.key_of(request.headers.get("Idempotency-Key", ""), KEY_MAX) if method in CHANGING else ""
    if not request.key or (method, place) == OWN_GUARD:
        return _allowed(request, view(request, *args, **kwargs))

    def work() -> Answer:
        response = _allowed(request, view(request, *args, **kwargs))
        assert isinstance(response, HttpResponse)
        kept = _without_secret(response.content) if (method, place) in SECRETS else None
        return Answer(response.status_code, response.content, kept=kept)

    who = request.principal
    word = place.partition("/")[0]
    if scope := SCOPES.get(f"{method} {word}") or SCOPES.get(word):  # none: nothing there can be changed, which is told below
        who.must(scope)
    call = Call(who.account_id, who.sandbox, request.key, f"{method} {request.path}"[:300], body, who.key_id)
    answer = idempotency.once(call, work)
    response = HttpResponse(answer.body, status=answer.status, content_type=reading.JSON)
    if answer.repeated:
        response["Idempotency-Replayed"] = "true"
    return response


def _without_secret(body: bytes) -> bytes:
    return json.dumps(json.loads(body) | {"secret": None}).encode()


def _body(request: Caller, call: tuple[str, str]) -> bytes:
    """Return the body, where the call may have one. Raises BodyTooLarge, NotReadable, ContentTypeWrong."""
    if call[0] not in CHANGING:
        return b""
    body = taken(request, reading.BULK_BYTES_MAX if call in BULK else reading.SMALL_BYTES_MAX)
    request._body = body  # for the views: Django would find none where it comes in pieces
    if body:
        reading.check_type(request.headers.get("Content-Type", ""))
    return body


def _allowed(request: Caller, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        raise MethodNotAllowed(method=request.method, allowed=", ".join(sorted(response["Allow"].split(", "))))
    return response
