"""The `gateway` process: one link per connector in use, taken up and let go as staff change them."""

import argparse
import asyncio
import logging
import os
import secrets
import signal
import socket
import threading
from dataclasses import dataclass

import uvloop
from django.db import Error, connection

from staffetta.carriers.models import Connector
from staffetta.gateway.connectors.smpp import Address, SmppConnector
from staffetta.gateway.link import Link, woken
from staffetta.gateway.store import DatabaseStore
from staffetta.lib.memory import seldom_collect
from staffetta.messaging.listen import Listener
from staffetta.messaging.wake import GATEWAY

log = logging.getLogger(__name__)

LOOK_S = 2.0


@dataclass(frozen=True)
class Plan:
    """What a link is made from; a changed plan makes a new link."""

    connector_id: int
    name: str
    address: Address
    in_flight_max: int
    rate: int


def plans() -> list[Plan]:
    """Return the connectors in use."""
    return [
        Plan(
            row.pk,
            row.name,
            Address(row.host, row.port, row.system_id, row.password, row.system_type, row.window, row.answer_s, row.time_zone),
            row.in_flight_max,
            row.rate,
        )
        for row in Connector.objects.filter(active=True, kind="smpp")
    ]


class Gateway:
    """Keeps the links that the connectors ask for."""

    def __init__(self) -> None:
        """Take a name that no other gateway has, and that a restarted one does not inherit."""
        self.owner = f"{socket.gethostname()}:{os.getpid()}#{secrets.token_hex(4)}"
        self._links: dict[Plan, tuple[Link, asyncio.Event, asyncio.Task[None]]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Look after the links until told to stop; then stop them all."""
        loop = asyncio.get_running_loop()
        ended = threading.Event()
        threading.Thread(target=self._listen, args=(loop, ended), daemon=True).start()
        while not stop.is_set():
            try:
                self._take(await asyncio.to_thread(_plans_in_thread))
            except Error as error:
                log.warning("gateway: the database does not answer (%s)", str(error).strip().split("\n")[0])
            await woken(stop, LOOK_S)
        ended.set()
        self._take([])
        await asyncio.gather(*[task for _, _, task in self._links.values()], return_exceptions=True)

    def _take(self, wanted: list[Plan]) -> None:
        for plan in wanted:
            known = self._links.get(plan)
            if known is None and not any(other.connector_id == plan.connector_id for other in self._links):
                try:
                    self._begin(plan)
                except Exception:
                    # One connector that cannot be used must not stop the links of the others.
                    log.exception("link %s: cannot begin", plan.name)
        for plan, (_, stop, task) in list(self._links.items()):
            if task.done():
                if not task.cancelled() and (error := task.exception()):
                    log.error("link %s: broke and begins again", plan.name, exc_info=error)
                del self._links[plan]
            elif plan not in wanted:
                stop.set()

    def _begin(self, plan: Plan) -> None:
        link = Link(
            plan.name,
            SmppConnector(plan.address),
            DatabaseStore(plan.connector_id, f"{self.owner}-{secrets.token_hex(4)}"),
            plan.in_flight_max,
            plan.rate,
        )
        stop = asyncio.Event()
        log.info("link %s: to %s:%s", plan.name, plan.address.host, plan.address.port)
        self._links[plan] = (link, stop, asyncio.ensure_future(link.run(stop)))

    def _wake(self) -> None:
        for link, _, _ in self._links.values():
            link.wake()

    def _listen(self, loop: asyncio.AbstractEventLoop, ended: threading.Event) -> None:
        listener = Listener(GATEWAY)
        while not ended.is_set():
            listener.wait(1.0, ended)
            if not ended.is_set():
                loop.call_soon_threadsafe(self._wake)


def _plans_in_thread() -> list[Plan]:
    try:
        return plans()
    except Error:
        connection.close()
        raise


async def _main() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    gateway = Gateway()
    log.info("gateway %s: started", gateway.owner)
    await gateway.run(stop)
    log.info("gateway %s: stopped", gateway.owner)


def main(options: argparse.Namespace) -> int:
    """Run until SIGTERM or Ctrl-C; what was begun is ended first."""
    seldom_collect()
    uvloop.run(_main())
    return 0
