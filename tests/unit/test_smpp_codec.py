"""PDUs as hex and the octets left over, written out by hand from SMPP 3.4 §4; smpp34 (Rust) as the foreign reader."""

import pytest
import smpp34

from staffetta.smpp import tlv
from staffetta.smpp.codec import cut, decode, encode
from staffetta.smpp.constants import Command, Status
from staffetta.smpp.errors import ProtocolError
from staffetta.smpp.pdu import LAYOUTS, Bind, BindAnswer, Empty, Message, MessageAnswer, Pdu, Query, QueryAnswer
from staffetta.smpp.templates import DeliverTemplate, SubmitTemplate, relative_time

SUBMIT = Message(
    source_addr_ton=5,
    source_addr="ACME",
    dest_addr_ton=1,
    dest_addr_npi=1,
    destination_addr="393331234567",
    validity_period="000001000000000R",
    registered_delivery=1,
    short_message=b"Ciao",
)
SUBMIT_HEX = (
    "00000045 00000004 00000000 00000007"
    "00 05 00 41434d4500 01 01 33393333333132333435363700 00 00 00 00 30303030303130303030303030303052 00 01 00 00 00 04 4369616f"
)

PDUS = [
    # The example of §3.2.2: a bind_transmitter of 'SMPP3TEST'.
    (
        "0000002f 00000002 00000000 00000001 534d50503354455354 00 7365637265743038 00 5355424d495431 00 00 01 01 00",
        Pdu(Command.BIND_TRANSMITTER, 1, body=Bind("SMPP3TEST", "secret08", "SUBMIT1", 0x00, 1, 1, "")),
    ),
    (
        "0000001f 00000001 00000000 00000002 61 00 62 00 00 34 00 00 33392a 00 0000",
        None,  # three octets too many are no parameter
    ),
    (
        "0000001c 00000009 00000000 00000002 61 00 62 00 00 34 00 00 33392a 00",
        Pdu(Command.BIND_TRANSCEIVER, 2, body=Bind("a", "b", "", 0x34, 0, 0, "39*")),
    ),
    ("00000016 80000009 00000000 00000002 74657374 00 00", None),
    (
        "0000001a 80000009 00000000 00000002 74657374 00 0210 0001 34",
        Pdu(Command.BIND_TRANSCEIVER_RESP, 2, body=BindAnswer("test"), tlvs=((0x0210, b"\x34"),)),
    ),
    ("00000010 80000002 0000000e 00000002", Pdu(Command.BIND_TRANSMITTER_RESP, 2, Status.RINVPASWD, BindAnswer())),
    (SUBMIT_HEX, Pdu(Command.SUBMIT_SM, 7, body=SUBMIT)),
    ("00000015 80000004 00000000 00000007 30613162 00", Pdu(Command.SUBMIT_SM_RESP, 7, body=MessageAnswer("0a1b"))),
    ("00000010 80000004 00000058 00000007", Pdu(Command.SUBMIT_SM_RESP, 7, Status.RTHROTTLED, MessageAnswer())),
    (
        "0000002a 00000005 00000000 00000009 00 01 01 3339 00 05 00 41 00 04 00 00 00 00 00 00 00 00 00 0424 0002 4f4b",
        Pdu(
            Command.DELIVER_SM,
            9,
            body=Message("", 1, 1, "39", 5, 0, "A", 4),
            tlvs=((0x0424, b"OK"),),
        ),
    ),
    ("00000011 80000005 00000000 00000009 00", Pdu(Command.DELIVER_SM_RESP, 9, body=MessageAnswer())),
    ("00000018 00000003 00000000 0000000a 30613162 00 05 00 00", Pdu(Command.QUERY_SM, 10, body=Query("0a1b", 5, 0, ""))),
    ("00000018 80000003 00000000 0000000a 30613162 00 00 02 00", Pdu(Command.QUERY_SM_RESP, 10, body=QueryAnswer("0a1b", "", 2, 0))),
    ("00000010 00000006 00000000 0000000b", Pdu(Command.UNBIND, 11)),
    ("00000010 80000006 00000000 0000000b", Pdu(Command.UNBIND_RESP, 11)),
    ("00000010 00000015 00000000 7fffffff", Pdu(Command.ENQUIRE_LINK, 0x7FFFFFFF)),
    ("00000010 80000015 00000000 0000000c", Pdu(Command.ENQUIRE_LINK_RESP, 12)),
    ("00000010 80000000 00000003 0000000d", Pdu(Command.GENERIC_NACK, 13, Status.RINVCMDID)),
]


