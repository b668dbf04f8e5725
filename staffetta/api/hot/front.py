"""The ASGI application in front of Django: sends one message a call here, passes everything else on. Knows no dialect."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

from staffetta.api import auth
from staffetta.api.address import caller
from staffetta.api.errors import BodyTooLarge, Internal
from staffetta.api.hot import doors, group
from staffetta.api.hot.call import Call, Key, Password
from staffetta.api.hot.committer import Committer
from staffetta.api.hot.doors import Door, Read, Reply, Request
from staffetta.api.operations import Sent
from staffetta.lib.errors import Refused

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
# Passwords seen for the first time are looked at here, so that they hold up nobody: 50 ms of one core each.
_LOOKERS = 2
# A client that is still sending does not read: it would see a broken connection in place of its answer.
_HEARD_OUT_MAX = 32 * 2**20
_log = logging.getLogger(__name__)


class Front:
    """The application. Its committer begins with the first call, in the process and the event loop that serve it."""

    def __init__(self, django: Application) -> None:
        """Take what answers everything else."""
        self._django = django
        self._committer: Committer | None = None
        self._lookers = ThreadPoolExecutor(_LOOKERS, thread_name_prefix="looker")
        self._starting = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        door = doors.door(scope["path"], scope["method"]) if scope["type"] == "http" else None
        if door is None:
            await self._django(scope, _coroutine(receive), send)
            if scope["type"] == "lifespan":
                self.stop()
            return
        reply = await self._reply(door, scope, receive)
        headers = [_encoded(name, value) for name, value in reply.headers]
        headers.append((b"content-length", b"%d" % len(reply.body)))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.body})

    def stop(self) -> None:
        """Answer the calls that wait, then end the threads."""
        if self._committer:
            self._committer.stop()
        self._lookers.shutdown()

    async def _reply(self, door: Door, scope: Scope, receive: Receive) -> Reply:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}  # in small letters, says ASGI
        peer = (scope.get("client") or ("", 0))[0]
        address = caller(peer, headers.get("x-forwarded-for", ""), settings.ALLAUTH_TRUSTED_PROXY_COUNT)
        body = await _body(receive, door.body_bytes_max)
        request = Request(scope["method"], scope["query_string"], headers, body or b"", address)
        try:
            if body is None:
                raise BodyTooLarge(limit=door.body_bytes_max)
            read = door.read(request)
            call, answer = await self._answer(read, address)
        except Refused as refusal:
            return door.refused(request, refusal)
        except Exception:
            _log.exception("a call could not be read: nothing was charged")
            return door.refused(request, Internal())
        return door.answered(call, answer)

    async def _answer(self, read: Read, address: str) -> tuple[Call, Sent | Refused]:
        loop = asyncio.get_running_loop()
        shown = doors.shown(read)
        if shown is None:
            shown = await loop.run_in_executor(self._lookers, _looked_at, read, address)
        call = Call(shown, read.asked, address, group.mark(), loop.create_future(), read.language)
        self._committing(loop).take(call)
        return call, await call.answer

    def _committing(self, loop: asyncio.AbstractEventLoop) -> Committer:
        if self._committer is None:
            self._committer = Committer(group.answers, group.take_back, loop)
        return self._committer


@lru_cache(1024)
def _encoded(name: str, value: str) -> tuple[bytes, bytes]:
    return name.lower().encode(), value.encode("latin-1")


def _looked_at(read: Read, address: str) -> Key | Password:
    """Look at a password that this process has not seen. Raises AccessDenied, TooManyWrong."""
    try:
        auth.by_password(read.login, read.password, address)
    finally:
        connection.close()
    shown = doors.shown(read)
    assert shown is not None
    return shown


def _coroutine(receive: Receive) -> Receive:
    """Return the same as a coroutine: granian's is only awaitable, and whoever reads a body from a thread needs the former."""

    async def received() -> MutableMapping[str, Any]:
        return await receive()

    return received


async def _body(receive: Receive, limit: int) -> bytes | None:
    """Return the body; None where it is longer than that, or where the caller has gone."""
    pieces: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece = message.get("body", b"")
        length += len(piece)
        if length <= limit:
            pieces.append(piece)
        if not message.get("more_body", False) or length > _HEARD_OUT_MAX:
            return b"".join(pieces) if length <= limit else None
