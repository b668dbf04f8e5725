"""The operator's settings: made from the environment, changed whole, refused with a reason."""

import pytest
from django.db import IntegrityError, transaction

from staffetta import cli
from staffetta.accounts import operator
from staffetta.accounts.errors import OperatorSettingUnknown, OperatorSettingWrong
from staffetta.accounts.models import Operator
from tests.db.portal import browser, text

pytestmark = pytest.mark.django_db


def test_it_works():
    assert (operator.current().brand, operator.current().realm, operator.current().free_credits_e4) == (
        "Staffetta",
        "staffetta.example",
        100_000,
    )
    operator.change(brand="Corriere", terms_it="Le nostre condizioni", realm="sms.example.it")
    assert "Corriere" in text(browser().get("/"))
    assert operator.document("terms", "it") == "Le nostre condizioni"
    assert "MODEL TEXT" in operator.document("terms", "en")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("brand", " "),
        ("brand", "x" * 61),
        ("colour", "red"),
        ("colour", "#ffff00"),
        ("realm", "Not a domain"),
        ("email", "nobody"),
        ("free_credits_e4", -1),
        ("terms_version", ""),
        ("short_domain", "http://x.it"),
    ],
)
def test_refusals_change_nothing(name, value):
    with pytest.raises(OperatorSettingWrong) as refused:
        operator.change(company="Nuova Srl", **{name: value})
    assert refused.value.values["name"] == name
    assert operator.current().company == ""


def test_an_unknown_setting_is_named_with_those_there_are():
    with pytest.raises(OperatorSettingUnknown, match=r"brnad.*brand, colour"):
        operator.change(brnad="x")


def test_there_is_one_operator():
    with pytest.raises(IntegrityError), transaction.atomic():
        Operator.objects.create(id=2, brand="B", realm="b.example")


def test_the_command_line_shows_and_sets(capsys):
    parsed = cli.parser_for(["operator", "set"]).parse_args(["operator", "set", "brand=Corriere", "free_credits_e4=50000"])
    assert cli.load(parsed.chosen.target)(parsed) == 0
    shown = cli.parser_for(["operator", "show"]).parse_args(["operator", "show"])
    capsys.readouterr()
    cli.load(shown.chosen.target)(shown)
    said = capsys.readouterr().out
    assert "brand=Corriere\n" in said
    assert "free_credits_e4=50000\n" in said
    wrong = cli.parser_for(["operator", "set"]).parse_args(["operator", "set", "free_credits_e4=ten"])
    with pytest.raises(OperatorSettingWrong):
        cli.load(wrong.chosen.target)(wrong)
