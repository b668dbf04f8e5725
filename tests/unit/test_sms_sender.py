"""Senders by their form: names, numbers, short codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffetta.sms.errors import SENDER_CODES, SenderError
from staffetta.sms.sender import Sender, check

ACCEPTED = [
    ("ACME", Sender("alphanumeric", "ACME", "ACME", 5, 0)),
    ("Bar da Gino", Sender("alphanumeric", "Bar da Gino", "Bar da Gino", 5, 0)),
    ("H&M", Sender("alphanumeric", "H&M", "H&M", 5, 0)),
    ("24Ore", Sender("alphanumeric", "24Ore", "24Ore", 5, 0)),
    ("OOO", Sender("alphanumeric", "OOO", "OOO", 5, 0)),
    ("+393331234567", Sender("international", "+393331234567", "393331234567", 1, 1)),
    ("+12345678901234567890", Sender("international", "+12345678901234567890", "12345678901234567890", 1, 1)),
    ("3331234567", Sender("national", "3331234567", "3331234567", 0, 1)),
    ("48123", Sender("short", "48123", "48123", 0, 1)),
]

REFUSED = [
    ("", "sender_empty"),
    ("  ", "sender_empty"),
    (" ACME", "sender_edge_space"),
    ("ACME\n", "sender_edge_space"),
    ("ACME SRL 2000", "sender_too_long"),
    ("ACME{SRL}20", "sender_too_long"),
    ("+123456789012345678901", "sender_too_long"),
    ("+123", "sender_too_short"),
    ("12", "sender_too_short"),
    ("Caffè", "sender_characters"),
    ("ACME`", "sender_characters"),
    ("A\x00B", "sender_characters"),
    ("&-!", "sender_no_letter"),
    ("333 1234567", "sender_looks_like_number"),
    ("39-333-12345", "sender_looks_like_number"),
    ("O39333l2345", "sender_looks_like_number"),
    ("(333)1234", "sender_looks_like_number"),
]


@pytest.mark.parametrize(("given_sender", "sender"), ACCEPTED)
def test_accepted(given_sender: str, sender: Sender) -> None:
    assert check(given_sender) == sender


@pytest.mark.parametrize(("sender", "code"), REFUSED)
def test_refused(sender: str, code: str) -> None:
    with pytest.raises(SenderError) as caught:
        check(sender)
    assert (caught.value.code, caught.value.value) == (code, sender)


def test_every_code_is_known() -> None:
    assert {code for _, code in REFUSED} == SENDER_CODES


def test_the_error_names_length_limit_and_characters() -> None:
    with pytest.raises(SenderError) as caught:
        check("ACME SRL 2000")
    assert caught.value.facts == {"length": 13, "limit": 11}
    with pytest.raises(SenderError) as caught:
        check("Caffè è")
    assert caught.value.facts == {"characters": "è"}


@given(st.text(max_size=24))
def test_any_text_is_a_sender_or_a_sender_error(text: str) -> None:
    try:
        sender = check(text)
    except SenderError:
        return
    assert len(sender.address.encode("ascii")) <= 20
