"""Any name in the letters of FatturaPA, within its field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffetta.billing.invoices.latin import field, latin


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Nicolò D’Angelo", "Nicolò D'Angelo"),
        ("Łódź", "Lódz"),
        ("Ελλάδα", "Ellada"),
        ("Щукин", "Shchukin"),
        ("“Bar” – 5 €", '"Bar" - 5 EUR'),
        ("ﬁore", "fiore"),
        ("Ferramenta\u00a0Bruni\n", "Ferramenta Bruni"),
        ("日本", "??"),
        ("Müller\u200b", "Müller"),
        ("e\u0301", "é"),
    ],
)
def test_names(name, written):
    assert latin(name) == written


def test_a_long_name_is_cut_at_a_word():
    assert field("uno due tre quattro", 16) == "uno due tre"
    assert field("a" * 100, 80) == "a" * 80


@given(st.text(), st.integers(10, 200))
def test_it_always_fits(text, length):
    written = field(text, length)
    assert 0 < len(written) <= length
    assert all(ord(letter) < 256 and letter.isprintable() for letter in written)
    assert latin(latin(text)) == latin(text)