@pytest.mark.parametrize(("octets", "pdu"), PDUS)
def test_hex_and_pdu(octets: str, pdu: Pdu | None) -> None:
    data = bytes.fromhex(octets)
    if pdu is None:
        with pytest.raises(ProtocolError):
            decode(data)
        return
    assert decode(data) == pdu
    assert encode(pdu) == data


def test_every_layout_is_in_the_table_above() -> None:
    named = {pdu.command for _, pdu in PDUS if pdu}
    twins = {Command.BIND_RECEIVER, Command.BIND_RECEIVER_RESP, Command.BIND_TRANSMITTER_RESP}
    assert set(LAYOUTS) == named | twins


LINK = "00000010 00000015 00000000 00000001"
CUTS = [
    ("", 0, ""),
    ("000000", 0, "000000"),
    (LINK, 1, ""),
    (LINK + LINK, 2, ""),
    (LINK + "00000010 000000", 1, "00000010000000"),
    ("00000012 00000015 00000000 00000001 00", 0, "00000012000000150000000000000001" + "00"),
]


@pytest.mark.parametrize(("octets", "pdus", "rest"), CUTS)
def test_cutting_leaves_what_is_not_whole(octets: str, pdus: int, rest: str) -> None:
    frames, left, error = cut(bytes.fromhex(octets))
    assert (len(frames), left.hex(), error) == (pdus, rest, None)


@pytest.mark.parametrize("length", ["00000000", "0000000f", "00010001", "ffffffff"])
def test_a_length_that_cannot_be_ends_the_cutting(length: str) -> None:
    frames, rest, error = cut(bytes.fromhex(LINK + length + "00000015 00000000 00000001"))
    assert (len(frames), rest) == (1, b"")
    assert error is not None
    assert (error.status, error.recoverable) == (Status.RINVCMDLEN, False)


HEAD = "00000000 00000007"  # status and sequence
BAD = [
    ("00000010 00000099 " + HEAD, Status.RINVCMDID),
    ("00000010 00000004 " + HEAD, Status.RINVSERTYP),
    ("00000017 00000004 " + HEAD + "41424344454600", Status.RINVSERTYP),
    ("00000011 00000004 " + HEAD + "00", Status.RINVCMDLEN),
    ("00000014 00000004 " + HEAD + "00 05 00 41", Status.RINVSRCADR),
    ("00000018 00000004 " + HEAD + "00 05 00 00 01 01 33 33", Status.RINVDSTADR),
    ("00000022 00000004 " + HEAD + "00 05 00 00 01 01 00 00 00 00 00 00 00 00 00 00 02 41", Status.RINVMSGLEN),
    ("00000024 00000004 " + HEAD + "00 05 00 00 01 01 00 00 00 00 00 00 00 00 00 00 00 042400", Status.RINVOPTPARSTREAM),
    ("00000026 00000004 " + HEAD + "00 05 00 00 01 01 00 00 00 00 00 00 00 00 00 00 00 0424 0002 4f", Status.RINVOPTPARSTREAM),
    ("0000000f 00000004 " + HEAD, Status.RINVCMDLEN),
    (LINK + LINK, Status.RINVCMDLEN),
]


@pytest.mark.parametrize(("octets", "status"), BAD)
def test_a_bad_pdu_names_the_status_to_answer(octets: str, status: Status) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode(bytes.fromhex(octets))
    assert caught.value.status == status


UNWRITABLE = [
    (Pdu(Command.SUBMIT_SM, 1, body=Message(destination_addr="1" * 21)), Status.RINVDSTADR),
    (Pdu(Command.SUBMIT_SM, 1, body=Message(source_addr="A\0B")), Status.RINVSRCADR),
    (Pdu(Command.SUBMIT_SM, 1, body=Message(source_addr="Ω")), Status.RINVSRCADR),
    (Pdu(Command.SUBMIT_SM, 1, body=Message(esm_class=256)), Status.RINVESMCLASS),
    (Pdu(Command.SUBMIT_SM, 1, body=Message(short_message=b"x" * 255)), Status.RINVMSGLEN),
    (Pdu(Command.SUBMIT_SM, 1, body=Empty()), Status.RINVCMDID),
    (Pdu(0x99, 1), Status.RINVCMDID),
    (Pdu(Command.UNBIND, -1), Status.RSYSERR),
    (Pdu(Command.SUBMIT_SM, 1, body=Message(), tlvs=((0x10000, b""),)), Status.RINVPARLEN),
]


