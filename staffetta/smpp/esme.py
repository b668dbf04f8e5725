"""The end that asks to be let in and sends: our gateway toward a carrier."""

from collections.abc import Sequence
from functools import partial
from struct import Struct
from typing import Final, cast

from staffetta.smpp.codec import decode_frame
from staffetta.smpp.constants import HEADER_SIZE, Command, Status
from staffetta.smpp.errors import ProtocolError
from staffetta.smpp.events import BindAnswer, Event, QueryReply
from staffetta.smpp.pdu import Bind, Query, QueryAnswer
from staffetta.smpp.pdu import BindAnswer as BindAnswerBody
from staffetta.smpp.session import Handler, Session
from staffetta.smpp.short import short_message, submit_answer
from staffetta.smpp.states import BINDS, Role, State
from staffetta.smpp.templates import SubmitTemplate

_SUBMIT_SM: Final = int(Command.SUBMIT_SM)
_DELIVER_SM_RESP: Final = int(Command.DELIVER_SM_RESP)
_pack_answer = Struct(">IIIIB").pack  # header, and the empty message_id of deliver_sm_resp (§4.6.2)


class EsmeSession(Session):
    """A session as ESME. A deliver_sm is told as ShortMessage and answered only by `answer_deliver`, in any order."""

    role = Role.ESME

    def bind(self, command: Command, bind: Bind) -> tuple[int, bytes]:
        """Return sequence number and octets of one of the three binds (§4.1). Raises ProtocolError unless open."""
        if command not in BINDS:
            raise ProtocolError(f"{command.name.lower()} is no bind.", Status.RINVCMDID)
        if not BINDS.isdisjoint(self._asked.values()):
            raise ProtocolError("A bind is waiting for its answer already.", Status.RALYBND)
        return self._ask(command, bind)

    def submit(self, template: SubmitTemplate, destination: str, short_message: bytes) -> tuple[int, bytes]:
        """Return sequence number and octets of one submit_sm (§4.4). Raises ProtocolError unless bound to transmit."""
        self._check(_SUBMIT_SM)
        return self._sequence, template.encode(self.next_sequence(), destination, short_message)

    def submit_all(self, template: SubmitTemplate, rows: Sequence[tuple[str, bytes]]) -> tuple[list[int], bytes]:
        """Return the sequence numbers and the joined octets of a submit_sm for each destination and short message.

        Raises ProtocolError unless bound to transmit, and where one row does not fit; then none was made.
        """
        self._check(_SUBMIT_SM)
        sequences = [self.next_sequence() for _ in rows]
        encode = template.encode
        pdus = [encode(sequence, *row) for sequence, row in zip(sequences, rows, strict=True)]
        return sequences, b"".join(pdus)

    def query(self, query: Query) -> tuple[int, bytes]:
        """Return sequence number and octets of a query_sm (§4.8). Raises ProtocolError unless bound to transmit."""
        return self._ask(Command.QUERY_SM, query)

    def answer_deliver(self, sequence: int, status: int = 0) -> bytes:
        """Return the deliver_sm_resp (§4.6.2) to a ShortMessage; nothing once closed, as nobody is left to read it.

        Raises ProtocolError while not bound to receive.
        """
        if _DELIVER_SM_RESP not in self._sends:
            if self.state is State.CLOSED:
                return b""
            self._check(_DELIVER_SM_RESP)
        return _pack_answer(HEADER_SIZE + 1, _DELIVER_SM_RESP, status, sequence, 0)

    def _role_handlers(self) -> dict[int, Handler]:
        answers = (Command.BIND_TRANSMITTER_RESP, Command.BIND_RECEIVER_RESP, Command.BIND_TRANSCEIVER_RESP)
        return {
            Command.SUBMIT_SM_RESP: submit_answer,
            Command.DELIVER_SM: short_message,
            Command.QUERY_SM_RESP: self._query_answer,
            **{command: partial(self._bind_answer, command) for command in answers},
        }

    def _bind_answer(self, command: Command, status: int, sequence: int, body: bytes) -> Event:
        pdu = decode_frame(command, status, sequence, body)
        self._answered(command, sequence)
        if status == Status.ROK:
            self._move(command)
        return BindAnswer(sequence, status, cast(BindAnswerBody, pdu.body).system_id, pdu.tlvs)

    def _query_answer(self, status: int, sequence: int, body: bytes) -> Event:
        pdu = decode_frame(Command.QUERY_SM_RESP, status, sequence, body)
        self._answered(Command.QUERY_SM_RESP, sequence)
        return QueryReply(sequence, status, cast(QueryAnswer, pdu.body))
