"""The client for ordinary programs. Which calls there are is in calls.py, when one is repeated in retry.py."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from types import TracebackType
from typing import Any, Self, cast

import httpx

from staffetta.client import calls, retry
from staffetta.client.calls import Call
from staffetta.client.errors import NotReachable, refusal
from staffetta.client.settings import options
from staffetta.client.shapes import Accepted, Batch, Credit, Estimate, Lookup, LookupResult, Message, Sent, Type


class Client:
    """Speaks to the service at `url` with a key of the account; use it as a context manager, or close it.

    Every call raises StaffettaError where it is refused and NotReachable where no answer came. Calls that send have a key of their
    own, so that a repeat after a lost connection sends nothing twice; give `key` (of your order, say) to be safe across crashes too.
    """

    def __init__(
        self,
        key: str = "",
        url: str = "",
        *,
        timeout_s: float = 30,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take key and address, or those of STAFFETTA_KEY and STAFFETTA_URL."""
        self._http = httpx.Client(**options(key, url, timeout_s), transport=transport)
        self._sleep = sleep

    def __enter__(self) -> Self:
        """Keep the connections open."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close them."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(self, type: int, to: str, text: str, *, sender: str | None = None, send_at: datetime | None = None, key: str = "") -> Accepted:
        """Send one message, now or at a time; return it with its id, parts and cost."""
        return cast(Accepted, self.call(calls.send(type, to, text, sender, send_at, key)))

    def send_many(
        self,
        type: int,
        recipients: Iterable[tuple[str, str]],
        *,
        sender: str | None = None,
        send_at: datetime | None = None,
        key: str = "",
    ) -> Sent:
        """Send up to 10,000 messages, each (number, text), in one call; each is judged by itself."""
        return cast(Sent, self.call(calls.send_many(type, recipients, sender, send_at, key)))

    def message(self, id: str) -> Message:
        """Return a message as it stands."""
        return cast(Message, self.call(calls.get("/messages", id)))

    def messages(self, **filters: Any) -> Iterator[Message]:
        """Yield messages, page after page; filters: batch, state, number, key, since, until."""
        return cast(Iterator[Message], self._pages(calls.get("/messages", **filters)))

    def batch(self, id: str) -> Batch:
        """Return a batch as it stands, with how many messages are in each state."""
        return cast(Batch, self.call(calls.get("/batches", id)))

    def batches(self, **filters: Any) -> Iterator[Batch]:
        """Yield the batches, the newest first."""
        return cast(Iterator[Batch], self._pages(calls.get("/batches", **filters)))

    def batch_messages(self, id: str) -> Iterator[Message]:
        """Yield the messages of a batch."""
        return cast(Iterator[Message], self._pages(calls.get("/batches", id, "/messages")))

    def lookup(self, number: str, *, reuse: bool = True, key: str = "") -> Lookup:
        """Ask which operator has a number; `reuse` False asks and pays anew. Read it again (`lookup_now`) until it is *settled*."""
        return cast(Lookup, self.call(calls.lookup({"number": number}, reuse, key)))

    def lookup_many(self, numbers: Iterable[str], *, reuse: bool = True, key: str = "") -> Lookup:
        """Ask for up to 10,000 numbers; `left_out` says which are not asked for, and why."""
        return cast(Lookup, self.call(calls.lookup({"numbers": list(numbers)}, reuse, key)))

    def lookup_group(self, group: int, *, reuse: bool = True, key: str = "") -> Lookup:
        """Ask for the members of a group."""
        return cast(Lookup, self.call(calls.lookup({"group": group}, reuse, key)))

    def lookup_now(self, id: str) -> Lookup:
        """Return a lookup as it stands."""
        return cast(Lookup, self.call(calls.get("/lookups", id)))

    def lookups(self, **filters: Any) -> Iterator[Lookup]:
        """Yield the lookups, the newest first; filter: state."""
        return cast(Iterator[Lookup], self._pages(calls.get("/lookups", **filters)))

    def lookup_results(self, id: str, **filters: Any) -> Iterator[LookupResult]:
        """Yield what is known of each number; filters: state, reach, operator, ported, number."""
        return cast(Iterator[LookupResult], self._pages(calls.get("/lookups", id, "/results", **filters)))

    def credit(self) -> Credit:
        """Return the credit."""
        return cast(Credit, self.call(calls.get("/credit")))

    def types(self) -> list[Type]:
        """Return the types of SMS on sale, with their prices."""
        return cast(list[Type], list(self._pages(calls.get("/types"))))

    def estimate(self, type: int, recipients: Iterable[tuple[str, str]], *, sender: str | None = None) -> Estimate:
        """Return what messages would cost, recipient by recipient; send and charge nothing."""
        return cast(Estimate, self.call(calls.estimate(type, recipients, sender)))

    def call(self, call: Call) -> Any:
        """Make any call of the interface; return its JSON. Raises StaffettaError, NotReachable."""
        attempt = 0
        while True:
            attempt += 1
            response, why = self._once(call)
            if response is not None and response.is_success:
                return response.json() if response.content else None
            wait_s = retry.pause_s(attempt, response)
            if wait_s is None:
                raise refusal(response) if response is not None else NotReachable(str(self._http.base_url), why, call.key)
            self._sleep(wait_s)

    def _once(self, call: Call) -> tuple[httpx.Response | None, str]:
        try:
            return self._http.request(call.method, call.path, json=call.body, params=call.query, headers=call.headers), ""
        except httpx.TransportError as error:
            return None, str(error) or error.__class__.__name__

    def _pages(self, call: Call) -> Iterator[Any]:
        while True:
            page = self.call(call)
            yield from page["items"]
            if not page.get("next"):
                return
            call = calls.following(call, page["next"])
