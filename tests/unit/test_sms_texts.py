"""The table of texts against the server's counter; tests/line/test_compose.py holds the browser's against the same."""

import pytest

from staffetta.sms import parts
from tests.texts import TABLE, text_of


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["name"])
def test_the_table_is_what_the_server_counts(row):
    text = text_of(row)
    count = parts.count(text)
    assert (count.alphabet, count.units, count.parts) == (row["alphabet"], row["units"], row["parts"])
    assert len(parts.split(text)) == row["parts"]


def test_the_table_has_what_is_easily_miscounted():
    assert len(TABLE) >= 30
    assert {row["alphabet"] for row in TABLE} == {"gsm", "ucs2"}
    assert {1, 2, 3, 4, 5} <= {row["parts"] for row in TABLE}
