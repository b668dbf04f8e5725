"""Throw random and mutated PDUs at framing, decoding, both sessions and receipts: `python bench/fuzz_smpp.py --n 1000000`.

Anything that arrives is parsed or refused with a ProtocolError; whatever else comes out stops the run and is printed
with the octets that caused it. The same seed gives the same run.
"""

import argparse
import sys
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from staffetta.smpp import receipt
from staffetta.smpp.codec import HEADER, cut, decode, encode
from staffetta.smpp.constants import PDU_SIZE_MAX, Command, MessageState
from staffetta.smpp.errors import ProtocolError
from staffetta.smpp.esme import EsmeSession
from staffetta.smpp.events import BindRequest, Fault
from staffetta.smpp.pdu import LAYOUTS, Bind, BindAnswer, Body, Message, MessageAnswer, Pdu, Query, QueryAnswer
from staffetta.smpp.short import ShortMessage
from staffetta.smpp.smsc import SmscSession
from staffetta.smpp.states import Role, State

BINDS = {
    State.BOUND_TX: Command.BIND_TRANSMITTER,
    State.BOUND_RX: Command.BIND_RECEIVER,
    State.BOUND_TRX: Command.BIND_TRANSCEIVER,
}
RECEIPT = b"id:0A1b sub:001 dlvrd:001 submit date:2611221430 done date:261122143010 stat:DELIVRD err:000 text:ciao"
BODIES: dict[type[Body], Body] = {
    Bind: Bind("customer", "secret", "VMA", 0x34, 1, 1, "39"),
    BindAnswer: BindAnswer("carrier"),
    Message: Message("CMT", 5, 0, "ACME", 1, 1, "393331234567", 0x04, 0, 1, "", "000001000000000R", 1, 0, 0, 0, RECEIPT),
    MessageAnswer: MessageAnswer("0A1b"),
    Query: Query("0A1b", 5, 0, "ACME"),
    QueryAnswer: QueryAnswer("0A1b", "261122143010004+", MessageState.DELIVERED, 0),
}
TLVS = ((0x001E, b"0A1b\0"), (0x0427, b"\x02"), (0x0423, b"\x03\x00\x01"), (0x1400, b""))


def session_in(role: Role, state: State) -> EsmeSession | SmscSession:
    """Return a session of this role, brought into this state by talking to another."""
    esme, smsc = EsmeSession(), SmscSession()
    session: EsmeSession | SmscSession = esme if role is Role.ESME else smsc
    if state is State.CLOSED:
        session.close()
    elif state is not State.OPEN:
        _, data = esme.bind(BINDS.get(state, Command.BIND_TRANSCEIVER), Bind(system_id="customer"))
        (request,) = smsc.receive(data)
        if not isinstance(request, BindRequest):
            raise SystemExit("The bind did not arrive.")
        esme.receive(smsc.answer_bind(request))
        if state is State.UNBINDING:
            session.unbind()
    return session


def seeds() -> list[bytes]:
    """Return one good PDU of every kind we read, with and without parameters, and a header of every kind we do not."""
    good = []
    for command, layout in LAYOUTS.items():
        body = BODIES.get(layout.body, layout.body())
        good.append(encode(Pdu(command, 1, body=body)))
        if layout.fields:
            good.append(encode(Pdu(command, 2, body=body, tlvs=TLVS)))
    return good + [HEADER.pack(16, command, 0, 3) for command in Command]


def mutated(random: Random, data: bytes) -> bytes:
    """Return `data` with one to four changes, mostly with its command_length put right afterwards."""
    octets = bytearray(data)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(octets)) if octets else 0
        change = random.randrange(5)
        if change == 0 and octets:
            octets[at] = random.choice((0, 1, 4, 0x7F, 0x80, 0xFF, random.randrange(256)))
        elif change == 1:
            octets[at:at] = random.randbytes(random.choice((1, 2, 8, 70)))
        elif change == 2:
            del octets[at : at + random.choice((1, 2, 8, 70))]
        elif change == 3:
            octets += octets[at:][:300]
        elif octets:
            octets[at] ^= 1 << random.randrange(8)
    if len(octets) >= 16 and random.random() < 0.9:
        octets[:4] = len(octets).to_bytes(4, "big")
    return bytes(octets)


def case(random: Random, good: list[bytes]) -> bytes:
    kind = random.random()
    if kind < 0.05:
        return random.randbytes(random.randrange(64))
    if kind < 0.2:
        body = random.randbytes(random.randrange(120))
        return HEADER.pack(16 + len(body), random.choice(list(Command)), random.choice((0, 0, 8, 88)), random.randrange(9)) + body
    if kind < 0.25:
        return random.choice(good)
    return mutated(random, random.choice(good))


def try_codec(data: bytes) -> bool:
    try:
        pdu = decode(data)
    except ProtocolError:
        return False
    if decode(encode(pdu)) != pdu:
        raise AssertionError("Decoded, encoded and decoded again, it is another PDU.")
    return True


def try_session(random: Random, session: EsmeSession | SmscSession, data: bytes) -> int:
    """Feed in up to three pieces; return how many events came."""
    first, second = sorted((random.randint(0, len(data)), random.randint(0, len(data))))
    count = 0
    for piece in (data[:first], data[first:second], data[second:]):
        for event in session.receive(piece):
            count += 1
            if type(event) is ShortMessage:
                event.full()
                receipt.read(event)
            elif type(event) is BindRequest and random.random() < 0.5 and isinstance(session, SmscSession):
                session.answer_bind(event)
            elif type(event) is Fault and not event.recoverable and session.state is not State.CLOSED:
                raise AssertionError("A fault that is not recoverable closes the session.")
    _, rest, error = cut(session.outgoing())
    if rest or error:
        raise AssertionError("What goes out is not made of whole PDUs.")
    if len(session._rest) >= PDU_SIZE_MAX:
        raise AssertionError("More than one PDU is kept.")
    return count


def run(n: int, seed: int) -> dict[str, int]:
    """Try `n` cases; return how many were whole PDUs and how many events they made. Raises what should not come out."""
    random = Random(seed)
    good = seeds()
    places = [(role, state) for role in Role for state in State if state is not State.CLOSED]
    sessions = {place: session_in(*place) for place in places}
    figures = {"cases": n, "decoded": 0, "events": 0}
    for number in range(n):
        data = case(random, good)
        place = random.choice(places)
        try:
            figures["decoded"] += try_codec(data)
            figures["events"] += try_session(random, sessions[place], data)
        except Exception:
            print(f"case {number} of seed {seed}, {place[0].name} {place[1].name}: {data.hex()}", file=sys.stderr)
            raise
        # A session that moved, or waits for the rest of something, would not be in that place for the next case.
        if sessions[place].state is not place[1] or sessions[place]._rest:
            sessions[place] = session_in(*place)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    started = time.perf_counter()
    figures = run(arguments.n, arguments.seed)
    seconds = time.perf_counter() - started
    print(f"{figures['cases']:,} PDUs in {seconds:.0f} s: {figures['decoded']:,} could be decoded, {figures['events']:,} events,")
    print("and nothing but ProtocolError came out.")


if __name__ == "__main__":
    main()
