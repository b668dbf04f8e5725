"""Every refusal of the product in the old interfaces: a number of their table, and a line that is all it says."""

import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest

import staffetta
from staffetta.api.errors import DIALECTS, AccessDenied, Internal, ParameterMissing, ParameterWrong, dialect
from staffetta.api.legacy import answers
from staffetta.api.operations import Sent
from staffetta.lib.errors import Refused

NUMBERS = {3, 5, 13, 32, 100, 101, 102, 103, 104, 105}
STATUSES = {400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503}

for found in walk_packages(staffetta.__path__, "staffetta."):
    if found.name.endswith(".errors"):
        import_module(found.name)


def refusals(base: type[Refused] = Refused) -> Iterator[type[Refused]]:
    for each in base.__subclasses__():
        yield each
        yield from refusals(each)


ALL = sorted({each for each in refusals() if each.__module__.startswith("staffetta.")}, key=lambda each: each.__qualname__)


@pytest.mark.parametrize("refusal", ALL)
def test_every_refusal_is_a_line_of_the_table(refusal):
    found = dialect(refusal())
    assert found.status in STATUSES
    assert found.legacy in NUMBERS
    line = answers.line(refusal(name="destination", sender="X"))
    assert re.fullmatch(rb"-%d-[A-Za-z][ -~]+" % found.legacy, line)
    assert b"%" not in line


def test_what_the_table_names_exists():
    assert set(DIALECTS) <= {each.code for each in ALL}


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (Sent(1234567890123456789, "+393331234567", "BRUNI", 1, 15_000, False), b"+01 SMS Queued - ID: 1234567890123456789"),
        (AccessDenied(), b"-3-Access denied"),
        (ParameterMissing(name="body"), b"-5-body not specified"),
        (ParameterWrong(name="destination"), b"-13-destination invalid parameter type"),
        (Internal(), b"-32-Internal error"),
    ],
)
def test_the_lines_are_what_programs_look_for(answer, line):
    assert answers.line(answer) == line


@pytest.mark.parametrize(
    ("credit_e4", "told"), [(600_000, "60.0000"), (0, "0.0000"), (1, "0.0001"), (-5, "0.0000"), (123_456_789_0001, "123456789.0001")]
)
def test_credit(credit_e4, told):
    assert answers.credit(credit_e4) == told
