"""Sessions talking to each other, and to peers who do not keep to the standard."""

import pytest

from bench.fuzz_smpp import run, session_in
from staffetta.smpp.codec import encode
from staffetta.smpp.constants import SEQUENCE_MAX, Command, MessageState, Status
from staffetta.smpp.errors import ProtocolError
from staffetta.smpp.esme import EsmeSession
from staffetta.smpp.events import BindAnswer, BindRequest, Fault, LinkAnswer, Nack, QueryReply, QueryRequest, Unbound
from staffetta.smpp.pdu import Bind, Message, Pdu, Query, QueryAnswer
from staffetta.smpp.pdu import BindAnswer as BindAnswerBody
from staffetta.smpp.short import DeliverAnswer, ShortMessage, SubmitAnswer
from staffetta.smpp.smsc import SmscSession
from staffetta.smpp.states import Role, State
from staffetta.smpp.templates import DeliverTemplate, SubmitTemplate

SUBMIT = SubmitTemplate(Message(source_addr_ton=5, source_addr="ACME", dest_addr_ton=1, dest_addr_npi=1, registered_delivery=1))
DELIVER = DeliverTemplate(Message(source_addr_ton=1, source_addr_npi=1, esm_class=4))


def pair(command: Command = Command.BIND_TRANSCEIVER) -> tuple[EsmeSession, SmscSession]:
    esme, smsc = EsmeSession(), SmscSession()
    _, data = esme.bind(command, Bind(system_id="customer"))
    (request,) = smsc.receive(data)
    assert isinstance(request, BindRequest)
    esme.receive(smsc.answer_bind(request, system_id="staffetta"))
    return esme, smsc


@pytest.mark.parametrize(
    ("command", "state"),
    [
        (Command.BIND_TRANSMITTER, State.BOUND_TX),
        (Command.BIND_RECEIVER, State.BOUND_RX),
        (Command.BIND_TRANSCEIVER, State.BOUND_TRX),
    ],
)
def test_the_three_binds(command: Command, state: State) -> None:
    esme, smsc = EsmeSession(), SmscSession()
    sequence, data = esme.bind(command, Bind(system_id="customer", password="secret"))
    assert smsc.receive(data) == [BindRequest(sequence, command, Bind(system_id="customer", password="secret"))]
    assert (esme.state, smsc.state, esme.bound) == (State.OPEN, State.OPEN, False)
    answer = smsc.answer_bind(BindRequest(sequence, command, Bind()), system_id="staffetta")
    assert esme.receive(answer) == [BindAnswer(sequence, 0, "staffetta", ((0x0210, b"\x34"),))]
    assert (esme.state, smsc.state, esme.bound) == (state, state, True)


def test_a_refused_bind_leaves_both_open_to_another() -> None:
    esme, smsc = EsmeSession(), SmscSession()
    sequence, data = esme.bind(Command.BIND_TRANSCEIVER, Bind(system_id="customer"))
    (request,) = smsc.receive(data)
    assert isinstance(request, BindRequest)
    assert esme.receive(smsc.answer_bind(request, Status.RINVPASWD)) == [BindAnswer(sequence, Status.RINVPASWD, "", ())]
    assert (esme.state, smsc.state) == (State.OPEN, State.OPEN)
    esme.bind(Command.BIND_TRANSCEIVER, Bind(system_id="customer"))


def test_one_bind_at_a_time() -> None:
    esme, smsc = EsmeSession(), SmscSession()
    _, data = esme.bind(Command.BIND_TRANSCEIVER, Bind())
    with pytest.raises(ProtocolError) as caught:
        esme.bind(Command.BIND_TRANSCEIVER, Bind())
    assert caught.value.status == Status.RALYBND
    events = smsc.receive(data + data)
    assert [type(event) for event in events] == [BindRequest, Fault]
    with pytest.raises(ProtocolError):
        smsc.answer_bind(BindRequest(77, Command.BIND_TRANSCEIVER, Bind()))
    with pytest.raises(ProtocolError):
        esme.bind(Command.UNBIND, Bind())


def test_a_bind_answer_without_a_body_binds() -> None:
    esme = EsmeSession()
    esme.bind(Command.BIND_TRANSCEIVER, Bind())
    assert esme.receive(bytes.fromhex("00000010 80000009 00000000 00000001")) == [BindAnswer(1, 0, "", ())]
    assert esme.bound


def test_the_wrong_bind_answer_does_not_bind() -> None:
    esme = EsmeSession()
    esme.bind(Command.BIND_TRANSCEIVER, Bind())
    (event,) = esme.receive(encode(Pdu(Command.BIND_TRANSMITTER_RESP, 1, body=BindAnswerBody())))
    assert isinstance(event, Fault)
    assert esme.state is State.OPEN


