"""The end that lets in and takes messages: our server toward customers, and the simulator."""

from functools import partial
from typing import Final, cast

from staffetta.smpp.codec import HEADER, decode_frame, encode
from staffetta.smpp.constants import HEADER_SIZE, INTERFACE_VERSION, PDU_SIZE_MAX, RESPONSE_BIT, Command, Status, Tag
from staffetta.smpp.errors import ProtocolError
from staffetta.smpp.events import BindRequest, Event, QueryRequest
from staffetta.smpp.pdu import Bind, BindAnswer, Pdu, Query, QueryAnswer
from staffetta.smpp.session import Handler, Session
from staffetta.smpp.short import deliver_answer, short_message
from staffetta.smpp.states import BINDS, Role, State
from staffetta.smpp.templates import DeliverTemplate

_DELIVER_SM: Final = int(Command.DELIVER_SM)
_SUBMIT_SM_RESP: Final = int(Command.SUBMIT_SM_RESP)
_VERSION: Final = ((int(Tag.SC_INTERFACE_VERSION), bytes([INTERFACE_VERSION])),)
_MESSAGE_ID_MAX: Final = 64


class SmscSession(Session):
    """A session as SMSC. Binds, submits and queries are told as events and answered only by the `answer_` methods."""

    role = Role.SMSC

    def __init__(self, first_sequence: int = 1, pdu_size_max: int = PDU_SIZE_MAX) -> None:
        super().__init__(first_sequence, pdu_size_max)
        self._binding: int | None = None

    def answer_bind(self, request: BindRequest, status: int = 0, system_id: str = "") -> bytes:
        """Return the bind answer (§4.1.2); with status 0 the session is bound. Raises ProtocolError unless it was asked."""
        if self.state is State.CLOSED:
            return b""
        if self._binding != request.sequence:
            raise ProtocolError("No bind of this sequence number waits for an answer.", Status.RINVBNDSTS)
        answer = Command(request.command | RESPONSE_BIT)
        if status == Status.ROK:
            data = encode(Pdu(answer, request.sequence, body=BindAnswer(system_id), tlvs=_VERSION))
            self._move(answer)
        else:
            data = encode(Pdu(answer, request.sequence, status, BindAnswer()))
        self._binding = None
        return data

    def answer_submit(self, sequence: int, status: int, message_id: str) -> bytes:
        """Return the submit_sm_resp (§4.4.2): with status 0 the message id, else no body; nothing once closed.

        Raises ProtocolError while not bound to transmit, and where the id is not 1 to 64 ASCII characters.
        """
        if _SUBMIT_SM_RESP not in self._sends:
            if self.state is State.CLOSED:
                return b""
            self._check(_SUBMIT_SM_RESP)
        if status:
            return HEADER.pack(HEADER_SIZE, _SUBMIT_SM_RESP, status, sequence)
        if not (message_id.isascii() and 0 < len(message_id) <= _MESSAGE_ID_MAX) or "\0" in message_id:
            raise ProtocolError(f"Message id {message_id!r} must have 1 to {_MESSAGE_ID_MAX} ASCII characters.", Status.RINVMSGID)
        body = message_id.encode("ascii") + b"\0"
        return HEADER.pack(HEADER_SIZE + len(body), _SUBMIT_SM_RESP, 0, sequence) + body

    def answer_query(self, sequence: int, status: int, answer: QueryAnswer) -> bytes:
        """Return the query_sm_resp (§4.8.2): with status 0 the answer, else no body. Raises ProtocolError."""
        if self.state is State.CLOSED:
            return b""
        self._check(Command.QUERY_SM_RESP)
        return encode(Pdu(Command.QUERY_SM_RESP, sequence, status, QueryAnswer() if status else answer))

    def deliver(
        self, template: DeliverTemplate, source: str, destination: str, short_message: bytes, tlvs: bytes = b""
    ) -> tuple[int, bytes]:
        """Return sequence number and octets of a deliver_sm (§4.6). Raises ProtocolError unless bound to receive."""
        self._check(_DELIVER_SM)
        sequence = self.next_sequence()
        return sequence, template.encode(sequence, source, destination, short_message, tlvs)

    def _role_handlers(self) -> dict[int, Handler]:
        return {
            Command.SUBMIT_SM: short_message,
            Command.DELIVER_SM_RESP: deliver_answer,
            Command.QUERY_SM: self._query,
            **{command: partial(self._bind, command) for command in BINDS},
        }

    def _bind(self, command: Command, status: int, sequence: int, body: bytes) -> Event:
        if self._binding is not None:
            raise ProtocolError("A bind is waiting for its answer already.", Status.RALYBND)
        pdu = decode_frame(command, status, sequence, body)
        self._binding = sequence
        return BindRequest(sequence, command, cast(Bind, pdu.body))

    def _query(self, status: int, sequence: int, body: bytes) -> Event:
        pdu = decode_frame(Command.QUERY_SM, status, sequence, body)
        return QueryRequest(sequence, cast(Query, pdu.body))
