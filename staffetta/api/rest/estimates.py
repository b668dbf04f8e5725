"""What a call to POST /batches would cost, and what makes its text dear. Charges nothing."""

from itertools import islice
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from staffetta.api import operations
from staffetta.api.rest import many, sending
from staffetta.api.rest.batches import RefusedOne, Warned
from staffetta.api.rest.shapes import Credits, caller
from staffetta.billing import ledger
from staffetta.lib.errors import Refused
from staffetta.lib.money import fixed
from staffetta.messaging import estimate
from staffetta.sms import parts, repair

router = Router()
TEXTS_MAX = 100


class CostlyCharacter(Schema):
    """A character outside GSM 03.38: it more than halves what fits into a part. `replacement` is null where there is none."""

    character: str
    positions: list[int]
    replacement: str | None


class TextCounted(Schema):
    """How the text of the call travels; fields in braces are counted as they are written."""

    alphabet: str
    parts: int
    costly: list[CostlyCharacter]
    repaired: str
    repaired_parts: int


class OwnText(TextCounted):
    """How one of the recipients' own texts travels."""

    text: str


class Priced(Schema):
    """What one message would cost."""

    index: int
    to: str
    alphabet: str
    parts: int
    credits: Credits


class EstimateShown(Schema):
    """What the call would cost in all, and whether the credit is enough; `available` is null for keys that may not read money.

    `text` is that of all, `texts` those that recipients have of their own, each once, the first 100.
    """

    recipients: int
    parts: int
    credits: Credits
    available: Credits | None
    enough: bool
    text: TextCounted | None
    texts: list[OwnText]
    warnings: list[Warned]
    items: list[Priced]
    refused: list[RefusedOne]
    left_out: dict[str, int]


@router.post("/estimate", response=EstimateShown, operation_id="estimate", summary="Count a send before it is made")
def create(request: HttpRequest) -> dict[str, Any]:
    """Take what POST /batches takes, and count it: parts and cost of every recipient, and the characters that make the text dear."""
    who, _key = caller(request)
    who.must("send")
    found = many.read(request.body)
    if found.recipients is not None:
        told, total_e4 = _of_recipients(who, found)
    else:
        counted = estimate.of_groups(sending.request_of(who, found))
        told = {"recipients": counted.recipients, "parts": counted.parts, "items": [], "refused": [], "left_out": counted.left_out}
        told |= {"texts": [], "warnings": []}
        total_e4 = counted.credits_e4
    available_e4 = ledger.wallet(who.account_id).available_e4
    return told | {
        "credits": fixed(total_e4),
        "available": fixed(available_e4) if who.may("money") else None,
        "enough": available_e4 >= total_e4,
        "text": _text(found.text) if found.text else None,
    }


def _of_recipients(who: Any, found: many.Batch) -> tuple[dict[str, Any], int]:
    offer = operations.offer_of(who)
    items: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    total_e4 = 0
    messages = many.asked(found)
    for place, asked in enumerate(messages):
        judged = operations.judged(who, asked, offer)
        if isinstance(judged, Refused):
            refused.append({"index": place, "to": asked.number, "code": judged.code, "detail": str(judged)})
            continue
        total_e4 += judged.cost_e4
        items.append(
            {
                "index": place,
                "to": judged.number,
                "alphabet": parts.count(asked.text).alphabet,
                "parts": judged.parts,
                "credits": fixed(judged.cost_e4),
            }
        )
    own = islice(dict.fromkeys(each.text for each in found.recipients or () if each.text), TEXTS_MAX)
    parts_in_all = sum(each["parts"] for each in items)
    return {"recipients": len(items), "parts": parts_in_all, "items": items, "refused": refused, "left_out": {}} | {
        "texts": [{"text": text} | _text(text) for text in own],
        "warnings": many.warnings(messages),
    }, total_e4


def _text(text: str) -> dict[str, Any]:
    counted, mended = parts.count(text), repair.repaired(text)
    return {
        "alphabet": counted.alphabet,
        "parts": counted.parts,
        "costly": [
            {"character": each.character, "positions": list(each.positions), "replacement": each.replacement}
            for each in repair.costly(text)
        ],
        "repaired": mended,
        "repaired_parts": parts.count(mended).parts,
    }
