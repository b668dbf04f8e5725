"""GSM 03.38 against the table of 3GPP 23.038 §6.2.1, written out here by septet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffetta.sms.alphabet import BASIC, EXTENSION, decode_gsm, decode_ucs2, encode_gsm, encode_ucs2, is_gsm

GSM_CHARACTERS = [char for char in BASIC if char != "\ufffe"] + list(EXTENSION.values())

GSM_ROWS = [
    ("@", "00"),
    ("£$¥èéùìò", "0102030405060708"),
    ("Ç\nØø\rÅå", "090a0b0c0d0e0f"),
    ("Δ_ΦΓΛΩΠΨΣΘΞ", "101112131415161718191a"),
    ("ÆæßÉ", "1c1d1e1f"),
    (" !\"#¤%&'", "2021222324252627"),
    ("09:;<=>?¡", "30393a3b3c3d3e3f40"),
    ("AZÄÖÑÜ§¿", "415a5b5c5d5e5f60"),
    ("azäöñüà", "617a7b7c7d7e7f"),
    ("^{}\\[~]|€", "1b141b281b291b2f1b3c1b3d1b3e1b401b65"),
    ("\f", "1b0a"),
    ("a@€", "61001b65"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "septets"), GSM_ROWS)
def test_gsm_text_and_septets(text: str, septets: str) -> None:
    assert encode_gsm(text).hex() == septets
    assert decode_gsm(bytes.fromhex(septets)) == text


def test_the_alphabet_has_127_characters_and_ten_more() -> None:
    assert len(set(GSM_CHARACTERS)) == 127 + 10


@pytest.mark.parametrize("char", ["ç", "á", "’", "\x00", "\x1b", "\u00a0", "`", "😀", "\ud83d", "\ufffe"])
def test_it_is_not_gsm(char: str) -> None:
    assert not is_gsm(f"ciao {char}")
    with pytest.raises(ValueError):
        encode_gsm(f"ciao {char}")


@pytest.mark.parametrize(
    ("septets", "text"),
    [("1b", " "), ("611b", "a "), ("1b61", "a"), ("1b1b61", " a"), ("80ff", "\ufffd\ufffd"), ("1b65", "€"), ("1b0d", "\r")],
)
def test_odd_septets_are_shown_as_the_standard_says(septets: str, text: str) -> None:
    assert decode_gsm(bytes.fromhex(septets)) == text


@given(st.binary())
def test_decoding_never_raises(octets: bytes) -> None:
    decode_gsm(octets)
    decode_ucs2(octets)


@given(st.text(st.sampled_from(GSM_CHARACTERS)))
def test_gsm_there_and_back(text: str) -> None:
    assert is_gsm(text)
    assert decode_gsm(encode_gsm(text)) == text


@given(st.text())
def test_ucs2_there_and_back(text: str) -> None:
    assert decode_ucs2(encode_ucs2(text)) == text


def test_ucs2_octets() -> None:
    assert encode_ucs2("è😀").hex() == "00e8d83dde00"
    assert decode_ucs2(bytes.fromhex("00e800")) == "è\ufffd"
    assert encode_ucs2("\ud83d").hex() == "d83d"
