"""An SMSC over loopback that accepts, delays, refuses and disconnects as its table says (outcomes.py). Knows no database.

Receipts that were not acknowledged are sent again after the next bind, as carriers do.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple, TextIO

from staffetta.gateway.simulator.outcomes import USUAL, Behaviour, behaviour
from staffetta.gateway.transport import Transport
from staffetta.smpp import receipt as receipts
from staffetta.smpp.constants import ESM_RECEIPT, RECEIPT_NONE, MessageState, Status
from staffetta.smpp.events import BindRequest, Event, Fault, QueryRequest, Unbound
from staffetta.smpp.pdu import Message, QueryAnswer
from staffetta.smpp.short import DeliverAnswer, ShortMessage
from staffetta.smpp.smsc import SmscSession
from staffetta.smpp.templates import DeliverTemplate

STEP_S = 0.005
UNACKNOWLEDGED_MAX = 5_000


@dataclass
class Manner:
    """How the whole simulator behaves: submits a second (0: any), seconds before an answer and before a receipt, who may bind."""

    rate: int = 0
    answer_s: float = 0.0
    receipt_s: float = 0.05
    system_id: str = ""
    password: str = ""


class Due(NamedTuple):
    """A receipt to be sent from some moment on."""

    at: float
    source: str
    destination: str
    text: bytes


@dataclass(eq=False)
class Peer:
    """One connection: what waits to be answered, and receipts sent without an acknowledgement."""

    session: SmscSession
    transport: Transport | None = None
    answers: deque[tuple[float, bytes]] = field(default_factory=deque)
    unacknowledged: dict[int, Due] = field(default_factory=dict)
    last_answer_at: float = 0.0
    system_id: str = ""


class Simulator:
    """Listens on one port and plays the carrier."""

    def __init__(self, manner: Manner, log: TextIO | None = None) -> None:
        """`log` gets a line for each message taken: time, id, number, octets of its text in hexadecimal."""
        self.manner = manner
        self.taken = 0
        self._log = log
        self._template = DeliverTemplate(
            Message(source_addr_ton=1, source_addr_npi=1, dest_addr_ton=0, dest_addr_npi=1, esm_class=ESM_RECEIPT)
        )
        self._peers: set[Peer] = set()
        self._due: defaultdict[str, deque[Due]] = defaultdict(deque)  # a receipt goes to who has sent the message, on any connection
        self._refused_once: set[str] = set()
        self._ids = int(time.time()) * 1_000_000
        self._states: dict[str, MessageState] = {}
        self._server: asyncio.Server | None = None
        self._stepping: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen (port 0: any free one) and return the port."""
        self._server = await asyncio.get_running_loop().create_server(self._connection, host, port)
        self._stepping = asyncio.ensure_future(self._steps())
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        if self._server is None or self._stepping is None:
            return
        self._server.close()
        self._stepping.cancel()
        self.disconnect()

    def disconnect(self) -> None:
        """Close every connection at once; new ones are taken."""
        for peer in list(self._peers):
            if peer.transport is not None:
                peer.transport.abort()

    def _connection(self) -> Transport:
        peer = Peer(SmscSession())
        peer.transport = Transport(peer.session, lambda events: self._on_events(peer, events), lambda reason: self._on_lost(peer))
        self._peers.add(peer)
        return peer.transport

    def _on_lost(self, peer: Peer) -> None:
        self._peers.discard(peer)
        self._due[peer.system_id].extendleft(reversed(peer.unacknowledged.values()))
        peer.unacknowledged.clear()

    def _on_events(self, peer: Peer, events: Sequence[Event]) -> None:
        now = time.time()
        for event in events:
            if type(event) is ShortMessage:
                self._submit(peer, event, now)
            elif type(event) is DeliverAnswer:
                peer.unacknowledged.pop(event.sequence, None)
            elif isinstance(event, BindRequest):
                self._bind(peer, event)
            elif isinstance(event, QueryRequest):
                self._query(peer, event)
            elif isinstance(event, Unbound) or (isinstance(event, Fault) and not event.recoverable):
                assert peer.transport is not None
                peer.transport.close()
        if self._log is not None and events:
            self._log.flush()
        self._send_answers(peer, now)

    def _bind(self, peer: Peer, event: BindRequest) -> None:
        assert peer.transport is not None
        peer.system_id = event.bind.system_id
        status = Status.ROK
        if self.manner.system_id and event.bind.system_id != self.manner.system_id:
            status = Status.RINVSYSID
        elif self.manner.password and event.bind.password != self.manner.password:
            status = Status.RINVPASWD
        peer.transport.write(peer.session.answer_bind(event, status, "staffetta-sim"))

    def _query(self, peer: Peer, event: QueryRequest) -> None:
        assert peer.transport is not None
        message_id = event.query.message_id
        state = self._states.get(message_id, MessageState.UNKNOWN)
        peer.transport.write(peer.session.answer_query(event.sequence, Status.ROK, QueryAnswer(message_id, "", state, 0)))

    def _submit(self, peer: Peer, event: ShortMessage, now: float) -> None:
        fate = behaviour(event.destination_addr)
        if fate.only_first_refused and event.destination_addr in self._refused_once:
            fate = USUAL
        if fate.disconnect:
            assert peer.transport is not None
            peer.transport.abort()
            return
        if fate.status != Status.ROK:
            self._refuse(peer, event, fate, now)
            return
        self._ids += 1
        self.taken += 1
        message_id = str(self._ids)
        if self._log is not None:
            self._log.write(f"{now:.4f} {message_id} {event.destination_addr} {event.short_message.hex()}\n")
        answered_as, reported_as = message_id, message_id
        if fate.hexadecimal:
            answered_as = f"{self._ids:X}"
        if fate.padded:
            reported_as = message_id.zfill(24)
        if fate.receipt is not None and event.registered_delivery != RECEIPT_NONE:
            self._plan_receipt(peer, event, fate, reported_as, now)
        self._answer(peer, peer.session.answer_submit(event.sequence, Status.ROK, answered_as), now)

    def _refuse(self, peer: Peer, event: ShortMessage, fate: Behaviour, now: float) -> None:
        if fate.only_first_refused:
            self._refused_once.add(event.destination_addr)
        if fate.status is not None:
            self._answer(peer, peer.session.answer_submit(event.sequence, fate.status, ""), now)
        elif self._log is not None:
            self._log.write(f"{now:.4f} - {event.destination_addr} {event.short_message.hex()}\n")

    def _plan_receipt(self, peer: Peer, event: ShortMessage, fate: Behaviour, message_id: str, now: float) -> None:
        assert fate.receipt is not None
        done = now if fate.receipt_first else now + self.manner.receipt_s
        text = b"id:%s%s" % (message_id.encode(), _after_id(fate.receipt, int(now), int(done), fate.error))
        due = Due(done, event.destination_addr, event.source_addr, text)
        if fate.receipt_first:
            self._deliver(peer, due)
        else:
            self._due[peer.system_id].extend([due] * fate.receipts)

    def _answer(self, peer: Peer, octets: bytes, now: float) -> None:
        at = now + self.manner.answer_s
        if self.manner.rate:
            at = max(at, peer.last_answer_at + 1 / self.manner.rate)
        peer.last_answer_at = at
        peer.answers.append((at, octets))

    def _send_answers(self, peer: Peer, now: float) -> None:
        out: list[bytes] = []
        while peer.answers and peer.answers[0][0] <= now:
            out.append(peer.answers.popleft()[1])
        if out and peer.transport is not None:
            peer.transport.write(b"".join(out))

    def _deliver(self, peer: Peer, due: Due) -> None:
        sequence, octets = peer.session.deliver(self._template, due.source, due.destination, due.text)
        peer.unacknowledged[sequence] = due
        assert peer.transport is not None
        peer.transport.write(octets)

    async def _steps(self) -> None:
        while True:
            await asyncio.sleep(STEP_S)
            now = time.time()
            for peer in list(self._peers):
                self._send_answers(peer, now)
                self._send_receipts(peer, now)

    def _send_receipts(self, peer: Peer, now: float) -> None:
        if not peer.session.bound or peer.transport is None or peer.transport.full:
            return
        out: list[bytes] = []
        waiting = self._due[peer.system_id]
        while waiting and waiting[0].at <= now and len(peer.unacknowledged) < UNACKNOWLEDGED_MAX:
            due = waiting.popleft()
            sequence, octets = peer.session.deliver(self._template, due.source, due.destination, due.text)
            peer.unacknowledged[sequence] = due
            out.append(octets)
        if out:
            peer.transport.write(b"".join(out))


@lru_cache(maxsize=1000)
def _after_id(state: MessageState, submitted: int, done: int, error: str) -> bytes:
    """Return a receipt's text after its id: the same for all messages of a second."""
    text = receipts.write("", state, datetime.fromtimestamp(submitted, UTC), datetime.fromtimestamp(done, UTC), error, seconds=True)
    return text.removeprefix(b"id:")