def test_submit_and_answer() -> None:
    esme, smsc = pair()
    sequence, data = esme.submit(SUBMIT, "393331234567", b"Ciao")
    (event,) = smsc.receive(data)
    assert isinstance(event, ShortMessage)
    assert event[:8] == (sequence, 5, "ACME", "393331234567", 0, 1, 0, b"Ciao")
    assert event.full() == Message("", 5, 0, "ACME", 1, 1, "393331234567", registered_delivery=1, short_message=b"Ciao")
    assert smsc.outgoing() == b""
    assert esme.receive(smsc.answer_submit(sequence, 0, "0a1b")) == [SubmitAnswer(sequence, 0, "0a1b")]
    assert esme.receive(smsc.answer_submit(sequence, Status.RTHROTTLED, "")) == [SubmitAnswer(sequence, Status.RTHROTTLED, "")]


def test_sets_come_through_in_any_pieces_and_are_answered_in_any_order() -> None:
    esme, smsc = pair()
    rows = [(f"39333{number:07}", b"Ciao %d" % number) for number in range(50)]
    sequences, data = esme.submit_all(SUBMIT, rows)
    events = [event for start in range(0, len(data), 7) for event in smsc.receive(data[start : start + 7])]
    messages = [event for event in events if isinstance(event, ShortMessage)]
    assert [(item.sequence, item.destination_addr, item.short_message) for item in messages] == [
        (sequence, *row) for sequence, row in zip(sequences, rows, strict=True)
    ]
    answers = b"".join(smsc.answer_submit(sequence, 0, str(sequence)) for sequence in reversed(sequences))
    assert esme.receive(answers) == [SubmitAnswer(sequence, 0, str(sequence)) for sequence in reversed(sequences)]


def test_deliver_is_answered_only_when_asked() -> None:
    esme, smsc = pair()
    sequence, data = smsc.deliver(DELIVER, "393331234567", "ACME", b"id:1 stat:DELIVRD")
    (event,) = esme.receive(data)
    assert isinstance(event, ShortMessage)
    assert esme.outgoing() == b""
    assert esme.answer_deliver(sequence).hex() == f"00000011800000050000000{0}{sequence:08x}00"
    assert smsc.receive(esme.answer_deliver(sequence, Status.RX_T_APPN)) == [DeliverAnswer(sequence, Status.RX_T_APPN)]


def test_query() -> None:
    esme, smsc = pair()
    sequence, data = esme.query(Query("0a1b", 5, 0, "ACME"))
    assert smsc.receive(data) == [QueryRequest(sequence, Query("0a1b", 5, 0, "ACME"))]
    answer = QueryAnswer("0a1b", "", MessageState.DELIVERED, 0)
    assert esme.receive(smsc.answer_query(sequence, 0, answer)) == [QueryReply(sequence, 0, answer)]
    assert isinstance(esme.receive(smsc.answer_query(sequence, 0, answer))[0], Fault)  # nobody asks any more
    sequence, data = esme.query(Query("none"))
    assert esme.receive(smsc.answer_query(sequence, Status.RQUERYFAIL, answer)) == [QueryReply(sequence, Status.RQUERYFAIL, QueryAnswer())]


@pytest.mark.parametrize("asks", list(Role))
def test_enquire_link_and_unbind(asks: Role) -> None:
    esme, smsc = pair()
    one, two = (esme, smsc) if asks is Role.ESME else (smsc, esme)
    sequence, data = one.enquire_link()
    assert two.receive(data) == []
    assert one.receive(two.outgoing()) == [LinkAnswer(sequence)]
    sequence, data = one.unbind()
    assert one.state is State.UNBINDING
    assert two.receive(data) == [Unbound(sequence)]
    assert one.receive(two.outgoing()) == [Unbound(sequence)]
    assert (one.state, two.state) == (State.CLOSED, State.CLOSED)


def test_while_unbinding_late_answers_are_heard_and_nothing_new_is_sent() -> None:
    esme, smsc = pair()
    sequence, _ = esme.submit(SUBMIT, "39333", b"")
    deliver, delivered = smsc.deliver(DELIVER, "39333", "ACME", b"")
    esme.unbind()
    assert esme.receive(smsc.answer_submit(sequence, 0, "1") + delivered)[0] == SubmitAnswer(sequence, 0, "1")
    assert esme.answer_deliver(deliver)
    for call in (lambda: esme.submit(SUBMIT, "39333", b""), esme.unbind, esme.enquire_link):
        with pytest.raises(ProtocolError) as caught:
            call()
        assert caught.value.status == Status.RINVBNDSTS


def test_both_unbind_at_once() -> None:
    esme, smsc = pair()
    _, ours = esme.unbind()
    _, theirs = smsc.unbind()
    assert [type(event) for event in esme.receive(theirs) + smsc.receive(ours)] == [Unbound, Unbound]


