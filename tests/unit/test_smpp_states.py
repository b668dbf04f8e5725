"""Every state against every PDU, both ends: table 2-1 of SMPP 3.4 (§2.3) written out a second time, by hand."""

import pytest

from bench.fuzz_smpp import session_in
from staffetta.smpp.codec import HEADER, cut
from staffetta.smpp.constants import Command, Status
from staffetta.smpp.events import Fault, Ignored, Unbound
from staffetta.smpp.states import Role, State, sent_by, taken_by

# In each state what the ESME (E), the SMSC (S) or both (B) may send: open, bound_tx, bound_rx, bound_trx.
TABLE = {
    Command.BIND_TRANSMITTER: "E---",
    Command.BIND_TRANSMITTER_RESP: "S---",
    Command.BIND_RECEIVER: "E---",
    Command.BIND_RECEIVER_RESP: "S---",
    Command.BIND_TRANSCEIVER: "E---",
    Command.BIND_TRANSCEIVER_RESP: "S---",
    Command.OUTBIND: "S---",
    Command.UNBIND: "-BBB",
    Command.UNBIND_RESP: "-BBB",
    Command.SUBMIT_SM: "-E-E",
    Command.SUBMIT_SM_RESP: "-S-S",
    Command.SUBMIT_MULTI: "-E-E",
    Command.SUBMIT_MULTI_RESP: "-S-S",
    Command.DATA_SM: "-BBB",
    Command.DATA_SM_RESP: "-BBB",
    Command.DELIVER_SM: "--SS",
    Command.DELIVER_SM_RESP: "--EE",
    Command.QUERY_SM: "-E-E",
    Command.QUERY_SM_RESP: "-S-S",
    Command.CANCEL_SM: "-E-E",
    Command.CANCEL_SM_RESP: "-S-S",
    Command.REPLACE_SM: "-E-E",
    Command.REPLACE_SM_RESP: "-S-S",
    Command.ENQUIRE_LINK: "BBBB",
    Command.ENQUIRE_LINK_RESP: "BBBB",
    Command.ALERT_NOTIFICATION: "--SS",
    Command.GENERIC_NACK: "BBBB",
}
COLUMNS = (State.OPEN, State.BOUND_TX, State.BOUND_RX, State.BOUND_TRX)
CELLS = [(role, state, command) for role in Role for state in State for command in Command]
ANSWER_BIT = 0x80000000
OFFERED = {
    Role.ESME: {Command.DELIVER_SM, Command.UNBIND, Command.ENQUIRE_LINK},
    Role.SMSC: {Command.SUBMIT_SM, Command.QUERY_SM, Command.UNBIND, Command.ENQUIRE_LINK}
    | {Command.BIND_TRANSMITTER, Command.BIND_RECEIVER, Command.BIND_TRANSCEIVER},
}


def letters(role: Role) -> str:
    return "EB" if role is Role.ESME else "SB"


def allowed(role: Role, state: State, command: Command) -> bool:
    """Tell what the table says of `role` sending."""
    if state is State.CLOSED:
        return False
    column = COLUMNS.index(State.BOUND_TRX if state is State.UNBINDING else state)
    return TABLE[command][column] in letters(role)


def other(role: Role) -> Role:
    return Role.SMSC if role is Role.ESME else Role.ESME


@pytest.mark.parametrize(("role", "state", "command"), CELLS)
def test_what_may_be_sent_and_taken(role: Role, state: State, command: Command) -> None:
    new_while_unbinding = state is State.UNBINDING and not command & ANSWER_BIT
    assert (command in sent_by(role, state)) is (allowed(role, state, command) and not new_while_unbinding)
    assert (command in taken_by(role, state)) is allowed(other(role), state, command)


@pytest.mark.parametrize(("role", "state", "command"), [cell for cell in CELLS if cell[1] is not State.CLOSED and not cell[2] & ANSWER_BIT])
def test_each_request_is_answered_as_the_standard_says(role: Role, state: State, command: Command) -> None:
    """A bare header arrives: good enough for PDUs without a body, a fault of its own for the others."""
    session = session_in(role, state)
    events = session.receive(HEADER.pack(16, command, 0, 99))
    frames, rest, error = cut(session.outgoing())
    assert (rest, error) == (b"", None)
    answers = [(frame[0], frame[1]) for frame in frames]
    taken = allowed(other(role), state, command)
    if command in (Command.OUTBIND, Command.ALERT_NOTIFICATION):
        assert answers == []
        assert type(events[0]) is (Ignored if taken else Fault)
    elif not taken:
        bind_twice = role is Role.SMSC and command in (1, 2, 9)
        assert answers == [(command | ANSWER_BIT, Status.RALYBND if bind_twice else Status.RINVBNDSTS)]
        assert session.state is state
    elif command is Command.ENQUIRE_LINK:
        assert (answers, events) == ([(Command.ENQUIRE_LINK_RESP, 0)], [])
    elif command is Command.UNBIND:
        assert (answers, events, session.state) == ([(Command.UNBIND_RESP, 0)], [Unbound(99)], State.CLOSED)
    elif command in OFFERED[role]:
        assert answers[0][0] == command | ANSWER_BIT
        assert answers[0][1] != Status.ROK  # the body is missing
    else:
        declined = {Command.CANCEL_SM: Status.RCANCELFAIL, Command.REPLACE_SM: Status.RREPLACEFAIL}
        expected = (command | ANSWER_BIT, declined[command]) if command in declined else (Command.GENERIC_NACK, Status.RINVCMDID)
        assert answers == [expected]


@pytest.mark.parametrize(("role", "state", "command"), [cell for cell in CELLS if cell[1] is not State.CLOSED and cell[2] & ANSWER_BIT])
def test_no_answer_is_ever_answered_or_moves_a_session_that_asked_nothing(role: Role, state: State, command: Command) -> None:
    session = session_in(role, state)
    session.receive(HEADER.pack(16, command, 0, 99))
    assert session.outgoing() == b""
    assert session.state is state


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("command", "answers"), [(0x0A, [(0x80000000, 3)]), (0x1234, [(0x80000000, 3)]), (0x80001234, [])])
def test_unknown_commands(role: Role, command: int, answers: list[tuple[int, int]]) -> None:
    session = session_in(role, State.BOUND_TRX)
    (event,) = session.receive(HEADER.pack(16, command, 0, 99))
    assert isinstance(event, Fault)
    assert event.recoverable
    assert [(frame[0], frame[1]) for frame in cut(session.outgoing())[0]] == answers
