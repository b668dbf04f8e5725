"""Postal slips: amounts in letters, the code line there and back, what the bars hold."""

import pytest

from staffetta.billing.slip import codeline, letters


@pytest.mark.parametrize(
    ("cents", "written"),
    [
        (5, "zero/05"),
        (100, "uno/00"),
        (300, "tre/00"),
        (2300, "ventitré/00"),
        (2100, "ventuno/00"),
        (2850, "ventotto/50"),
        (9150, "novantuno/50"),
        (10_100, "centouno/00"),
        (10_800, "centotto/00"),
        (18_300, "centottantatré/00"),
        (12_250, "centoventidue/50"),
        (100_000, "mille/00"),
        (109_150, "millenovantuno/50"),
        (2_100_000, "ventunomila/00"),
        (123_456_789, "unmilioneduecentotrentaquattromilacinquecentosessantasette/89"),
        (300_000_000, "tremilioni/00"),
    ],
)
def test_an_amount_in_letters(cents, written):
    assert letters.amount(cents) == written


def test_more_than_a_slip_carries_is_refused():
    with pytest.raises(ValueError, match="slip"):
        letters.amount(10**11)


def test_the_code_line_is_as_the_post_office_reads_it():
    line = codeline.line(1042, 9150, "1234567")
    assert line == "<000000000000104219>  00000091+50>  000001234567<  896>"
    assert codeline.parsed(line) == (1042, 9150, "000001234567")


def test_a_wrong_digit_in_the_client_code_is_seen():
    assert codeline.order_of("000000000000104219") == 1042
    assert codeline.order_of(" 0000000000001042 19 ") == 1042
    for wrong in ("000000000000104319", "000000000000104220", "00000000000010421", "abcdefghijklmnopqr", "000000000000000000", ""):
        assert codeline.order_of(wrong) is None, wrong
    assert codeline.parsed("<000000000000104220>  00000091+50>  000001234567<  896>") is None
    assert codeline.parsed("896") is None


def test_the_bars_hold_each_field_after_its_length():
    bars = codeline.bars(1042, 9150, "1234567")
    assert bars == "18" + "000000000000104219" + "12" + "000001234567" + "10" + "0000009150" + "3" + "896"
    assert len(bars) == 50
