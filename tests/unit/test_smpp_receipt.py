"""Receipts in the forms seen in the field: the text of Appendix B as vendors write it, and the parameters."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffetta.smpp import tlv
from staffetta.smpp.constants import MessageState
from staffetta.smpp.receipt import Receipt, date, parameters, read, write
from staffetta.smpp.short import ShortMessage

DONE = datetime(2026, 11, 22, 14, 30)
DONE_S = datetime(2026, 11, 22, 14, 30, 5)
DELIVERED = MessageState.DELIVERED
UNKNOWN = MessageState.UNKNOWN


def message(text: bytes, esm_class: int = 0x04, data_coding: int = 0, tlvs: tuple[tuple[int, bytes], ...] = ()) -> ShortMessage:
    return ShortMessage(1, 1, "393331234567", "ACME", esm_class, 0, data_coding, text, tlvs, b"")


TEXTS = [
    (
        "id:0123456789 sub:001 dlvrd:001 submit date:2611221429 done date:2611221430 stat:DELIVRD err:000 Text:ciao",
        ("0123456789", DELIVERED, "000", DONE),
    ),
    (
        "id:0A1b2c sub:001 dlvrd:001 submit date:261122142900 done date:261122143005 stat:DELIVRD err:000 text:",
        ("0A1b2c", DELIVERED, "000", DONE_S),
    ),
    (
        "id:7 sub:001 dlvrd:000 submit date:2611221429 done date:2611221430 stat:UNDELIV err:A1F",
        ("7", MessageState.UNDELIVERABLE, "A1F", DONE),
    ),
    ("id:7 sub:1 dlvrd:0 submit date:2611221429 done date:2611221430 stat:EXPIRED err:0 text:x", ("7", MessageState.EXPIRED, "0", DONE)),
    ("id:7 stat:REJECTD err:12", ("7", MessageState.REJECTED, "12", None)),
    ("id:7 stat:ENROUTE", ("7", MessageState.ENROUTE, "", None)),
    ("id:7 stat:ACCEPTD", ("7", MessageState.ACCEPTED, "", None)),
    ("id:7 stat:DELETED", ("7", MessageState.DELETED, "", None)),
    ("id:7 stat:UNKNOWN", ("7", UNKNOWN, "", None)),
    ("id:7 stat:WHATEVER err:1", ("7", UNKNOWN, "1", None)),
    ("ID:7 STAT:delivrd ERR:000 DONE DATE:2611221430 TEXT:stat:EXPIRED", ("7", DELIVERED, "000", DONE)),
    ("stat:DELIVRD err:000 done date:20261122143005 id:00000000000000000007", ("00000000000000000007", DELIVERED, "000", DONE_S)),
    ("id: 7 , stat: DELIVRD , err: 000 , done_date: 2611221430", ("7", DELIVERED, "000", DONE)),
    ("id:7\r\nstat:DELIVERED\r\ndone date:2026-11-22 14:30:05\r\n", ("7", DELIVERED, "", DONE_S)),
    ("id:7 sub:001 dlvrd:001 submit date:2611221429 done date:0000000000 stat:DELIVRD err:000", ("7", DELIVERED, "000", None)),
    ("id:7 sub:001 dlvrd:001 submit date: done date: stat:FAILED err: text:", ("7", MessageState.UNDELIVERABLE, "", None)),
    (
        "id:9c1a-4f sub:001 dlvrd:001 submit date:2611221429 done date:202611221430 stat:DELIVRD err:000 text:",
        ("9c1a-4f", DELIVERED, "000", DONE),
    ),
    ("", ("", UNKNOWN, "", None)),
    ("your message was delivered", ("", UNKNOWN, "", None)),
    ("id:" + "9" * 80 + " stat:DELIVRD", ("9" * 64, DELIVERED, "", None)),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_texts(text: str, expected: tuple[str, MessageState, str, datetime | None]) -> None:
    assert read(message(text.encode())) == Receipt(*expected)


COMMON = b"id:7 sub:001 dlvrd:001 submit date:2611221429 done date:2611221430 stat:UNDELIV err:000 text:"
PARAMETERS = [
    (COMMON, ((0x1E, b"0A1b\0"), (0x427, b"\x02")), ("0A1b", DELIVERED, "000", DONE)),
    (b"", ((0x1E, b"0A1b\0"), (0x427, b"\x03")), ("0A1b", MessageState.EXPIRED, "", None)),
    (b"", ((0x427, b"\x05"), (0x1E, b"0A1b"), (0x423, b"\x03\x00\x1b")), ("0A1b", MessageState.UNDELIVERABLE, "27", None)),
    (COMMON, ((0x423, b"\x03\x00\x1b"), (0x1400, b"")), ("7", MessageState.UNDELIVERABLE, "000", DONE)),
    (COMMON, ((0x1E, b"\0"), (0x427, b"\x63")), ("7", MessageState.UNDELIVERABLE, "000", DONE)),
    (b"", ((0x424, COMMON),), ("7", MessageState.UNDELIVERABLE, "000", DONE)),
    (COMMON, ((0x427, b""), (0x423, b"")), ("7", MessageState.UNDELIVERABLE, "000", DONE)),
]


@pytest.mark.parametrize(("text", "tlvs", "expected"), PARAMETERS)
def test_parameters(text: bytes, tlvs: tuple[tuple[int, bytes], ...], expected: tuple[str, MessageState, str, datetime | None]) -> None:
    assert read(message(text, tlvs=tlvs)) == Receipt(*expected)


@pytest.mark.parametrize(
    ("text", "esm_class", "tlvs", "is_receipt"),
    [
        (COMMON, 0x04, (), True),
        (COMMON, 0x20, (), True),  # an intermediate notification
        (COMMON, 0x00, (), True),  # the carrier forgot to say
        (b"", 0x00, ((0x1E, b"7\0"), (0x427, b"\x02")), True),
        (b"STOP", 0x00, (), False),
        (b"my id: 7", 0x00, (), False),
        (COMMON, 0x08, (), False),  # a handset's own acknowledgement
    ],
)
def test_which_is_a_receipt(text: bytes, esm_class: int, tlvs: tuple[tuple[int, bytes], ...], is_receipt: bool) -> None:
    assert (read(message(text, esm_class, tlvs=tlvs)) is not None) is is_receipt


def test_in_ucs2_and_behind_a_header() -> None:
    expected = Receipt("7", MessageState.UNDELIVERABLE, "000", DONE)
    assert read(message(COMMON.decode().encode("utf-16-be"), data_coding=8)) == expected
    assert read(message(b"\x05\x00\x03\x01\x01\x01" + COMMON, esm_class=0x44)) == expected


@pytest.mark.parametrize("state", list(MessageState))
@pytest.mark.parametrize("seconds", [False, True])
def test_what_is_written_is_read(state: MessageState, seconds: bool) -> None:
    text = write("00ff", state, DONE, DONE_S, "1A", seconds=seconds, text="id:8 stat:EXPIRED")
    assert read(message(text)) == Receipt("00ff", state, "1A", DONE_S if seconds else DONE)
    assert read(message(b"", tlvs=tuple(tlv.read(parameters("00ff", state))))) == Receipt("00ff", state, "", None)


def test_it_writes_the_form_of_appendix_b() -> None:
    assert write("7", DELIVERED, DONE, DONE, text="x" * 30) == (
        b"id:7 sub:001 dlvrd:001 submit date:2611221430 done date:2611221430 stat:DELIVRD err:000 text:" + b"x" * 20
    )


@pytest.mark.parametrize("digits", [b"", b"26", b"2613221430", b"261122143061", b"26112214300", b"2611221a30", b"00000000000000"])
def test_what_is_no_date(digits: bytes) -> None:
    assert date(digits) is None


@given(st.binary(max_size=120), st.integers(0, 255), st.integers(0, 255), st.lists(st.tuples(st.integers(0, 0x500), st.binary(max_size=9))))
def test_reading_never_raises(text: bytes, esm_class: int, data_coding: int, tlvs: list[tuple[int, bytes]]) -> None:
    for body in (text, b"id:" + text, b"id:1 stat:" + text + b" done date:" + text):
        read(message(body, esm_class, data_coding, tuple(tlvs)))
