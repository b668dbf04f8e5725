"""Which characters are named as costly, and what the repair writes instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffetta.sms.alphabet import is_gsm
from staffetta.sms.repair import Costly, costly, repaired
from staffetta.sms.replacements import REPLACEMENTS

REPAIRS = [
    ("l’offerta “più bella” – oggi…", 'l\'offerta "più bella" - oggi...'),
    ("50\u00a0€", "50 €"),
    ("perche\u0301", "perché"),
    ("citta\u0301", "città"),
    ("È ora", "E' ora"),
    ("façade, fête, Łódź, œuvre", "facade, fete, Lòdz, oeuvre"),
    ("ciao 😀!", "ciao !"),
    ("👨‍👩‍👧 ok", " ok"),
    ("premi 1️⃣", "premi 1"),
    ("ﬁne ＡＢＣ", "fine ABC"),
    ("¼ © → ™", "1/4 (c) -> TM"),
    ("\u200bciao\ufeff", "ciao"),
    ("٣", "3"),
    ("Привет", "Привет"),
    ("already plain", "already plain"),
]


@pytest.mark.parametrize(("text", "better"), REPAIRS)
def test_repairs(text: str, better: str) -> None:
    assert repaired(text) == better


def test_costly_names_each_character_with_its_places() -> None:
    assert costly("l’ora d’oro 😀 Ж") == [Costly("’", (1, 7), "'"), Costly("😀", (12,), ""), Costly("Ж", (14,), None)]


def test_costly_of_a_gsm_text_is_empty() -> None:
    assert costly("Città €") == []


def test_every_listed_replacement_is_gsm_and_needed() -> None:
    for char, text in REPLACEMENTS.items():
        assert is_gsm(text), char
        assert not is_gsm(char), char


@given(st.text())
def test_what_has_a_replacement_is_mended(text: str) -> None:
    lasting = {item.character for item in costly(text) if item.replacement is None}
    assert {item.character for item in costly(repaired(text))} <= lasting
    assert bool(lasting) != is_gsm(repaired(text))
