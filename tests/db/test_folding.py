"""SQL folds as Python does."""

import pytest
from django.db import connection

from staffetta.contacts import folding


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["Nicolò D’Angelo", "PERCHÉ È COSÌ", "Łódź Škoda Ærø", "plain ASCII 'quoted'", "東京 🎉", ""])
def test_it_works(text):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {folding.sql('t.a')} FROM (SELECT %s::text AS a) t", [text])
        assert cursor.fetchone() == (folding.folded(text),)
