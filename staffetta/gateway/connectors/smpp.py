"""A carrier that speaks SMPP 3.4, as transceiver: texts to parts, parts to submits, answers and receipts back to messages.

Knows sequence numbers and the meaning of the carrier's codes; neither tables nor when to send (link.py).
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from staffetta.gateway.ports import Answer, ConnectFailed, Listener, Received, Run
from staffetta.gateway.transport import Transport
from staffetta.smpp import receipt as receipts
from staffetta.smpp.constants import RECEIPT_FINAL, RECEIPT_NONE, Command, MessageState, Status
from staffetta.smpp.errors import ProtocolError
from staffetta.smpp.esme import EsmeSession
from staffetta.smpp.events import BindAnswer, Event, Fault, LinkAnswer, Nack, Unbound
from staffetta.smpp.pdu import Bind, Message
from staffetta.smpp.short import ShortMessage, SubmitAnswer
from staffetta.smpp.templates import SubmitTemplate
from staffetta.sms import parts as sms_parts
from staffetta.sms import sender as senders
from staffetta.sms.errors import SenderError

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
QUIET_S = 15.0
KEEP_MAX = 10_000


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


@dataclass(eq=False)
class Long:
    """A message of several parts on its way: answered when all of them are."""

    run: Run
    message: Any
    carrier_ids: list[str]
    unanswered: int
    state: str = "submitted"
    error: str | None = None


@dataclass(eq=False)
class Waiting:
    """A submit without an answer: of a whole message, or of one part of a long one."""

    run: Run
    message: Any
    long: Long | None = None
    part: int = 0
    late: bool = False


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
        self._waiting: dict[int, Waiting] = {}
        self._late: dict[int, Waiting] = {}
        self._sent: deque[_Sent] = deque()
        self._templates: dict[tuple[str, bool, int, int], SubmitTemplate] = {}
        self._encoded: dict[str, sms_parts.Encoded] = {}
        self._moments: dict[datetime, float] = {}
        self._heard, self._heard_at, self._asked_at = 0, 0.0, 0.0

    async def connect(self, listener: Listener) -> None:
        """Connect and bind as transceiver. Raises ConnectFailed with the reason."""
        address, loop = self._address, asyncio.get_running_loop()
        self._listener, self._session = listener, EsmeSession()
        self._bound = loop.create_future()
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
            raise ConnectFailed(f"{address.host}:{address.port} refused the log-in of '{address.system_id}': {_name(answer.status)}")
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
            encoded = self._encode(text, message)
            template = self._template(chunk.sender, chunk.receipts, encoded.data_coding, encoded.esm_class)
            destination = message.number[1:]
            if len(encoded.payloads) == 1:
                sequence, octets = session.submit(template, destination, encoded.payloads[0])
                waiting[sequence] = Waiting(run, message)
                sent.sequences.append(sequence)
                out.append(octets)
            else:
                long = Long(run, message, [""] * len(encoded.payloads), len(encoded.payloads))
                for part, payload in enumerate(encoded.payloads):
                    sequence, octets = session.submit(template, destination, payload)
                    waiting[sequence] = Waiting(run, message, long, part)
                    sent.sequences.append(sequence)
                    out.append(octets)
            room -= len(encoded.payloads)
            taken += 1
        if out:
            self._sent.append(sent)
            self._transport.write(b"".join(out))
        return taken, len(out)

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
                    overdue += self._resolved(waiting, "uncertain", time.time(), "", "no answer")
                    waiting.late = True
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
        """Unbind and disconnect."""
        if self._transport is None:
            return
        if self._session.bound:
            self._transport.write(self._session.unbind()[1])
        self._transport.close()

    # What comes in.

    def _on_events(self, events: Sequence[Event]) -> None:
        answers: list[Answer] = []
        received: list[Received] = []
        now = time.time()
        for event in events:
            if type(event) is SubmitAnswer:
                answers += self._answer(event.sequence, event.status, event.message_id, now)
            elif type(event) is ShortMessage:
                self._short_message(event, now, received)
            elif isinstance(event, Nack):
                answers += self._answer(event.sequence, event.status or Status.RUNKNOWNERR, "", now)
            elif isinstance(event, BindAnswer):
                if self._bound is not None and not self._bound.done():
                    self._bound.set_result(event)
            elif isinstance(event, Unbound) or (isinstance(event, Fault) and not event.recoverable):
                assert self._transport is not None
                self._transport.close()
            elif isinstance(event, LinkAnswer):
                continue
        assert self._listener is not None
        if received:
            self._listener.received(received)
        if answers or not events:
            self._listener.answered(answers)

    def _answer(self, sequence: int, status: int, message_id: str, now: float) -> list[Answer]:
        waiting = self._waiting.pop(sequence, None) or self._late.pop(sequence, None)
        if waiting is None:
            return []
        if status in TOO_FAST and self._listener is not None:
            self._listener.too_fast()
        state = meaning(status)
        return self._resolved(waiting, state, now, message_id, None if state == "submitted" else _name(status))

    def _resolved(self, waiting: Waiting, state: str, now: float, message_id: str, error: str | None) -> list[Answer]:
        """Return the answer of the message that a submit belongs to; nothing while other parts of it wait."""
        long = waiting.long
        if long is None:
            return [Answer(waiting.run, waiting.message, state, now, (message_id,) if state == "submitted" else (), error, waiting.late)]
        long.unanswered -= 1
        long.carrier_ids[waiting.part] = message_id
        if state != "submitted" and long.state != "uncertain":
            long.state, long.error = state, error
        if long.unanswered:
            return []
        some_taken = any(long.carrier_ids)
        # Trying again would send the parts twice that were taken.
        final = "failed" if long.state == "again" and some_taken else long.state
        return [Answer(long.run, long.message, final, now, tuple(long.carrier_ids) if some_taken else (), long.error)]

    def _short_message(self, event: ShortMessage, now: float, received: list[Received]) -> None:
        token = (self._session, event.sequence)
        read = receipts.read(event)
        if read is None:
            received.append(Received("", "", "", now, None, token))
            return
        state = RECEIPT_STATES[read.state]
        error = None if state == "delivered" else read.error or None
        received.append(Received(read.message_id, "+" + event.source_addr.lstrip("+"), state, self._moment(read.done, now), error, token))

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
        if not self._connected:
            if self._bound is not None and not self._bound.done():
                self._bound.set_exception(ConnectionError(reason))
            return
        self._connected = False
        now = time.time()
        answers = [answer for waiting in self._waiting.values() for answer in self._resolved(waiting, "uncertain", now, "", reason[:20])]
        self._waiting.clear()
        self._late.clear()
        self._sent.clear()
        if self._listener is not None:
            self._listener.answered(answers)
            self._listener.lost(reason)

    # What goes out.

    def _encode(self, text: str, message: Any) -> sms_parts.Encoded:
        encoded = self._encoded.get(text)
        if encoded is None:
            # The reference tells joined texts to one number apart; ids that follow one another differ in it.
            encoded = sms_parts.encoded(text, message.id)
            if len(encoded.payloads) == 1:
                if len(self._encoded) >= KEEP_MAX:
                    self._encoded.clear()
                self._encoded[text] = encoded
        return encoded

    def _template(self, sender: str, wants_receipt: bool, data_coding: int, esm_class: int) -> SubmitTemplate:
        key = (sender, wants_receipt, data_coding, esm_class)
        template = self._templates.get(key)
        if template is None:
            facts = _facts(sender)
            template = SubmitTemplate(
                Message(
                    source_addr=facts[0],
                    source_addr_ton=facts[1],
                    source_addr_npi=facts[2],
                    dest_addr_ton=1,
                    dest_addr_npi=1,
                    esm_class=esm_class,
                    data_coding=data_coding,
                    registered_delivery=RECEIPT_FINAL if wants_receipt else RECEIPT_NONE,
                )
            )
            if len(self._templates) >= KEEP_MAX:
                self._templates.clear()
            self._templates[key] = template
        return template


def _facts(sender: str) -> tuple[str, int, int]:
    try:
        checked = senders.check(sender)
    except SenderError:
        return sender[:11], 5, 0  # a fixed sender that staff chose: the carrier judges it
    return checked.address, checked.ton, checked.npi


def _name(status: int) -> str:
    try:
        return Status(status).name
    except ValueError:
        return f"0x{status:02X}"
