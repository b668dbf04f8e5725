"""The command line's table: every command names a function that is there, and a refusal is one line."""

import argparse

import pytest

from staffetta import cli
from staffetta.lib import env
from staffetta.lib.errors import Refused
from staffetta.localpg import CannotStart


class TooLate(Refused):
    message = "It is too late for '%(what)s'."


@pytest.mark.parametrize("words", cli.COMMANDS)
def test_every_command_leads_to_a_function(words: str) -> None:
    assert callable(cli.load(cli.COMMANDS[words].target))


@pytest.mark.parametrize("words", cli.COMMANDS)
def test_every_command_has_help(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([*words.split(), "--help"])
    assert left.value.code == 0
    assert cli.COMMANDS[words].help.split(";")[0] in " ".join(capsys.readouterr().out.split())


def test_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[argparse.Namespace] = []
    monkeypatch.setattr(cli, "load", lambda target: lambda options: seen.append(options) or 3)
    assert cli.main(["work"]) == 3
    assert seen[0].command == "work"


def test_the_simulator_declares_its_own_options() -> None:
    options = cli.parser_for(["simulator", "--port", "1"]).parse_args(["simulator", "--port", "1"])
    assert options.port == 1


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (env.SettingError("PORT is 'x'."), "PORT is 'x'."),
        (TooLate(what="lunch"), "It is too late for 'lunch'."),
        (CannotStart("No PostgreSQL."), "No PostgreSQL."),
    ],
)
def test_a_refusal_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, line: str) -> None:
    def refuse(options: argparse.Namespace) -> int:
        raise error

    monkeypatch.setattr(cli, "load", lambda target: refuse)
    assert cli.main(["work"]) == 2
    assert capsys.readouterr().err == line + "\n"


@pytest.mark.parametrize(("credits", "said"), [("many", "'many' is not a number of credits"), ("1.23456", "at most four decimals")])
def test_credits_are_checked_before_anything_starts(capsys: pytest.CaptureFixture[str], credits: str, said: str) -> None:
    with pytest.raises(SystemExit):
        cli.main(["account", "credit", "Rossi", credits, "--reason", "gift"])
    assert said in capsys.readouterr().err
