"""Every string that people read has its Italian, with the same values in it."""

import re
from collections import Counter

import pytest
from babel.messages.catalog import Message

from scripts import messages

_VALUE = re.compile(r"%\(\w+\)[sd]|%%")
TEMPLATE = messages.extracted()


def _texts(message_part: str | tuple[str, ...] | list[str]) -> list[str]:
    return [message_part] if isinstance(message_part, str) else list(message_part)


def wrong_values(message: Message) -> list[str]:
    """Return the translations of a message that have other values than the source."""
    sources = [Counter(_VALUE.findall(text)) for text in _texts(message.id)]
    return [text for text in _texts(message.string) if text and Counter(_VALUE.findall(text)) not in sources]


@pytest.mark.parametrize("path", list(messages.catalogs()), ids=lambda path: path.parts[-3])
def test_translations_are_complete(path):
    left = [message.id for message in messages.missing(messages.read(path), TEMPLATE)]
    assert not left, f"translate these in {path.name}, after `.venv/bin/python scripts/messages.py`: {left}"


@pytest.mark.parametrize("path", list(messages.catalogs()), ids=lambda path: path.parts[-3])
def test_translations_have_the_same_values(path):
    assert not [wrong for message in messages.read(path) if message.id for wrong in wrong_values(message)]


@pytest.mark.parametrize("path", list(messages.catalogs()), ids=lambda path: path.parts[-3])
def test_nothing_is_translated_that_is_not_there(path):
    known = {(message.context, str(message.id)) for message in TEMPLATE}
    assert not [message.id for message in messages.read(path) if message.id and (message.context, str(message.id)) not in known]


def test_a_missing_translation_and_a_lost_value_are_found():
    assert wrong_values(Message("%(n)s sent", "inviati"))
    assert not wrong_values(Message("%(n)s sent", "%(n)s inviati"))
    catalog = messages.read(next(messages.catalogs()))
    catalog.delete("Log out")
    assert "Log out" in [message.id for message in messages.missing(catalog, TEMPLATE)]


def test_every_file_with_strings_is_read():
    names = {name for message in TEMPLATE for name, _line in message.locations}
    assert {"staffetta/billing/errors.py", "staffetta/messaging/compose.py", "staffetta/portal/templates/portal/home.html"} <= names