def test_wrong_side_or_state_cannot_send() -> None:
    esme, smsc = pair(Command.BIND_RECEIVER)
    with pytest.raises(ProtocolError):
        esme.submit(SUBMIT, "39333", b"")
    with pytest.raises(ProtocolError):
        esme.submit_all(SUBMIT, [("39333", b"")])
    with pytest.raises(ProtocolError):
        smsc.answer_submit(1, 0, "1")
    with pytest.raises(ProtocolError):
        smsc.answer_query(1, 0, QueryAnswer())
    esme, smsc = pair(Command.BIND_TRANSMITTER)
    with pytest.raises(ProtocolError):
        esme.answer_deliver(1)
    with pytest.raises(ProtocolError):
        smsc.deliver(DELIVER, "39333", "ACME", b"")


@pytest.mark.parametrize("message_id", ["", "x" * 65, "è", "a\0"])
def test_message_ids_that_cannot_be_given(message_id: str) -> None:
    _, smsc = pair()
    with pytest.raises(ProtocolError):
        smsc.answer_submit(1, 0, message_id)


def test_answers_after_the_end_are_empty() -> None:
    esme, smsc = pair()
    esme.close()
    smsc.close()
    assert esme.answer_deliver(1) == smsc.answer_submit(1, 0, "1") == smsc.answer_query(1, 0, QueryAnswer()) == b""
    assert smsc.answer_bind(BindRequest(1, 9, Bind())) == b""
    assert esme.receive(b"anything") == []


@pytest.mark.parametrize(
    ("body", "message_id"), [("30613162", "0a1b"), ("3061316200", "0a1b"), ("", ""), ("00", ""), ("306131620099", "0a1b")]
)
def test_submit_answers_as_carriers_write_them(body: str, message_id: str) -> None:
    esme, _ = pair()
    octets = bytes.fromhex(f"{16 + len(body) // 2:08x} 80000004 00000000 00000005 {body}")
    assert esme.receive(octets) == [SubmitAnswer(5, 0, message_id)]


def test_a_submit_answer_with_an_endless_id_is_a_fault() -> None:
    esme, _ = pair()
    (event,) = esme.receive(bytes.fromhex("00000051 80000004 00000000 00000005") + b"9" * 65)
    assert isinstance(event, Fault)
    assert (event.sequence, event.status, event.recoverable) == (5, Status.RINVMSGID, True)


def test_a_broken_deliver_is_answered_and_the_next_is_heard() -> None:
    esme, smsc = pair()
    broken = bytes.fromhex("00000014 00000005 00000000 00000063 00 05 00 41")
    _, good = smsc.deliver(DELIVER, "39333", "ACME", b"")
    events = esme.receive(broken + good)
    assert [type(event) for event in events] == [Fault, ShortMessage]
    assert esme.outgoing().hex() == "00000010800000050000000a00000063"


@pytest.mark.parametrize("role", list(Role))
def test_an_impossible_length_ends_the_session(role: Role) -> None:
    session = session_in(role, State.BOUND_TRX)
    link = bytes.fromhex("00000010 00000015 00000000 00000007")
    (event,) = session.receive(link + bytes.fromhex("7fffffff 00000015 00000000 00000008"))
    assert isinstance(event, Fault)
    assert not event.recoverable
    assert session.state is State.CLOSED
    assert session.outgoing().hex() == "00000010800000150000000000000007" + "00000010800000000000000200000000"
    assert session.receive(link) == []


def test_a_nack_is_told() -> None:
    esme, _ = pair()
    sequence, _ = esme.enquire_link()
    nack = encode(Pdu(Command.GENERIC_NACK, sequence, Status.RINVCMDID))
    assert esme.receive(nack) == [Nack(sequence, Status.RINVCMDID)]
    assert isinstance(esme.receive(encode(Pdu(Command.ENQUIRE_LINK_RESP, sequence)))[0], Fault)


def test_sequence_numbers_begin_again_at_one() -> None:
    session = EsmeSession(first_sequence=SEQUENCE_MAX)
    assert [session.next_sequence() for _ in range(3)] == [SEQUENCE_MAX, 1, 2]


def test_a_failed_request_leaves_nothing_behind() -> None:
    esme = EsmeSession()
    with pytest.raises(ProtocolError):
        esme.bind(Command.BIND_TRANSCEIVER, Bind(system_id="x" * 100))
    sequence, _ = esme.bind(Command.BIND_TRANSCEIVER, Bind(system_id="customer"))
    assert sequence == 1


def test_fuzz_in_short() -> None:
    figures = run(5_000, seed=3)
    assert figures["decoded"] > 500
    assert figures["events"] > 2_000
