"""A gateway's link, the simulator and `work` in one event loop over a committed database: real sockets, real transactions."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from staffetta.carriers.models import Connector
from staffetta.gateway.connectors.smpp import Address, SmppConnector
from staffetta.gateway.link import Link
from staffetta.gateway.simulator.smsc import Manner, Simulator
from staffetta.gateway.store import DatabaseStore
from tests.db.line import work_all


@dataclass
class Rig:
    """What runs; `taken` is the simulator's log: (number, octets of the text) of each message it took."""

    link: Link
    simulator: Simulator
    log: io.StringIO

    @property
    def taken(self) -> list[tuple[str, bytes]]:
        return [(fields[2], bytes.fromhex(fields[3])) for line in self.log.getvalue().splitlines() if (fields := line.split(" "))[1] != "-"]

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Let `work` and the link go on until a condition holds."""
        await until(self.link, condition)


async def until(link: Link, condition: Callable[[], object], timeout_s: float = 20) -> None:
    """Let `work` and a link go on until a condition holds. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not await asyncio.to_thread(_closing(condition)):
            await asyncio.to_thread(_closing(work_all))
            link.wake()
            await asyncio.sleep(0.01)


def _closing(call: Callable[[], object]) -> Callable[[], object]:
    """Have a call in a thread of the pool leave no connection behind."""
    store = DatabaseStore(0, "")

    def called() -> object:
        try:
            return call()
        finally:
            store.close()

    return called


@asynccontextmanager
async def link_to(connector: Connector, port: int, **address: object) -> AsyncIterator[Link]:
    """Run a link to whoever listens on a port of loopback; stop it in order at the end."""
    link = Link(
        connector.name,
        SmppConnector(Address("127.0.0.1", port, connector.system_id, "test", **address)),  # type: ignore[arg-type]
        DatabaseStore(connector.pk, "gw"),
        connector.in_flight_max,
        connector.rate,
    )
    stop = asyncio.Event()
    running = asyncio.ensure_future(link.run(stop))
    try:
        yield link
    finally:
        stop.set()
        await running


@asynccontextmanager
async def rig(connector: Connector, manner: Manner | None = None, **address: object) -> AsyncIterator[Rig]:
    """Start the simulator on a free port and a link to it; stop both at the end."""
    log = io.StringIO()
    simulator = Simulator(manner or Manner(receipt_s=0.02), log)
    port = await simulator.start("127.0.0.1", 0)
    try:
        async with link_to(connector, port, **address) as link:
            yield Rig(link, simulator, log)
    finally:
        await simulator.stop()
