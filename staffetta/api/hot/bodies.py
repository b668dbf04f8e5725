"""Read bodies off the network: bounded in size, in time and in memory. Knows ASGI's messages, and no dialect."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import Any

from staffetta.api.errors import Busy

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
# A client that is still sending does not read: it would see a broken connection in place of its answer.
_HEARD_OUT_MAX = 32 * 2**20
SILENT_S = 30.0  # without a byte
WHOLE_S = 60.0  # for the small body of a call
PASSED_S = 900.0  # for a file: 20 MiB over a poor line
HELD_MAX = 64 * 2**20  # of all calls together
_IN_MEMORY_MAX, _PIECE = 256 * 2**10, 64 * 2**10


class Gone(Exception):
    """Who was sending has hung up."""


class TooSlow(Exception):
    """Who was sending has stopped, or is so slow that it would hold its place for ever."""


class Bodies:
    """The bodies that are being read; they share one bound of memory."""

    def __init__(self) -> None:
        """Begin with none."""
        self._held = 0

    async def small(self, receive: Receive, limit: int) -> bytes | None:
        """Return a body; None where it is longer than that. Raises Busy, Gone, TooSlow."""
        try:
            async with asyncio.timeout(WHOLE_S):
                message = await receive()
                if message["type"] == "http.request" and not message.get("more_body", False):  # as nearly all come
                    body: bytes = message.get("body", b"")
                    return body if len(body) <= limit else None
                return await self._in_pieces(message, receive, limit)
        except TimeoutError:
            raise TooSlow from None

    async def _in_pieces(self, message: MutableMapping[str, Any], receive: Receive, limit: int) -> bytes | None:
        pieces: list[bytes] = []
        length = held = 0
        full = False
        try:
            while True:
                if message["type"] == "http.disconnect":
                    raise Gone
                piece = message.get("body", b"")
                length += len(piece)
                full = full or (length <= limit and self._held + len(piece) > HELD_MAX)
                if length <= limit and not full:
                    pieces.append(piece)
                    held += len(piece)
                    self._held += len(piece)
                if length > _HEARD_OUT_MAX or not message.get("more_body", False):
                    break
                async with asyncio.timeout(SILENT_S):
                    message = await receive()
        finally:
            self._held -= held
        if full:
            raise Busy
        return b"".join(pieces) if length <= limit else None


async def _pieces(receive: Receive, whole_s: float) -> AsyncIterator[tuple[bytes, bool]]:
    """Yield a body as it comes, each piece with whether there are more. Raises Gone, TooSlow."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + whole_s
    while True:
        try:
            async with asyncio.timeout_at(min(loop.time() + SILENT_S, ends)):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        if message["type"] == "http.disconnect":
            raise Gone
        more = message.get("more_body", False)
        yield message.get("body", b""), more
        if not more:
            return


class Kept:
    """A body that came whole before anybody reads it, so that a slow sender holds no thread: in memory while it is small, then in a file."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._file = SpooledTemporaryFile(_IN_MEMORY_MAX)  # noqa: SIM115
        self.length = 0
        self.whole = True
        self._rest: Receive | None = None

    async def take(self, receive: Receive, limit: int) -> None:
        """Read a body; beyond the limit its rest comes as it is read. Raises Gone, TooSlow."""
        async for piece, more in _pieces(receive, PASSED_S):
            self._file.write(piece)
            self.length += len(piece)
            if more and self.length > limit:
                self.whole, self._rest = False, receive
                break
        self._file.seek(0)

    async def receive(self) -> MutableMapping[str, Any]:
        """Return the next message of it, as ASGI's `receive` does."""
        piece = self._file.read(_PIECE)
        at_end = self._file.tell() >= self.length
        if piece or self._rest is None:
            return {"type": "http.request", "body": piece, "more_body": not at_end or self._rest is not None}
        try:
            async with asyncio.timeout(SILENT_S):
                return await self._rest()
        except TimeoutError:
            return {"type": "http.disconnect"}

    def close(self) -> None:
        """Forget it."""
        self._file.close()
