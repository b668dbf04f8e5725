"""Array literals say what the list said, whatever stands in it."""

import pytest

from staffetta.lib import literal


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([], "{}"),
        (["", "Ciao, mondo", "{a}"], '{"","Ciao, mondo","{a}"}'),
        ([None, "a"], '{NULL,"a"}'),
        (['di "qui"', "plain"], '{"di \\"qui\\"","plain"}'),
        (["c:\\x", None], '{"c:\\\\x",NULL}'),
        (["nul\0l"], '{"null"}'),
    ],
)
def test_texts(values, written):
    assert literal.texts(values) == written
    assert literal.texts(iter(values)) == written
