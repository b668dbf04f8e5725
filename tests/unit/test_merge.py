"""Texts with fields: what is read as one, in time that grows with the text and no faster; the link's own mark."""

import subprocess
import sys

import pytest

from staffetta.contacts.audience import Person
from staffetta.messaging.errors import BraceAlone, UnknownField
from staffetta.messaging.merge import MARK, Template

ADA = Person("+393331234567", "Ada", "Neri", {"città": "Roma"}, False)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Ciao {nome}", "Ciao Ada"),
        ("Ciao {  Nome  }", "Ciao Ada"),
        ("{ nome | cliente }", "Ada"),
        ("{ città }", "Roma"),
        ("{nome|}{cognome}", "AdaNeri"),
    ],
)
def test_a_field_is_read_with_blanks_around_it(text, read):
    template = Template(text, ["città"])
    assert template.fill(template.values(ADA)) == read


def test_a_blank_name_is_no_field():
    with pytest.raises(UnknownField):
        Template("Ciao {   }")
    with pytest.raises(BraceAlone):
        Template("Ciao {}")


_OPEN = """
from django.conf import settings
settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "staffetta.accounts", "staffetta.contacts"], AUTH_USER_MODEL="accounts.User")
import django
django.setup()
from staffetta.messaging.errors import BraceAlone
from staffetta.messaging.merge import Template
try:
    Template("{" + " " * 20_000)
except BraceAlone:
    print("read")
"""


def test_an_open_brace_before_many_blanks_is_read_at_once():
    """With the blanks tried in every combination this would take longer than anybody's life: the process is given a minute."""
    done = subprocess.run([sys.executable, "-c", _OPEN], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "read\n", done.stderr


def test_the_link_s_mark_in_somebody_s_own_words_is_not_the_link():
    template = Template(f"Qui {MARK}e qui {{link}}, {{nome|{MARK}}}", link=MARK)
    assert template.fill(template.values(ADA)) == f"Qui e qui {MARK}, Ada"
    nobody = Person("+393331234567", "", "", {}, False)
    assert template.fill(template.values(nobody)).count(MARK) == 1


def test_people_s_data_count_as_they_will_be_written():
    """While counting a sample stands for the link; what is taken out of a value then is what is taken out when it is written."""
    odd = Person("+393331234567", f"A{MARK}da", "", {}, False)
    assert {Template("{nome} {link}", link=link).values(odd)[0] for link in (MARK, "go.example/abc")} == {"Ada"}