@pytest.mark.parametrize(("pdu", "status"), UNWRITABLE)
def test_what_does_not_fit_is_not_written(pdu: Pdu, status: Status) -> None:
    with pytest.raises(ProtocolError) as caught:
        encode(pdu)
    assert caught.value.status == status


def test_parameters_there_and_back() -> None:
    pairs = [(0x001E, b"0A1b\0"), (0x0427, b"\x02"), (0x1400, b"")]
    assert tlv.write(pairs).hex() == "001e0005304131620004270001021400" + "0000"
    assert tlv.read(tlv.write(pairs)) == pairs


def test_the_templates_write_what_the_codec_writes() -> None:
    message = Message("CMT", 5, 0, "ACME", 1, 1, "393331234567", 0x40, 0, 1, "", "000001000000000R", 1, 0, 8, 0, b"\x05\x00\x03")
    tlvs = ((0x0424, b"x"),)
    submit = SubmitTemplate(message, tlvs).encode(9, message.destination_addr, message.short_message)
    assert submit == encode(Pdu(Command.SUBMIT_SM, 9, body=message, tlvs=tlvs))
    deliver = DeliverTemplate(message).encode(9, "ACME", message.destination_addr, message.short_message, tlv.write(tlvs))
    assert deliver == encode(Pdu(Command.DELIVER_SM, 9, body=message, tlvs=tlvs))


@pytest.mark.parametrize(
    ("destination", "text", "status"),
    [
        ("1" * 21, b"", Status.RINVDSTADR),
        ("39\0", b"", Status.RINVDSTADR),
        ("39è", b"", Status.RINVDSTADR),
        ("39", b"x" * 255, Status.RINVMSGLEN),
    ],
)
def test_the_templates_refuse_what_does_not_fit(destination: str, text: bytes, status: Status) -> None:
    with pytest.raises(ProtocolError) as caught:
        SubmitTemplate(Message()).encode(1, destination, text)
    assert caught.value.status == status
    with pytest.raises(ProtocolError):
        DeliverTemplate(Message()).encode(1, "A", destination, text)


def test_a_foreign_reader_reads_our_submit() -> None:
    theirs = smpp34.decode(SubmitTemplate(SUBMIT, ((0x0204, b"\0\x2a"),)).encode(7, "393331234567", b"Ciao"))
    assert (theirs.sequence_number, theirs.source_addr, theirs.destination_addr) == (7, "ACME", "393331234567")
    assert (theirs.source_addr_ton, theirs.dest_addr_npi, theirs.registered_delivery) == (5, 1, 1)
    assert (theirs.short_message, theirs.validity_period) == (b"Ciao", "000001000000000R")
    assert [(item.tag, item.value) for item in theirs.tlvs] == [(0x0204, b"\0\x2a")]


def test_we_read_and_write_what_a_foreign_writer_writes() -> None:
    data = smpp34.DeliverSm(
        "393331234567",
        "ACME",
        b"Ciao",
        esm_class=4,
        source_addr_ton=1,
        source_addr_npi=1,
        tlvs=[smpp34.Tlv(0x0427, b"\x02")],
        sequence_number=3,
    ).encode()
    pdu = decode(data)
    assert isinstance(pdu.body, Message)
    assert (pdu.body.source_addr, pdu.body.destination_addr, pdu.body.short_message, pdu.tlvs) == (
        "393331234567",
        "ACME",
        b"Ciao",
        ((0x0427, b"\x02"),),
    )
    assert encode(pdu) == data


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "000000000001000R"), (86_400, "000001000000000R"), (172_800 + 3_661, "000002010101000R"), (40 * 86_400, "000110000000000R")],
)
def test_relative_times(seconds: int, text: str) -> None:
    assert relative_time(seconds) == text


@pytest.mark.parametrize("seconds", [0, -1, 100 * 365 * 86_400])
def test_relative_times_that_cannot_be_written(seconds: int) -> None:
    with pytest.raises(ValueError):
        relative_time(seconds)
