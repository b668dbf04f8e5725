"""A carrier that speaks SMPP 3.4, as transceiver: texts to parts, parts to submits, answers and receipts back to messages.

Knows sequence numbers and the meaning of the carrier's codes; neither tables nor when to send (link.py).
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from staffetta.gateway.connectors.submits import KEEP_MAX, Submits
from staffetta.gateway.connectors.waiting import Long, Waiting, resolved, status_name
from staffetta.gateway.ports import Answer, ConnectFailed, Listener, Received, Run
from staffetta.gateway.transport import Transport
from staffetta.smpp import receipt as receipts
from staffetta.smpp.constants import Command, MessageState, Status
from staffetta.smpp.errors import ProtocolError
from staffetta.smpp.esme import EsmeSession
from staffetta.smpp.events import BindAnswer, Event, Fault, Nack, Unbound
from staffetta.smpp.pdu import Bind
from staffetta.smpp.short import ShortMessage, SubmitAnswer

# What a submit_sm_resp's status means. All others, the carriers' own among them, say that the message was not taken: refused for good.
SUBMITTED = frozenset({Status.ROK})
AGAIN = frozenset({Status.RTHROTTLED, Status.RMSGQFUL, Status.RSYSERR, Status.RX_T_APPN, Status.RINVBNDSTS})
TOO_FAST = frozenset({Status.RTHROTTLED})

# What a receipt's state means; "" is not final.
RECEIPT_STATES = {
    MessageState.ENROUTE: "",
    MessageState.ACCEPTED: "",
    MessageState.DELIVERED: "delivered",
    MessageState.EXPIRED: "expired",
    MessageState.REJECTED: "rejected",
    MessageState.UNDELIVERABLE: "undelivered",
    MessageState.DELETED: "undelivered",
    MessageState.UNKNOWN: "undelivered",
}

CONNECT_S = 10.0
UNBIND_S = 2.0
QUIET_S = 15.0
_new = tuple.__new__  # a NamedTuple's own constructor costs as much again as the tuple


def meaning(status: int) -> str:
    """Return submitted, again or failed for the status of an answer."""
    return "submitted" if status in SUBMITTED else "again" if status in AGAIN else "failed"


@dataclass(frozen=True)
class Address:
    """Where the carrier is, how to log in, and what it allows."""

    host: str
    port: int
    system_id: str
    password: str
    system_type: str = ""
    window: int = 1000
    answer_s: int = 60
    time_zone: str = "UTC"


@dataclass
class _Sent:
    """Sequence numbers submitted together, to find those that are overdue."""

    at: float
    sequences: list[int] = field(default_factory=list)


class SmppConnector:
    """One transceiver session to a carrier; made anew at each connect."""

    def __init__(self, address: Address) -> None:
        """Hold where the carrier is; connects later."""
        self._address = address
        self._zone = ZoneInfo(address.time_zone)
        self._listener: Listener | None = None
        self._transport: Transport | None = None
        self._session = EsmeSession()
        self._bound: asyncio.Future[BindAnswer] | None = None
        self._connected = False
        self._unbound = asyncio.Event()
        self._waiting: dict[int, Waiting] = {}
        self._late: dict[int, Waiting] = {}
        self._sent: deque[_Sent] = deque()
        self._submits = Submits()
        self._moments: dict[datetime, float] = {}
        self._heard, self._heard_at, self._asked_at = 0, 0.0, 0.0

    async def connect(self, listener: Listener) -> None:
        """Connect and bind as transceiver. Raises ConnectFailed with the reason."""
        address, loop = self._address, asyncio.get_running_loop()
        self._listener, self._session = listener, EsmeSession()
        self._bound, self._unbound = loop.create_future(), asyncio.Event()
        self._transport = Transport(self._session, self._on_events, self._on_lost)
        transport = self._transport
        try:
            async with asyncio.timeout(CONNECT_S):
                await loop.create_connection(lambda: transport, address.host, address.port)
                _, octets = self._session.bind(Command.BIND_TRANSCEIVER, Bind(address.system_id, address.password, address.system_type))
                transport.write(octets)
                answer = await self._bound
        except TimeoutError:
            transport.abort()
            raise ConnectFailed(f"{address.host}:{address.port} did not answer within {CONNECT_S:g} s") from None
        except (OSError, ProtocolError) as error:
            transport.abort()
            raise ConnectFailed(f"{address.host}:{address.port} cannot be reached: {error}") from None
        if answer.status:
            transport.abort()
            raise ConnectFailed(f"{address.host}:{address.port} refused the log-in of '{address.system_id}': {status_name(answer.status)}")
        self._heard_at, self._connected = time.monotonic(), True

    def room(self) -> int:
        """Return how many submits may go before an answer comes."""
        if self._transport is None or self._transport.full or not self._session.bound:
            return 0
        return self._address.window - len(self._waiting)

    def submit(self, run: Run, messages: Sequence[Any]) -> tuple[int, int]:
        """Submit messages in order while the window has room for all parts of the next; return messages and submits that went."""
        chunk, session, waiting = run.chunk, self._session, self._waiting
        assert self._transport is not None
        out: list[bytes] = []
        sent = _Sent(time.monotonic())
        room = self.room()
        taken = 0
        for message in messages:
            # A message with more parts than the whole window goes when nothing else waits.
            if message.parts > room and (waiting or taken):
                break
            text = chunk.text if message.text is None else message.text
            try:
                data_coding, esm_class, payloads = self._submits.encoded(text, message)
                template = self._submits.template(chunk.sender, chunk.receipts, data_coding, esm_class)
            except (ProtocolError, ValueError):
                # A sender or text that SMPP cannot carry must not stop the others.
                self._tell_soon(Answer(run, message, "failed", time.time(), error="not encodable"))
                taken += 1
                continue
            destination = message.number[1:]
            long = Long(run, message, [""] * len(payloads), len(payloads)) if len(payloads) > 1 else None
            for part, payload in enumerate(payloads):
                sequence, octets = session.submit(template, destination, payload)
                waiting[sequence] = (run, message) if long is None else (long, part, None)
                sent.sequences.append(sequence)
                out.append(octets)
            room -= len(payloads)
            taken += 1
        if out:
            self._sent.append(sent)
            self._transport.write(b"".join(out))
        return taken, len(out)

    def _tell_soon(self, answer: Answer) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().call_soon(self._listener.answered, [answer])

    def acknowledge(self, receipts: Sequence[Received]) -> None:
        """Answer the deliver_sm of these receipts. A receipt of an older connection is left: its carrier sends it again."""
        if receipts and self._transport is not None and self._session.bound:
            session = self._session
            self._transport.write(b"".join([session.answer_deliver(r.token[1]) for r in receipts if r.token[0] is session]))

    def tick(self) -> None:
        """Give up on overdue answers; ask after a quiet line, and end one that does not answer."""
        now = time.monotonic()
        overdue: list[Answer] = []
        while self._sent and now - self._sent[0].at > self._address.answer_s:
            for sequence in self._sent.popleft().sequences:
                if waiting := self._waiting.pop(sequence, None):
                    overdue += resolved(waiting, "uncertain", time.time(), "", "no answer")
                    self._late[sequence] = waiting
        while len(self._late) > KEEP_MAX:
            del self._late[next(iter(self._late))]
        if overdue and self._listener is not None:
            self._listener.answered(overdue)
        self._watch(now)

    def _watch(self, now: float) -> None:
        if self._transport is None or not self._session.bound:
            return
        if self._transport.received_bytes != self._heard:
            self._heard, self._heard_at, self._asked_at = self._transport.received_bytes, now, 0.0
        elif now - self._heard_at > QUIET_S and not self._asked_at:
            self._asked_at = now
            self._transport.write(self._session.enquire_link()[1])
        elif self._asked_at and now - self._asked_at > QUIET_S:
            self._transport.abort()

    async def close(self) -> None:
        """Unbind, wait a moment for the answer, and disconnect."""
        if self._transport is None:
            return
        if self._session.bound:
            self._transport.write(self._session.unbind()[1])
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(UNBIND_S):
                    await self._unbound.wait()
        self._transport.close()

    # What comes in.

    def _on_events(self, events: Sequence[Event]) -> None:
        answers: list[Answer] = []
        received: list[Received] = []
        now = time.time()
        pop = self._waiting.pop
        for event in events:
            if type(event) is SubmitAnswer:
                sequence, status, message_id = event
                waiting = pop(sequence, None)
                if status == Status.ROK and waiting is not None and len(waiting) == 2:
                    # What nearly all answers are, without a call.
                    answers.append(_new(Answer, (*waiting, "submitted", now, (message_id,), None, False)))
                else:
                    answers += self._answer(waiting, sequence, status, message_id, now)
            elif type(event) is ShortMessage:
                received.append(self._received(event, now))
            else:
                answers += self._rare(event, now)
        assert self._listener is not None
        if received:
            self._listener.received(received)
        if answers or not events:
            self._listener.answered(answers)

    def _rare(self, event: Event, now: float) -> list[Answer]:
        if isinstance(event, Nack):
            return self._answer(self._waiting.pop(event.sequence, None), event.sequence, event.status or Status.RUNKNOWNERR, "", now)
        if isinstance(event, BindAnswer):
            if self._bound is not None and not self._bound.done():
                self._bound.set_result(event)
        elif isinstance(event, Unbound) or (isinstance(event, Fault) and not event.recoverable):
            assert self._transport is not None
            self._transport.close()
            self._unbound.set()
        return []

    def _answer(self, waiting: Waiting | None, sequence: int, status: int, message_id: str, now: float) -> list[Answer]:
        late = None if waiting else self._late.pop(sequence, None)
        if waiting is None and late is None:
            return []
        if status in TOO_FAST and self._listener is not None:
            self._listener.too_fast()
        state = meaning(status)
        error = None if state == "submitted" else status_name(status)
        if late is not None:
            return [answer._replace(late=True) for answer in resolved(late, state, now, message_id, error)]
        return resolved(waiting, state, now, message_id, error) if waiting else []

    def _received(self, event: ShortMessage, now: float) -> Received:
        token = (self._session, event.sequence)
        read = receipts.read(event)
        if read is None:
            return Received("", "", "", now, None, token)
        message_id, told, error, done = read
        state = RECEIPT_STATES[told]
        number = "+" + event.source_addr.lstrip("+")
        return _new(Received, (message_id, number, state, self._moment(done, now), None if state == "delivered" else error or None, token))

    def _moment(self, done: datetime | None, now: float) -> float:
        """Return when the handset got it. A time to the minute that is this minute, or one that is yet to come, is now."""
        if done is None:
            return now
        told = self._moments.get(done)
        if told is None:
            if len(self._moments) >= KEEP_MAX:
                self._moments.clear()
            told = self._moments[done] = done.replace(tzinfo=self._zone).timestamp()
        return now if told > now or (now - told < 60 and not done.second) else told

    def _on_lost(self, reason: str) -> None:
        self._unbound.set()
        if not self._connected:
            if self._bound is not None and not self._bound.done():
                self._bound.set_exception(ConnectionError(reason))
            return
        self._connected = False
        now = time.time()
        answers = [answer for waiting in self._waiting.values() for answer in resolved(waiting, "uncertain", now, "", reason[:20])]
        self._waiting.clear()
        self._late.clear()
        self._sent.clear()
        if self._listener is not None:
            self._listener.answered(answers)
            self._listener.lost(reason)
