"""Who may send what, when: table 2-1 of SMPP 3.4 (§2.3), as data, and the moves between the states of §2.2."""

from enum import Enum
from typing import Final

from staffetta.smpp.constants import RESPONSE_BIT, Command, Status


class Role(Enum):
    """Which end of the connection we are: the one who asks to be let in, or the centre that lets in."""

    ESME = "esme"
    SMSC = "smsc"


class State(Enum):
    """§2.2, and UNBINDING: our unbind is out, nothing new may be sent, what the peer still sends is taken."""

    OPEN = "open"
    BOUND_TX = "bound_tx"
    BOUND_RX = "bound_rx"
    BOUND_TRX = "bound_trx"
    UNBINDING = "unbinding"
    CLOSED = "closed"


_OPEN: Final = frozenset({State.OPEN})
_TX: Final = frozenset({State.BOUND_TX, State.BOUND_TRX})
_RX: Final = frozenset({State.BOUND_RX, State.BOUND_TRX})
BOUND: Final = _TX | _RX

BINDS: Final = frozenset({Command.BIND_TRANSMITTER, Command.BIND_RECEIVER, Command.BIND_TRANSCEIVER})

_ESME: Final = frozenset({Role.ESME})
_SMSC: Final = frozenset({Role.SMSC})
_BOTH: Final = _ESME | _SMSC

# Table 2-1 by request; an answer goes the other way in the same states.
REQUESTS: Final[dict[Command, tuple[frozenset[State], frozenset[Role]]]] = {
    Command.BIND_TRANSMITTER: (_OPEN, _ESME),
    Command.BIND_RECEIVER: (_OPEN, _ESME),
    Command.BIND_TRANSCEIVER: (_OPEN, _ESME),
    Command.OUTBIND: (_OPEN, _SMSC),
    Command.UNBIND: (BOUND, _BOTH),
    Command.SUBMIT_SM: (_TX, _ESME),
    Command.SUBMIT_MULTI: (_TX, _ESME),
    Command.DATA_SM: (BOUND, _BOTH),
    Command.DELIVER_SM: (_RX, _SMSC),
    Command.QUERY_SM: (_TX, _ESME),
    Command.CANCEL_SM: (_TX, _ESME),
    Command.REPLACE_SM: (_TX, _ESME),
    Command.ALERT_NOTIFICATION: (_RX, _SMSC),
    # The table wants it bound; SMPP 5.0 allows it before, some peers do it, and to answer harms nobody.
    Command.ENQUIRE_LINK: (BOUND | _OPEN, _BOTH),
}
WITHOUT_ANSWER: Final = frozenset({Command.OUTBIND, Command.ALERT_NOTIFICATION})

# What we do not offer, where the standard has a status for it (§4.9.2, §4.10.2); else it is an unknown command to us.
_DECLINED: Final = {Command.CANCEL_SM: Status.RCANCELFAIL, Command.REPLACE_SM: Status.RREPLACEFAIL}

MOVES: Final[dict[tuple[State, Command], State]] = {
    (State.OPEN, Command.BIND_TRANSMITTER_RESP): State.BOUND_TX,
    (State.OPEN, Command.BIND_RECEIVER_RESP): State.BOUND_RX,
    (State.OPEN, Command.BIND_TRANSCEIVER_RESP): State.BOUND_TRX,
    **{(state, Command.UNBIND): State.UNBINDING for state in BOUND},
    **{(state, Command.UNBIND_RESP): State.CLOSED for state in BOUND | {State.UNBINDING}},
}


def answer_to(command: Command) -> Command | None:
    """Return the command that answers a request; None where none does, or for an answer."""
    if command in WITHOUT_ANSWER or command & RESPONSE_BIT:
        return None
    return Command(command | RESPONSE_BIT)


def _table() -> dict[tuple[Role, State], frozenset[int]]:
    allowed: dict[tuple[Role, State], set[int]] = {(role, state): set() for role in Role for state in State}
    for command, (states, issuers) in REQUESTS.items():
        answer = answer_to(command)
        for state in states:
            for role in issuers:
                allowed[role, state].add(command)
            if answer is not None:
                for role in _BOTH if issuers == _BOTH else _BOTH - issuers:
                    allowed[role, state].add(answer)
    for (_, state), commands in allowed.items():
        if state is not State.CLOSED:
            commands.add(Command.GENERIC_NACK)
    return {key: frozenset(map(int, commands)) for key, commands in allowed.items()}


_ISSUED: Final = _table()
_ANSWERS: Final = frozenset(command for command in Command if command & RESPONSE_BIT)


def sent_by(role: Role, state: State) -> frozenset[int]:
    """Return the commands that this role may send in this state of its own."""
    if state is State.UNBINDING:
        return _ISSUED[role, State.BOUND_TRX] & _ANSWERS
    return _ISSUED[role, state]


def taken_by(role: Role, state: State) -> frozenset[int]:
    """Return the commands that this role takes from its peer in this state of its own."""
    peer = Role.SMSC if role is Role.ESME else Role.ESME
    return _ISSUED[peer, State.BOUND_TRX if state is State.UNBINDING else state]


def refusal(role: Role, state: State, command: int) -> tuple[int | None, Status]:
    """Return how to refuse a command: with which answer (None: with none) and which status.

    Unknown ones and those we do not offer get generic_nack (§3.3, §4.3.1), those out of place their own answer with
    RINVBNDSTS, a second bind RALYBND (§5.1.3). An answer is never answered: two peers could go on for ever.
    """
    try:
        known = Command(command)
    except ValueError:
        return None if command & RESPONSE_BIT else Command.GENERIC_NACK, Status.RINVCMDID
    answer = answer_to(known)
    if known not in taken_by(role, state):
        already = known in BINDS and role is Role.SMSC and state is not State.OPEN
        return answer, Status.RALYBND if already else Status.RINVBNDSTS
    if known in _DECLINED:
        return answer, _DECLINED[known]
    return None if answer is None else Command.GENERIC_NACK, Status.RINVCMDID
