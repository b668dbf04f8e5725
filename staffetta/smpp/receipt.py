"""Delivery receipts: what a carrier says became of a message, in the text of a deliver_sm or in its parameters.

Appendix B of SMPP 3.4 shows one form of the text and calls it vendor-specific, and vendors took it at its word: fields
are missing, in another order or case, with seconds or without. Reading never raises; what is not there stays empty.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from staffetta.smpp import tlv
from staffetta.smpp.constants import CODING_UCS2, ESM_INTERMEDIATE, ESM_RECEIPT, ESM_TYPE_MASK, ESM_UDH, MessageState, Tag
from staffetta.smpp.short import ShortMessage
from staffetta.smpp.tlv import Tlv

_new = tuple.__new__


class Receipt(NamedTuple):
    """What a receipt says.

    `message_id` is as the carrier wrote it (hexadecimal, decimal or padded); `error` is the carrier's own code;
    `done` is in the carrier's own time zone, which the protocol does not tell.
    """

    message_id: str
    state: MessageState
    error: str
    done: datetime | None


# The common form, read in one go; anything else is searched field by field.
_COMMON: Final = re.compile(
    rb"id:([^ ]{1,64}) sub:[^ ]* dlvrd:[^ ]* submit date:[^ ]* done date:([0-9]{10,14}) stat:([A-Z]{7}) err:([^ ]{0,16})(?: |$)"
).match
_KEY: Final = re.compile(rb"\b(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat(?:us)?|err(?:or)?|te?xt)[ \t]*:[ \t]*", re.IGNORECASE)
_LOOKS_LIKE: Final = re.compile(rb"\s*id[ \t]*:.*\bstat(?:us)?[ \t]*:", re.IGNORECASE | re.DOTALL).match

_STATES: Final = {
    b"ENROUTE": MessageState.ENROUTE,
    b"DELIVRD": MessageState.DELIVERED,
    b"EXPIRED": MessageState.EXPIRED,
    b"DELETED": MessageState.DELETED,
    b"UNDELIV": MessageState.UNDELIVERABLE,
    b"ACCEPTD": MessageState.ACCEPTED,
    b"UNKNOWN": MessageState.UNKNOWN,
    b"REJECTD": MessageState.REJECTED,
    # Not in Appendix B, but met.
    b"DELIVERED": MessageState.DELIVERED,
    b"DELIVERD": MessageState.DELIVERED,
    b"UNDELIVERABLE": MessageState.UNDELIVERABLE,
    b"UNDELIVERED": MessageState.UNDELIVERABLE,
    b"FAILED": MessageState.UNDELIVERABLE,
    b"ACCEPTED": MessageState.ACCEPTED,
    b"REJECTED": MessageState.REJECTED,
    b"BUFFERED": MessageState.ENROUTE,
    b"BUFFRED": MessageState.ENROUTE,
}
_WORDS: Final = {
    MessageState.ENROUTE: "ENROUTE",
    MessageState.DELIVERED: "DELIVRD",
    MessageState.EXPIRED: "EXPIRED",
    MessageState.DELETED: "DELETED",
    MessageState.UNDELIVERABLE: "UNDELIV",
    MessageState.ACCEPTED: "ACCEPTD",
    MessageState.UNKNOWN: "UNKNOWN",
    MessageState.REJECTED: "REJECTD",
}
_NUMBERED: Final = {bytes([state]): state for state in MessageState}
_DATE_MARKS: Final = b" -/:.T"
_AROUND: Final = b" \t\r\n\0,;"
_ID_MAX: Final = 64
_ERROR_MAX: Final = 16

# Plain integers: members of an enumeration compare slower, and this is done for every receipt.
_RECEIPTED_MESSAGE_ID: Final = int(Tag.RECEIPTED_MESSAGE_ID)
_MESSAGE_STATE: Final = int(Tag.MESSAGE_STATE)
_NETWORK_ERROR_CODE: Final = int(Tag.NETWORK_ERROR_CODE)
_MESSAGE_PAYLOAD: Final = int(Tag.MESSAGE_PAYLOAD)


def read(message: ShortMessage) -> Receipt | None:
    """Return the receipt that a deliver_sm is (§5.2.12, Appendix B); None where it is a person's message. Never raises.

    Where both text and parameters name the id or the state, the parameters (§5.3.2.12, §5.3.2.35) win: they are what
    the carrier's submit_sm_resp spoke of.
    """
    kind = message.esm_class & ESM_TYPE_MASK
    match = _COMMON(message.short_message) if kind == ESM_RECEIPT else None
    if match:
        message_id, done, stat, error = match.groups()
    else:
        text = _plain_text(message)
        if kind not in (ESM_RECEIPT, ESM_INTERMEDIATE) and (kind or not _unmarked(text, message.tlvs)):
            return None
        message_id, done, stat, error = _searched(text)
    state = _STATES.get(stat, MessageState.UNKNOWN)
    for tag, value in message.tlvs:
        if tag == _RECEIPTED_MESSAGE_ID:
            message_id = value.partition(b"\0")[0][:_ID_MAX] or message_id
        elif tag == _MESSAGE_STATE:
            state = _NUMBERED.get(value, state)
        elif tag == _NETWORK_ERROR_CODE and not error:
            error = b"%d" % int.from_bytes(value[1:3], "big")
    return _new(Receipt, (message_id.decode("latin-1"), state, error.decode("latin-1"), date(done)))


def write(
    message_id: str, state: MessageState, submitted: datetime, done: datetime, error: str = "000", *, seconds: bool = False, text: str = ""
) -> bytes:
    """Return the text of a receipt as Appendix B has it; with `seconds`, dates of 12 digits as many carriers send."""
    form = "%y%m%d%H%M%S" if seconds else "%y%m%d%H%M"
    delivered = "001" if state is MessageState.DELIVERED else "000"
    return (
        f"id:{message_id} sub:001 dlvrd:{delivered} submit date:{submitted.strftime(form)} done date:{done.strftime(form)}"
        f" stat:{_WORDS[state]} err:{error} text:{text[:20]}"
    ).encode("latin-1", "replace")


def parameters(message_id: str, state: MessageState) -> bytes:
    """Return the same as optional parameters: receipted_message_id and message_state (§5.3.2.12, §5.3.2.35)."""
    return tlv.write([(Tag.RECEIPTED_MESSAGE_ID, message_id.encode("latin-1", "replace") + b"\0"), (Tag.MESSAGE_STATE, bytes([state]))])


@lru_cache(maxsize=4096)
def date(digits: bytes) -> datetime | None:
    """Return a receipt's date of 10, 12 or 14 digits; None where it is none. The receipts of a send share few: kept.

    Twelve digits are a year of two and seconds, or, where that is no date, a year of four without seconds.
    """
    if not digits.isdigit():
        return None
    if len(digits) in (10, 12) and (moment := _moment(2000 + int(digits[:2]), digits[2:])):
        return moment
    return _moment(int(digits[:4]), digits[4:]) if len(digits) in (12, 14) else None


def _moment(year: int, rest: bytes) -> datetime | None:
    month, day, hour, minute = int(rest[:2]), int(rest[2:4]), int(rest[4:6]), int(rest[6:8])
    try:
        return datetime(year, month, day, hour, minute, int(rest[8:] or b"0"))
    except ValueError:
        return None


def _plain_text(message: ShortMessage) -> bytes:
    text = message.short_message
    if not text:
        text = next((value for tag, value in message.tlvs if tag == _MESSAGE_PAYLOAD), b"")
    if message.esm_class & ESM_UDH and text:
        text = text[text[0] + 1 :]
    if message.data_coding == CODING_UCS2 and b"\0" in text:
        text = text.decode("utf-16-be", "replace").encode("latin-1", "replace")
    return text


def _unmarked(text: bytes, tlvs: Sequence[Tlv]) -> bool:
    """Tell whether it is a receipt although esm_class is 0: some carriers forget it."""
    tags = {tag for tag, _ in tlvs}
    return {_RECEIPTED_MESSAGE_ID, _MESSAGE_STATE} <= tags or _LOOKS_LIKE(text) is not None


def _searched(text: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Return id, done date, state and error, in any order and case; what follows 'text:' is not searched."""
    found: dict[bytes, bytes] = {}
    key = _KEY.search(text)
    while key:
        name = key[1].lower()[:3]
        if name[:1] == b"t":
            break
        following = _KEY.search(text, key.end())
        value = text[key.end() : following.start() if following else len(text)].strip(_AROUND)
        found.setdefault(name, value)
        key = following
    message_id, stat, error = (found.get(name, b"").partition(b" ")[0] for name in (b"id", b"sta", b"err"))
    done = found.get(b"don", b"").translate(None, _DATE_MARKS)
    return message_id[:_ID_MAX], done, stat.upper(), error[:_ERROR_MAX]
