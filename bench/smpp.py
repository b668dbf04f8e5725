"""How fast the SMPP codec is on one core: `python bench/smpp.py [--n 200000]`. The last line is JSON.

Every figure is the best of five rounds over different numbers and ids, so that nothing is answered from a cache that a
real send would not have. Pairs of sessions are timed with the same calls as the gateway makes.
"""

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from staffetta.smpp import receipt
from staffetta.smpp.constants import Command, MessageState
from staffetta.smpp.esme import EsmeSession
from staffetta.smpp.events import BindRequest
from staffetta.smpp.pdu import Bind, Message
from staffetta.smpp.short import ShortMessage
from staffetta.smpp.smsc import SmscSession
from staffetta.smpp.templates import DeliverTemplate, SubmitTemplate

ROUNDS = 5
READ_SIZE = 65_536  # what a socket gives at once
TEXT = "Gentile Mario, la sua prenotazione per domani alle 10:30 è confermata. Per disdire: 0612345678".encode("latin-1")


def bound_pair() -> tuple[EsmeSession, SmscSession]:
    esme, smsc = EsmeSession(), SmscSession()
    _, data = esme.bind(Command.BIND_TRANSCEIVER, Bind(system_id="bench", password="bench"))
    (request,) = smsc.receive(data)
    assert isinstance(request, BindRequest)
    esme.receive(smsc.answer_bind(request))
    assert esme.bound
    return esme, smsc


def pieces(data: bytes) -> list[bytes]:
    return [data[start : start + READ_SIZE] for start in range(0, len(data), READ_SIZE)]


def receive(session: EsmeSession | SmscSession, data: list[bytes], n: int) -> None:
    """Read it all, letting go of each set of events before the next, as the gateway does."""
    if sum(len(session.receive(piece)) for piece in data) != n:
        raise SystemExit("Not every PDU became an event.")


def best_s(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def submit_each(esme: EsmeSession, template: SubmitTemplate, rows: list[tuple[str, bytes]]) -> None:
    submit = esme.submit
    for destination, text in rows:
        submit(template, destination, text)


def measure(n: int) -> dict[str, float]:
    esme, smsc = bound_pair()
    rows = [(f"39333{number:07}", b"%b %d" % (TEXT, number)) for number in range(n)]
    template = SubmitTemplate(Message(source_addr_ton=5, source_addr="ACME", dest_addr_ton=1, dest_addr_npi=1, registered_delivery=1))
    seconds = {"submit_encodes": best_s(lambda: submit_each(esme, template, rows))}
    seconds["submit_set_encodes"] = best_s(lambda: esme.submit_all(template, rows))
    _, submits = esme.submit_all(template, rows)
    seconds["submit_decodes"] = best_s(lambda: receive(smsc, pieces(submits), n))

    sequences = range(1, n + 1)
    seconds["submit_answers_encoded"] = best_s(lambda: [smsc.answer_submit(sequence, 0, f"{sequence:x}") for sequence in sequences])
    answers = b"".join(smsc.answer_submit(sequence, 0, f"{sequence:x}") for sequence in sequences)
    seconds["submit_answers_decoded"] = best_s(lambda: receive(esme, pieces(answers), n))

    deliver = DeliverTemplate(Message(source_addr_ton=1, source_addr_npi=1, esm_class=0x04))
    moment = datetime(2026, 11, 22, 14, 30)
    texts = [receipt.write(f"{number:016x}", MessageState.DELIVERED, moment, moment.replace(minute=number % 60)) for number in range(n)]
    plain = b"".join(smsc.deliver(deliver, row[0], "ACME", text)[1] for row, text in zip(rows, texts, strict=True))
    with_tlvs = b"".join(
        smsc.deliver(deliver, row[0], "ACME", text, receipt.parameters(f"{number:016x}", MessageState.DELIVERED))[1]
        for number, (row, text) in enumerate(zip(rows, texts, strict=True))
    )
    seconds["receipts_decoded"] = best_s(lambda: read_receipts(esme, pieces(plain), n))
    seconds["receipts_with_tlvs_decoded"] = best_s(lambda: read_receipts(esme, pieces(with_tlvs), n))
    seconds["receipts_answered"] = best_s(lambda: [esme.answer_deliver(sequence) for sequence in sequences])
    return {f"{name}_per_s": n / value for name, value in seconds.items()}


def read_receipts(esme: EsmeSession, data: list[bytes], n: int) -> None:
    read = receipt.read
    delivered = 0
    for piece in data:
        for event in esme.receive(piece):
            if type(event) is ShortMessage:
                found = read(event)
                delivered += found is not None and found.state is MessageState.DELIVERED and found.done is not None
    if delivered != n:
        raise SystemExit("Not every receipt was read.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=200_000)
    figures = measure(parser.parse_args().n)
    for name, value in figures.items():
        print(f"{name:<32} {value:>12,.0f}   {1e6 / value:6.2f} µs each")
    print(json.dumps({"bench": "smpp", **{name: round(value) for name, value in figures.items()}}))


if __name__ == "__main__":
    main()
