"""What the simulator does with a message: decided by the last six digits of its number. One table, for tests and people alike.

Six, so that a spreadsheet of whatever numbers is delivered, and only who wants to see another fate writes to one of these.

| ending | the simulator |
| --- | --- |
| 999900 | takes it; receipt: undelivered, error 001 |
| 999901 | takes it; receipt: expired, error 002 |
| 999902 | takes it; receipt: rejected, error 003 |
| 999903 | refuses it for good (ESME_RINVDSTADR) |
| 999904 | refuses it as too fast (ESME_RTHROTTLED) the first time, then takes and delivers it |
| 999905 | refuses it for now (ESME_RMSGQFUL) each time |
| 999906 | takes it and never answers; no receipt |
| 999907 | takes it; no receipt ever comes |
| 999908 | answers with a hexadecimal id; the receipt has it in decimal |
| 999909 | answers with a plain id; the receipt pads it with zeros |
| 999910 | sends the receipt before the answer |
| 999911 | sends the receipt twice |
| 999912 | closes the connection instead of answering |
| any other | takes and delivers it |
"""

from dataclasses import dataclass

from staffetta.smpp.constants import MessageState, Status


@dataclass(frozen=True)
class Behaviour:
    """How one message fares: the answer's status (0: taken; None: no answer), and the receipt's state (None: no receipt)."""

    status: int | None = Status.ROK
    receipt: MessageState | None = MessageState.DELIVERED
    error: str = "000"
    receipts: int = 1
    only_first_refused: bool = False
    hexadecimal: bool = False
    padded: bool = False
    receipt_first: bool = False
    disconnect: bool = False


USUAL = Behaviour()
BY_ENDING = {
    "999900": Behaviour(receipt=MessageState.UNDELIVERABLE, error="001"),
    "999901": Behaviour(receipt=MessageState.EXPIRED, error="002"),
    "999902": Behaviour(receipt=MessageState.REJECTED, error="003"),
    "999903": Behaviour(status=Status.RINVDSTADR),
    "999904": Behaviour(status=Status.RTHROTTLED, only_first_refused=True),
    "999905": Behaviour(status=Status.RMSGQFUL),
    "999906": Behaviour(status=None, receipt=None),
    "999907": Behaviour(receipt=None),
    "999908": Behaviour(hexadecimal=True),
    "999909": Behaviour(padded=True),
    "999910": Behaviour(receipt_first=True),
    "999911": Behaviour(receipts=2),
    "999912": Behaviour(status=None, receipt=None, disconnect=True),
}


def behaviour(number: str) -> Behaviour:
    """Return how a message to this number fares."""
    return BY_ENDING.get(number[-6:], USUAL)
