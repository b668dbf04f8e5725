"""Numbers as people and spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffetta.sms.errors import NUMBER_CODES, NumberError
from staffetta.sms.number import parse

ACCEPTED = [
    ("3331234567", "+393331234567"),
    ("393331234567", "+393331234567"),
    ("+393331234567", "+393331234567"),
    ("00393331234567", "+393331234567"),
    ("0039 333 1234567", "+393331234567"),
    ("+39 (333) 123-4567", "+393331234567"),
    ("333.123.45.67", "+393331234567"),
    ("333/1234567", "+393331234567"),
    ("'3331234567", "+393331234567"),
    ("\u00a0333\u202f1234567\u200b", "+393331234567"),
    ("\u202a+39 333 1234567\u202c", "+393331234567"),
    ("333–1234567", "+393331234567"),
    ("3331234567.0", "+393331234567"),
    ("393331234567,00", "+393331234567"),
    ("3931234567", "+393931234567"),  # 393 is a mobile prefix: no country in front
    ("393931234567", "+393931234567"),
    ("335123456", "+39335123456"),  # the first mobiles had nine digits
    ("+393334000000", "+393334000000"),  # zeros typed by a person
    ("333 4000000", "+393334000000"),
    ("3100234567", "+393100234567"),
    ("+44 7911 123456", "+447911123456"),
    ("0041 79 123 45 67", "+41791234567"),
    ("+1 202-555-0123", "+12025550123"),  # the plan of North America does not tell mobiles apart
]

REFUSED = [
    ("", "number_empty"),
    ("  ' ", "number_empty"),
    ("--", "number_empty"),
    ("Mario", "number_letters"),
    ("333 123456o", "number_letters"),
    ("3331234567 3339876543", "number_too_long"),
    ("3331234567;3339876543", "number_characters"),
    ("333+1234567", "number_characters"),
    ("33", "number_too_short"),
    ("333123", "number_too_short"),
    ("+3933312345", "number_too_short"),
    ("33312345678", "number_too_long"),
    ("3331234567890", "number_too_long"),
    ("0612345678", "number_landline"),
    ("+39 02 1234567", "number_landline"),
    ("800123456", "number_not_mobile"),
    ("+999123456789", "number_country_unknown"),
    ("+3900000000", "number_invalid"),
    ("3,93334E+11", "number_lost_digits"),
    ("3.93334e11", "number_lost_digits"),
    ("393334000000", "number_lost_digits"),
    ("3330000000", "number_lost_digits"),
    ("3330000000.0", "number_lost_digits"),
    ("333123456.7", "number_lost_digits"),
]


@pytest.mark.parametrize(("raw", "number"), ACCEPTED)
def test_accepted(raw: str, number: str) -> None:
    assert parse(raw) == number


@pytest.mark.parametrize(("raw", "code"), REFUSED)
def test_refused(raw: str, code: str) -> None:
    with pytest.raises(NumberError) as caught:
        parse(raw)
    assert (caught.value.code, caught.value.value) == (code, raw)


def test_every_code_is_known() -> None:
    assert {code for _, code in REFUSED} == NUMBER_CODES


@pytest.mark.parametrize(
    ("raw", "country", "number"),
    [("079 123 45 67", "CH", "+41791234567"), ("07911123456", "GB", "+447911123456"), ("+393331234567", "DE", "+393331234567")],
)
def test_the_default_country_is_heeded(raw: str, country: str, number: str) -> None:
    assert parse(raw, country) == number


def test_an_unknown_default_country_is_refused() -> None:
    with pytest.raises(NumberError) as caught:
        parse("0791234567", "XX")
    assert caught.value.code == "number_country_unknown"


@pytest.mark.parametrize("prefix", [f"3{i:02}" for i in range(100)])
def test_the_short_way_agrees_with_the_tables(prefix: str) -> None:
    """A blank sends the same number the long way round."""
    assert outcome(f"{prefix}1234567") == outcome(f"{prefix} 1234567")


def outcome(raw: str) -> str:
    try:
        return parse(raw)
    except NumberError as error:
        return error.code


@given(st.one_of(st.text(), st.text(st.sampled_from("0123456789+ .-/()E,'"), max_size=24)))
def test_anything_is_a_number_or_a_number_error(raw: str) -> None:
    result = outcome(raw)
    assert result in NUMBER_CODES or (result[0] == "+" and 8 <= len(result) <= 16 and parse(result) == result)
