"""The counter must say what the gateway sends, for any text; and no pair is ever cut."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from staffetta.sms.alphabet import BASIC, EXTENSION
from staffetta.sms.parts import Count, count, encoded, join, payloads, split

GSM_CHARACTERS = [char for char in BASIC if char != "\ufffe"] + list(EXTENSION.values()) * 3
LONG_GSM = st.text(st.sampled_from(GSM_CHARACTERS), max_size=1000)
LONG_UCS2 = st.text(st.sampled_from("aè’😀𝐁中"), max_size=500)
ANY_TEXT = st.one_of(LONG_GSM, LONG_UCS2, st.text(max_size=500))

COUNTS = [
    ("", Count("gsm", 0, 1)),
    ("a" * 160, Count("gsm", 160, 1)),
    ("a" * 161, Count("gsm", 161, 2)),
    ("a" * 306, Count("gsm", 306, 2)),
    ("a" * 307, Count("gsm", 307, 3)),
    ("a" * 612, Count("gsm", 612, 4)),
    ("a" * 613, Count("gsm", 613, 5)),
    ("€" * 80, Count("gsm", 160, 1)),
    ("€" * 81, Count("gsm", 162, 2)),
    ("a" * 159 + "€", Count("gsm", 161, 2)),
    ("a" * 152 + "€" + "a" * 152, Count("gsm", 306, 3)),  # the pair does not fit at the end of the first part
    ("€" * 76 * 4 + "€", Count("gsm", 610, 5)),
    ("ç" * 70, Count("ucs2", 70, 1)),
    ("ç" * 71, Count("ucs2", 71, 2)),
    ("ç" * 268, Count("ucs2", 268, 4)),
    ("ç" * 269, Count("ucs2", 269, 5)),
    ("😀" * 35, Count("ucs2", 70, 1)),
    ("😀" * 67, Count("ucs2", 134, 3)),  # 33 of them fit in 67 units
    ("ciao\x00", Count("ucs2", 5, 1)),
    ("\ud83d", Count("ucs2", 1, 1)),
]


@pytest.mark.parametrize(("text", "expected"), COUNTS)
def test_counts(text: str, expected: Count) -> None:
    assert count(text) == expected
    assert len(payloads(text, 1)) == expected.parts


@pytest.mark.parametrize(
    ("text", "fit"), [("a" * 612, True), ("a" * 613, False), ("ç" * 268, True), ("ç" * 269, False), ("€" * 304, True), ("€" * 305, False)]
)
def test_limits_at_four_parts(text: str, fit: bool) -> None:
    assert (count(text).parts <= 4) is fit


def test_single_gsm_payload() -> None:
    assert encoded("Città 5€", 7) == (0x00, 0x00, [bytes.fromhex("436974747f20351b65")])


def test_single_ucs2_payload() -> None:
    assert encoded("ç", 7) == (0x08, 0x00, [bytes.fromhex("00e7")])


def test_joined_payloads_carry_their_header() -> None:
    data_coding, esm_class, parts = encoded("a" * 161, 0x1FE)
    assert (data_coding, esm_class) == (0x00, 0x40)
    assert [part[:6].hex() for part in parts] == ["050003fe0201", "050003fe0202"]
    assert [len(part) for part in parts] == [6 + 153, 6 + 8]


def test_more_than_255_parts_are_refused() -> None:
    assert len(payloads("a" * 153 * 255, 1)) == 255
    with pytest.raises(ValueError):
        payloads("a" * (153 * 255 + 1), 1)


@settings(max_examples=300)
@given(ANY_TEXT)
def test_split_then_join_gives_the_text_back(text: str) -> None:
    assert join(split(text)) == text


@settings(max_examples=300)
@given(ANY_TEXT)
def test_the_count_is_what_is_sent(text: str) -> None:
    data_coding, esm_class, parts = encoded(text, 9)
    header = 6 if esm_class else 0
    octets = sum(len(part) - header for part in parts)
    width = 1 if data_coding == 0 else 2
    assert count(text) == Count("gsm" if data_coding == 0 else "ucs2", octets // width, len(parts))
    assert len(split(text)) == len(parts)


@settings(max_examples=300)
@given(ANY_TEXT)
def test_every_part_fits_and_cuts_no_pair(text: str) -> None:
    data_coding, esm_class, parts = encoded(text, 9)
    for part in parts:
        body = part[6:] if esm_class else part
        if data_coding == 0:
            # Packed, a header of 6 octets takes 7 septets: 48 bits and one to fill (3GPP 23.040 §9.2.3.24).
            septets = len(body) + (7 if esm_class else 0)
            assert -(-septets * 7 // 8) <= 140
            assert body[-1:] != b"\x1b"
        else:
            assert len(part) <= 140
            body.decode("utf-16-be")  # raises on half a pair


def test_lone_surrogates_stop_nothing() -> None:
    text = "\ude00\ud83d" * 100
    assert len(payloads(text, 1)) == count(text).parts
