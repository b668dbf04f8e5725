"""The client for programs with an event loop. Which calls there are is in calls.py, when one is repeated in retry.py."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime
from types import TracebackType
from typing import Any, Self, cast

import httpx

from staffetta.client import calls, retry
from staffetta.client.calls import Call
from staffetta.client.errors import NotReachable, refusal
from staffetta.client.settings import options
from staffetta.client.shapes import Accepted, Batch, Credit, Estimate, Lookup, LookupResult, Message, Sent, Type


class AsyncClient:
    """As Client, with `await` and `async for`; use it with `async with`, or close it."""

    def __init__(
        self,
        key: str = "",
        url: str = "",
        *,
        timeout_s: float = 30,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take key and address, or those of STAFFETTA_KEY and STAFFETTA_URL."""
        self._http = httpx.AsyncClient(**options(key, url, timeout_s), transport=transport)
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        """Keep the connections open."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close them."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(
        self, type: int, to: str, text: str, *, sender: str | None = None, send_at: datetime | None = None, key: str = ""
    ) -> Accepted:
        """Send one message, now or at a time; return it with its id, parts and cost."""
        return cast(Accepted, await self.call(calls.send(type, to, text, sender, send_at, key)))

    async def send_many(
        self,
        type: int,
        recipients: Iterable[tuple[str, str]],
        *,
        sender: str | None = None,
        send_at: datetime | None = None,
        key: str = "",
    ) -> Sent:
        """Send up to 10,000 messages, each (number, text), in one call; each is judged by itself."""
        return cast(Sent, await self.call(calls.send_many(type, recipients, sender, send_at, key)))

    async def message(self, id: str) -> Message:
        """Return a message as it stands."""
        return cast(Message, await self.call(calls.get("/messages", id)))

    def messages(self, **filters: Any) -> AsyncIterator[Message]:
        """Yield messages, page after page; filters: batch, state, number, key, since, until."""
        return cast(AsyncIterator[Message], self._pages(calls.get("/messages", **filters)))

    async def batch(self, id: str) -> Batch:
        """Return a batch as it stands, with how many messages are in each state."""
        return cast(Batch, await self.call(calls.get("/batches", id)))

    def batches(self, **filters: Any) -> AsyncIterator[Batch]:
        """Yield the batches, the newest first."""
        return cast(AsyncIterator[Batch], self._pages(calls.get("/batches", **filters)))

    def batch_messages(self, id: str) -> AsyncIterator[Message]:
        """Yield the messages of a batch."""
        return cast(AsyncIterator[Message], self._pages(calls.get("/batches", id, "/messages")))

    async def lookup(self, number: str, *, reuse: bool = True, key: str = "") -> Lookup:
        """Ask which operator has a number; `reuse` False asks and pays anew. Read it again (`lookup_now`) until it is *settled*."""
        return cast(Lookup, await self.call(calls.lookup({"number": number}, reuse, key)))

    async def lookup_many(self, numbers: Iterable[str], *, reuse: bool = True, key: str = "") -> Lookup:
        """Ask for up to 10,000 numbers; `left_out` says which are not asked for, and why."""
        return cast(Lookup, await self.call(calls.lookup({"numbers": list(numbers)}, reuse, key)))

    async def lookup_group(self, group: int, *, reuse: bool = True, key: str = "") -> Lookup:
        """Ask for the members of a group."""
        return cast(Lookup, await self.call(calls.lookup({"group": group}, reuse, key)))

    async def lookup_now(self, id: str) -> Lookup:
        """Return a lookup as it stands."""
        return cast(Lookup, await self.call(calls.get("/lookups", id)))

    def lookups(self, **filters: Any) -> AsyncIterator[Lookup]:
        """Yield the lookups, the newest first; filter: state."""
        return cast(AsyncIterator[Lookup], self._pages(calls.get("/lookups", **filters)))

    def lookup_results(self, id: str, **filters: Any) -> AsyncIterator[LookupResult]:
        """Yield what is known of each number; filters: state, reach, operator, ported, number."""
        return cast(AsyncIterator[LookupResult], self._pages(calls.get("/lookups", id, "/results", **filters)))

    async def credit(self) -> Credit:
        """Return the credit."""
        return cast(Credit, await self.call(calls.get("/credit")))

    async def types(self) -> list[Type]:
        """Return the types of SMS on sale, with their prices."""
        return cast(list[Type], [kind async for kind in self._pages(calls.get("/types"))])

    async def estimate(self, type: int, recipients: Iterable[tuple[str, str]], *, sender: str | None = None) -> Estimate:
        """Return what messages would cost, recipient by recipient; send and charge nothing."""
        return cast(Estimate, await self.call(calls.estimate(type, recipients, sender)))

    async def call(self, call: Call) -> Any:
        """Make any call of the interface; return its JSON. Raises StaffettaError, NotReachable."""
        attempt = 0
        while True:
            attempt += 1
            response, why = await self._once(call)
            if response is not None and response.is_success:
                return response.json() if response.content else None
            wait_s = retry.pause_s(attempt, response)
            if wait_s is None:
                raise refusal(response) if response is not None else NotReachable(str(self._http.base_url), why, call.key)
            await self._sleep(wait_s)

    async def _once(self, call: Call) -> tuple[httpx.Response | None, str]:
        try:
            return await self._http.request(call.method, call.path, json=call.body, params=call.query, headers=call.headers), ""
        except httpx.TransportError as error:
            return None, str(error) or error.__class__.__name__

    async def _pages(self, call: Call) -> AsyncIterator[Any]:
        while True:
            page = await self.call(call)
            for item in page["items"]:
                yield item
            if not page.get("next"):
                return
            call = calls.following(call, page["next"])
