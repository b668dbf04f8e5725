"""Fifty connections that each send the next request when the last is answered: a load generator cheap enough to stand beside what it measures."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import uvloop

CONNECTIONS = 50


@dataclass
class Run:
    """What a run found: seconds from the first to the last answer, milliseconds of each call, how many answers were not as they should be."""

    wanted: int
    request: Callable[[int], bytes]
    good: bytes
    asked: int = 0
    wrong: int = 0
    first_wrong: bytes = b""
    took_s: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def per_s(self) -> float:
        return len(self.latencies_ms) / self.took_s

    def at_ms(self, share: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Caller(asyncio.Protocol):
    """One connection, kept open."""

    def __init__(self, run: Run, done: asyncio.Event) -> None:
        self._run, self._done = run, done
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]
        self._next()

    def _next(self) -> None:
        if self._run.asked >= self._run.wanted:
            self._transport.close()
            if len(self._run.latencies_ms) >= self._run.wanted:
                self._done.set()
            return
        self._run.asked += 1
        self._sent_at = time.perf_counter()
        self._transport.write(self._run.request(self._run.asked))

    def data_received(self, data: bytes) -> None:
        self._held += data
        end = self._held.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._held[:end].lower()
        length = int(head[head.index(b"content-length:") + 15 :].split(b"\r\n", 1)[0])
        if len(self._held) < end + 4 + length:
            return
        answer, self._held = self._held, b""
        self._run.latencies_ms.append((time.perf_counter() - self._sent_at) * 1000)
        if self._run.good not in answer:
            self._run.wrong += 1
            self._run.first_wrong = self._run.first_wrong or answer
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if self._run.asked < self._run.wanted:
            self._run.wrong += 1
            self._done.set()


def drive(port: int, wanted: int, request: Callable[[int], bytes], good: bytes, connections: int = CONNECTIONS) -> Run:
    """Send so many requests (`request` makes the nth), `good` being in every right answer."""
    run = Run(wanted, request, good)

    async def all_of_them() -> None:
        done = asyncio.Event()
        loop = asyncio.get_running_loop()
        begun = time.perf_counter()
        for _ in range(min(connections, wanted)):
            await loop.create_connection(lambda: Caller(run, done), "127.0.0.1", port)
        await done.wait()
        run.took_s = time.perf_counter() - begun

    uvloop.run(all_of_them())
    if run.wrong:
        raise SystemExit(f"{run.wrong} of {run.wanted} calls were not answered as they should be, the first: {run.first_wrong[:600]!r}")
    return run
