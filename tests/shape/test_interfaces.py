"""What the documentation says is what the interfaces do: codes, calls, files under docs/api/, examples."""

import re
from pathlib import Path

import pytest

from scripts import api_docs
from staffetta.api.errors import DIALECTS
from staffetta.api.legacy import answers, several
from staffetta.api.rest.urls import urlpatterns
from staffetta.portal.interfaces import book, errors, examples, rest, webservices

FOLDER = Path(__file__).parents[2] / "docs" / "api"


def test_the_table_of_codes_is_that_of_the_interfaces():
    assert {code: (dialect.status, dialect.legacy) for code, dialect in DIALECTS.items()} == errors.CODES


def test_every_line_of_the_old_interface_is_listed():
    page = (FOLDER / "http.md").read_text()
    for number, words in answers._WORDS.items():
        assert f"`-{number}-{words.partition(' s ')[0] % {'name': 'NAME'}}".partition("NAME")[0] in page, words
    for code, words in answers._OWN_WORDS.items():
        assert f"`-{DIALECTS[code].legacy}-{words % {'allowed': 'GET or POST'}}`" in page, words


def test_the_limits_of_xmlrpc_and_soap_are_those_of_the_interfaces():
    assert (several.MESSAGES_MAX, several.BODY_BYTES_MAX) == (webservices.MESSAGES_MAX, webservices.BODY_MIB_MAX * 2**20)


def test_every_code_has_its_sentence():
    assert list(api_docs.documents())  # which reads in every app
    assert set(errors.CODES) <= {each.code for each in errors.refusals()}


@pytest.mark.parametrize(("name", "text"), list(api_docs.documents()), ids=lambda each: each if each.endswith(".md") else "")
def test_the_files_are_the_pages(name, text):
    assert (FOLDER / name).read_text() == text, "run .venv/bin/python scripts/api_docs.py"


def test_there_are_no_other_files():
    assert {path.name for path in FOLDER.iterdir()} == {name for name, _text in api_docs.documents()}


def test_every_example_is_shown_and_every_blank_is_filled():
    used = {section.example for page in book.PAGES for section in page.sections if section.example}
    assert used == set(examples.names())
    for name in used:
        for each in examples.shown(name, examples.Values()):
            assert not re.search(r"@[A-Z]+@", each.code), (name, each.language)


def test_every_call_that_is_named_exists():
    known = {"/" + re.sub(r"<[^>]+>", "{id}", str(each.pattern)) for each in urlpatterns}
    named = {
        path for call, _words in rest.CALLS for path in re.findall(r"/[a-z]+(?:/\{[a-z]+\}|/[a-z]+)*", call.replace("{number}", "{id}"))
    }
    assert named
    assert named <= known
    assert {each for each in known if re.fullmatch(r"(?:/[a-z]+|/\{id\})+", each)} - {"/docs"} == named


# Refusals of what only people do, in the portal.
PORTAL_ONLY = {
    "already_decided", "count_failed", "cut_refused", "cut_too_late", "everybody_reached", "field_in_use", "file_gone", "limit_wrong",
    "link_refused", "link_unused", "lookup_account_unclear", "lookup_file_gone", "lookup_key_used_differently", "lookup_price_changed",
    "lookup_provider_name_taken", "lookup_provider_wrong", "lookup_setting_wrong", "nobody_asks", "nobody_dead",
    "not_yours_to_decide", "planned_time_passed", "reason_to_refuse_missing", "refused",
    "second_owner_missing", "senders_full", "time_fixed", "time_has_passed", "time_not_yours", "too_many_to_repeat",
}  # fmt: skip
MODULES = (
    "staffetta.api.errors",
    "staffetta.contacts.people",
    "staffetta.lookup.errors",
    "staffetta.messaging.errors",
    "staffetta.reports.errors",
    "staffetta.webhooks.errors",
)


def test_every_refusal_of_a_call_is_in_the_table():
    assert list(api_docs.documents())  # which reads in every app
    known = {each.code for each in errors.refusals() if each.__module__ in MODULES} | {"group_name_missing", "group_name_too_long"}
    assert known - PORTAL_ONLY <= set(errors.CODES)
    assert PORTAL_ONLY - {"refused"} <= known
