"""Pass a request on to the pages, cleaned: what a WSGI server in threads would stumble over, or be held up by, is kept from it. Knows no door."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from staffetta.api.errors import Busy
from staffetta.api.hot.bodies import Gone, Kept, Receive, Room, TooSlow

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
TAKEN_S = 60.0  # within which a client must take each piece of an answer
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_log = logging.getLogger(__name__)


def cleaned(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return headers without those that have an underscore in their name: WSGI could not tell x_forwarded_for from X-Forwarded-For.

    Those that came several times are joined, in their order; cookies by what stands between them (RFC 9113 §8.2.3).
    """
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if b"_" not in name:
            found[name] = found[name] + (b"; " if name == b"cookie" else b",") + value if name in found else value
    return list(found.items())


_room = Room()


async def passed(pages: Application, scope: Scope, receive: Receive, send: Send, body_bytes_max: int) -> None:
    """Have the pages answer a request; its body is read before, up to a size."""
    headers = cleaned(scope["headers"])
    query = _NOT_ASCII.sub(lambda byte: b"%%%02X" % byte[0][0], scope["query_string"])
    scope = dict(scope) | {"headers": headers, "query_string": query}
    answer = Taken(send)
    kept = Kept(_room)
    try:
        await kept.take(receive, body_bytes_max)
        if kept.whole:  # then its length is known, however it came
            rest = [(name, value) for name, value in headers if name not in (b"content-length", b"transfer-encoding")]
            scope["headers"] = [*rest, (b"content-length", b"%d" % kept.length)]
        await pages(scope, kept.receive, answer.send)
    except Gone:
        return
    except TooSlow:
        await too_slow(send)
    except Busy:
        await send({"type": "http.response.start", "status": 503, "headers": [(b"content-type", b"text/plain"), (b"retry-after", b"60")]})
        await send({"type": "http.response.body", "body": b"Too much is being sent to this service at once. Try again in a minute."})
    finally:
        kept.close()


async def too_slow(send: Send) -> None:
    """Answer who does not send on."""
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 408, "headers": headers})
    await send({"type": "http.response.body", "body": b"The request did not come in time."})


class Taken:
    """Sends an answer; of a client that has gone, or takes nothing any more, the rest is thrown away.

    The thread that makes the answer waits for each piece: it would wait for ever.
    """

    def __init__(self, send: Send) -> None:
        """Take note of where to."""
        self._send, self._gone = send, False

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Send one message. Raises nothing."""
        if self._gone:
            return
        try:
            async with asyncio.timeout(TAKEN_S):
                await self._send(message)
        except Exception as error:
            _log.debug("a client did not take its answer to the end: %r", error)
            self._gone = True
