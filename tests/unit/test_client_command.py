"""`staffetta send`: what it refuses before it calls anybody."""

import argparse

import pytest

from staffetta.client import commands


def test_a_second_number_is_refused_instead_of_forgetting_the_first(capsys):
    parser = argparse.ArgumentParser()
    commands.arguments(parser)
    assert parser.parse_args(["--to", "+393330000001", "--text", "x"]).to == "+393330000001"
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["--to", "+393330000001", "--to", "+393330000002", "--text", "x"])
    assert ended.value.code == 2
    assert "one call sends one message" in capsys.readouterr().err
