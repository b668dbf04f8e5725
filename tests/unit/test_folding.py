"""Searches compare letters without accents and capitals."""

import pytest

from staffetta.contacts.folding import FROM, TO, folded, pattern


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Nicolò D’Angelo", "nicolo d'angelo"),
        ("PERCHÉ", "perche"),
        ("Łódź Škoda Ærø", "łodz skoda ærø"),
        ("perche\u0301", "perche"),
        ("東京 🎉", "東京 🎉"),
    ],
)
def test_it_works(text, found):
    assert folded(text) == found


def test_each_letter_has_one_in_its_place():
    assert len(FROM) == len(TO) == len(set(FROM))


def test_a_pattern_takes_its_signs_for_letters():
    assert pattern("50% _x\\") == r"%50\% \_x\\%"
