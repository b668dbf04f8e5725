"""An apostrophe keeps a cell from being a formula, and comes off again."""

import pytest

from staffetta.contacts import harmless


@pytest.mark.parametrize(
    ("cell", "made"),
    [
        ("=1+1", "'=1+1"),
        ("+39", "'+39"),
        ("-x", "'-x"),
        ("@a", "'@a"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("D'Angelo", "D'Angelo"),
        ("'a", "'a"),
        ("", ""),
    ],
)
def test_it_works(cell, made):
    assert harmless.made(cell) == made
    assert harmless.original(made) == cell
