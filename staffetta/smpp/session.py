"""What both ends of an SMPP connection have in common: bytes in, events out, and the answers that need no decision.

No socket, no clock, no time-outs: the caller moves bytes and keeps time. The two ends are in esme.py and smsc.py, the
table of who may send what when is in states.py. The caller of `receive` writes `outgoing()` to the peer afterwards.
"""

from collections.abc import Callable
from typing import Final

from staffetta.smpp.codec import cut, encode, with_header
from staffetta.smpp.constants import PDU_SIZE_MAX, RESPONSE_BIT, SEQUENCE_MAX, Command, Status
from staffetta.smpp.errors import ProtocolError
from staffetta.smpp.events import Event, Fault, Ignored, LinkAnswer, Nack, Unbound
from staffetta.smpp.pdu import Body, Pdu
from staffetta.smpp.states import BOUND, MOVES, WITHOUT_ANSWER, Role, State, refusal, sent_by, taken_by

# Gets status, sequence and body of a PDU; None says that there is nothing to tell.
Handler = Callable[[int, int, bytes], Event | None]


class Session:
    """One SMPP connection seen from one end. Use EsmeSession or SmscSession."""

    role: Role

    def __init__(self, first_sequence: int = 1, pdu_size_max: int = PDU_SIZE_MAX) -> None:
        self.state = State.OPEN
        self._rest = b""
        self._out: list[bytes] = []
        self._sequence: int = first_sequence
        self._pdu_size_max: Final = pdu_size_max
        # Our rare requests that wait for an answer, by sequence number. Submits and delivers are not here: their
        # sender keeps what it needs of each by sequence number anyway, and a late answer to one must still be told.
        self._asked: dict[int, Command] = {}
        self._all_handlers: Final[dict[int, Handler]] = {
            Command.UNBIND: self._unbind,
            Command.UNBIND_RESP: self._unbind_answer,
            Command.ENQUIRE_LINK: self._enquire_link,
            Command.ENQUIRE_LINK_RESP: self._enquire_link_answer,
            Command.GENERIC_NACK: self._nack,
            **self._role_handlers(),
        }
        self._enter(State.OPEN)

    @property
    def bound(self) -> bool:
        """Tell whether the peer has let us in, or we it, and nobody has asked to leave."""
        return self.state in BOUND

    def receive(self, data: bytes) -> list[Event]:
        """Take what arrived, in any pieces, and return what it means, in order. Never raises.

        PDUs that break the protocol are answered as the standard says and told as Fault; after a command_length that
        cannot be, the session is closed and takes no more. At most one unfinished PDU is kept.
        """
        if self.state is State.CLOSED:
            return []
        frames, self._rest, error = cut(self._rest + data if self._rest else data, self._pdu_size_max)
        events: list[Event] = []
        for command, status, sequence, body in frames:
            handler = self._handlers.get(command)
            try:
                event = handler(status, sequence, body) if handler else self._refused(command, sequence)
            except ProtocolError as fault:
                event = self._fault(command, sequence, fault)
            if event is not None:
                events.append(event)
            if not self._handlers:  # an unbind among these PDUs has closed the session
                self._rest = b""
                return events
        if error:
            self._out.append(with_header(Command.GENERIC_NACK, error.status, 0))
            self._enter(State.CLOSED)
            events.append(Fault(0, 0, error.status, error.reason, recoverable=False))
        return events

    def outgoing(self) -> bytes:
        """Return the answers that `receive` made by itself, once."""
        if not self._out:
            return b""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def next_sequence(self) -> int:
        """Return a new sequence number: 1 to 0x7FFFFFFF, then from 1 again (§5.1.4)."""
        sequence = self._sequence
        self._sequence = sequence + 1 if sequence < SEQUENCE_MAX else 1
        return sequence

    def enquire_link(self) -> tuple[int, bytes]:
        """Return sequence number and octets of an enquire_link (§4.11). Raises ProtocolError once closed or unbinding."""
        return self._ask(Command.ENQUIRE_LINK)

    def unbind(self) -> tuple[int, bytes]:
        """Return sequence number and octets of an unbind (§4.2); nothing new may be sent after. Raises ProtocolError."""
        asked = self._ask(Command.UNBIND)
        self._move(Command.UNBIND)
        return asked

    def close(self) -> None:
        """Say that the connection is gone. What was asked will not be answered."""
        self._asked.clear()
        self._rest = b""
        self._enter(State.CLOSED)

    def _role_handlers(self) -> dict[int, Handler]:
        raise NotImplementedError

    def _enter(self, state: State) -> None:
        self.state = state
        taken = taken_by(self.role, state)
        self._handlers = {int(command): handler for command, handler in self._all_handlers.items() if command in taken}
        self._sends = sent_by(self.role, state)

    def _move(self, command: Command) -> None:
        self._enter(MOVES[self.state, command])

    def _check(self, command: int) -> None:
        if command not in self._sends:
            name = Command(command).name.lower()
            raise ProtocolError(f"{name} cannot be sent by {self.role.name} when {self.state.value}.", Status.RINVBNDSTS)

    def _ask(self, command: Command, body: Body | None = None) -> tuple[int, bytes]:
        self._check(command)
        pdu = Pdu(command, self._sequence) if body is None else Pdu(command, self._sequence, body=body)
        data = encode(pdu)
        sequence = self.next_sequence()
        self._asked[sequence] = command
        return sequence, data

    def _answered(self, command: Command, sequence: int) -> None:
        """Take an answer for one of our rare requests. Raises ProtocolError where nobody asked."""
        if self._asked.get(sequence) != command & ~RESPONSE_BIT:
            raise ProtocolError(f"{command.name.lower()} {sequence} answers nothing that was asked.", Status.RINVCMDID)
        del self._asked[sequence]

    def _refused(self, command: int, sequence: int) -> Event:
        answer, status = refusal(self.role, self.state, command)
        if command in taken_by(self.role, self.state) and command in WITHOUT_ANSWER:
            return Ignored(sequence, command)
        if answer is not None:
            self._out.append(with_header(answer, status, sequence))
        reason = f"Command {command:#010x} is not taken by {self.role.name} when {self.state.value}."
        return Fault(sequence, command, status, reason, recoverable=True)

    def _fault(self, command: int, sequence: int, error: ProtocolError) -> Event:
        if not command & RESPONSE_BIT:
            self._out.append(with_header(command | RESPONSE_BIT, error.status, sequence))
        return Fault(sequence, command, error.status, error.reason, error.recoverable)

    def _enquire_link(self, status: int, sequence: int, body: bytes) -> None:
        self._out.append(with_header(Command.ENQUIRE_LINK_RESP, Status.ROK, sequence))

    def _enquire_link_answer(self, status: int, sequence: int, body: bytes) -> Event:
        self._answered(Command.ENQUIRE_LINK_RESP, sequence)
        return LinkAnswer(sequence)

    def _unbind(self, status: int, sequence: int, body: bytes) -> Event:
        self._out.append(with_header(Command.UNBIND_RESP, Status.ROK, sequence))
        self._move(Command.UNBIND_RESP)
        return Unbound(sequence)

    def _unbind_answer(self, status: int, sequence: int, body: bytes) -> Event:
        self._answered(Command.UNBIND_RESP, sequence)
        self._move(Command.UNBIND_RESP)
        return Unbound(sequence)

    def _nack(self, status: int, sequence: int, body: bytes) -> Event:
        self._asked.pop(sequence, None)
        return Nack(sequence, status)
