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
HELD_MAX = 64 * 2**20  # of all calls together, until they are answered
KEPT_MAX = 2 * 2**30  # of all that is passed on together, on disk
_DROPPED_MAX = 128 * 2**20
_IN_MEMORY_MAX, _PIECE = 256 * 2**10, 64 * 2**10


class Gone(Exception):
    """Who was sending has hung up."""


class TooSlow(Exception):
    """Who was sending has stopped, or is so slow that it would hold its place for ever."""


class _Waits:
    """Tasks that wait for a first byte, each for as long: one timer for all, as one for each costs a tenth of a call."""

    def __init__(self) -> None:
        self._ends: dict[asyncio.Task[Any], float] = {}  # the oldest first
        self._late: set[asyncio.Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def first(self, receive: Receive) -> MutableMapping[str, Any]:
        """Return the first message. Raises TooSlow."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._ends[task] = ends = loop.time() + WHOLE_S
        if self._timer is None:
            self._timer = loop.call_at(ends, self._look, loop)
        try:
            return await receive()
        except asyncio.CancelledError:
            if task not in self._late:
                raise
            task.uncancel()
            raise TooSlow from None
        finally:
            del self._ends[task]
            self._late.discard(task)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        for task, ends in self._ends.items():
            if ends > loop.time():
                self._timer = loop.call_at(ends, self._look, loop)
                return
            self._late.add(task)
            task.cancel()


class Bodies:
    """The bodies of calls that wait for their answers; they share one bound of memory."""

    def __init__(self) -> None:
        """Begin with none."""
        self._held = 0
        self._waits = _Waits()

    async def small(self, receive: Receive, limit: int, length: str = "") -> bytes | None:
        """Return a body, held until it is let go; None where it is longer than that. Raises Busy, Gone, TooSlow.

        `length`: what its sender says of it. Who has that much already need not ask whether there is more, which is dear.
        """
        message = await self._waits.first(receive)
        body: bytes | None = message.get("body", b"")
        if message["type"] != "http.request" or (message.get("more_body", False) and f"{len(body or b'')}" != length):
            try:
                async with asyncio.timeout(WHOLE_S):
                    body = await self._in_pieces(message, receive, limit)
            except TimeoutError:
                raise TooSlow from None
        elif len(body or b"") > limit:
            body = None
        if self._held + len(body or b"") > HELD_MAX:
            raise Busy
        self._held += len(body or b"")
        return body

    def let_go(self, body: bytes | None) -> None:
        """Take note that a body is needed no more."""
        self._held -= len(body or b"")

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


class Room:
    """How much may lie on disk at once."""

    def __init__(self) -> None:
        """Begin empty."""
        self.taken = 0


class Kept:
    """A body that came whole before anybody reads it, so that a slow sender holds no thread: in memory while it is small, then in a file."""

    def __init__(self, room: Room) -> None:
        """Begin with nothing."""
        self._file = SpooledTemporaryFile(_IN_MEMORY_MAX)  # noqa: SIM115
        self._room = room
        self.length = 0
        self.whole = True

    async def take(self, receive: Receive, limit: int) -> None:
        """Read a body; what comes beyond the limit is dropped, and then it is not `whole`. Raises Busy, Gone, TooSlow."""
        dropped = 0
        async for piece, _more in _pieces(receive, PASSED_S):
            if self.length > limit:
                self.whole = False
                dropped += len(piece)
                if dropped > _DROPPED_MAX:  # who sends so much does not wait for what we say
                    break
                continue
            if self._room.taken + len(piece) > KEPT_MAX:
                raise Busy
            self._file.write(piece)
            self.length += len(piece)
            self._room.taken += len(piece)
        self._file.seek(0)

    async def receive(self) -> MutableMapping[str, Any]:
        """Return the next message of it, as ASGI's `receive` does; one that is not whole ends as if its sender had hung up."""
        piece = self._file.read(_PIECE)
        if not piece and not self.whole:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": self._file.tell() < self.length or not self.whole}

    def close(self) -> None:
        """Forget it."""
        self._room.taken -= self.length
        self._file.close()
