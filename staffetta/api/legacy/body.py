"""Take the body of a request up to a size, whether its length was told or it comes in pieces. For all the old interfaces; parses nothing."""

from typing import Protocol, cast

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from staffetta.api.errors import BodyTooLarge, NotReadable

# A client that is still sending does not read: it would see a broken connection in place of its answer.
_HEARD_OUT_MAX = 32 * 2**20
_PIECE = 64 * 2**10


class _Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


def taken(request: HttpRequest, limit: int) -> bytes:
    """Return the body. Raises BodyTooLarge, NotReadable."""
    try:
        source = _source(request)
        body = source.read(limit + 1)
        if len(body) <= limit:
            return body
        heard = len(body)
        while heard < _HEARD_OUT_MAX and (piece := source.read(_PIECE)):
            heard += len(piece)
    except (UnreadablePostError, OSError):
        raise NotReadable(why="the connection broke.") from None
    raise BodyTooLarge(limit=limit)


def _source(request: HttpRequest) -> _Source:
    in_pieces = "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    if in_pieces and not request.META.get("CONTENT_LENGTH") and isinstance(request, WSGIRequest):
        return cast(_Source, request.environ["wsgi.input"])  # Django reads as many bytes as were announced: none
    return request
