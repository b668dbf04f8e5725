"""Providers of lookups without a network: what a template makes of answers, what is wrong with one, the simulator's numbers, the throttle."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from django.utils import translation

from staffetta.lookup.backoff import RETRY_S, retry_s
from staffetta.lookup.providers import simulator
from staffetta.lookup.providers.base import Answer, Answered, Described, Fields, RefusedForGood, RefusedForNow, Unknown
from staffetta.lookup.providers.checks import problems
from staffetta.lookup.providers.simulator import OPERATORS, RANGES, Simulator, fields_of
from staffetta.lookup.providers.template import Template, filled
from staffetta.lookup.throttle import Throttle

JSON = {
    "url": "https://hlr.example/v1?n={number}&id={id}&key={secret:key}",
    "fields": {
        "operator": "net.0.name",
        "original_operator": "was",
        "mccmnc": "net.0.plmn",
        "ported": "ported",
        "reach": "st",
        "code": "ok",
    },
    "reach": {"ACTIVE": "reachable", "Off": "absent", "NONE": "nonexistent"},
    "ported": {"true": True, "false": False},
    "codes": {"1": "answered", "BUSY": "later", "BAD": "refused", "WAIT": "unknown"},
}
TEXT = {
    "url": "http://hlr.example/{number}",
    "answer": "text",
    "pattern": r"^(?P<reach>\w+);(?P<operator>[^;]*)",
    "reach": {"OK": "reachable"},
}
SECRETS = {"key": "geheim"}
WHOLE = {"net": [{"name": "Iliad", "plmn": 22250}], "was": "TIM", "ported": True, "st": "active", "ok": 1}


def said(options, status: int, text: str, retry_after: str = "") -> Answer:
    return Template(Described(options, SECRETS), lambda *_: None).read(status, text, retry_after)


@pytest.mark.parametrize(
    ("options", "status", "text", "answer"),
    [
        (JSON, 200, json.dumps(WHOLE), Answered(Fields("TIM", "Iliad", "222", "50", True, "reachable"))),
        (JSON, 200, '{"st": "NONE"}', Answered(Fields(reach="nonexistent"))),
        (JSON, 200, '{"ok": "BUSY"}', RefusedForNow("BUSY")),
        (JSON, 200, '{"ok": "BAD"}', RefusedForGood("BAD")),
        (JSON, 200, '{"ok": "WAIT", "st": "Off"}', Unknown("no_meaning")),
        (JSON, 200, "{}", Unknown("no_meaning")),
        (JSON, 200, "<html>", Unknown("no_meaning")),
        (JSON, 200, '{"st": "unheard of"}', Unknown("no_meaning")),
        (JSON, 200, '{"net": [], "st": ["Off"]}', Unknown("no_meaning")),
        (JSON, 400, "", RefusedForGood("http_400")),
        (JSON, 401, "", RefusedForNow("http_401", whole=True)),
        (JSON, 429, "", RefusedForNow("http_429", 7.0, whole=True)),
        (JSON, 500, json.dumps(WHOLE), Unknown("no_meaning")),
        (JSON | {"statuses": {"500": "later"}}, 500, "", RefusedForNow("http_500")),
        (TEXT, 200, "OK;Wind Tre;", Answered(Fields(operator="Wind Tre", reach="reachable"))),
        (TEXT, 200, "??", Unknown("no_meaning")),
    ],
)
def test_each_answer_means_what_the_template_says(options, status, text, answer):
    assert said(options, status, text, "7" if status == 429 else "") == answer


def test_a_good_template_has_no_problems():
    assert problems(JSON, SECRETS) == problems(TEXT, {}) == {}


@pytest.mark.parametrize(
    ("change", "name", "told"),
    [
        ({"url": "hlr.example"}, "url", "hlr.example"),
        ({"url": "https://hlr.example/"}, "url", "{number}"),
        ({"method": "DELETE"}, "method", "DELETE"),
        ({"number": "roman"}, "number", "roman"),
        ({"answer": "xml"}, "answer", "xml"),
        ({"fields": {"operatr": "a"}}, "fields", "operatr"),
        ({"fields": {"mcc": "a"}}, "fields", "operator"),
        ({"fields": {"reach": ""}}, "fields", "path"),
        ({"reach": {"A": "alive"}}, "reach", "A"),
        ({"codes": {"A": "good"}}, "codes", "A"),
        ({"headers": "x"}, "headers", "names"),
        ({"colour": "red"}, "colour", "colour"),
        ({"answer": "text", "pattern": "("}, "pattern", "character"),
        ({"answer": "text", "pattern": "(?P<x>.)"}, "pattern", "x"),
        ({"body": "{secret:other} {number}"}, "secrets", "other"),
    ],
)
def test_a_wrong_template_is_told_what_is_wrong(change, name, told):
    with translation.override("en"):
        found = problems(JSON | change, SECRETS)
    assert told in str(found[name])


def test_only_what_is_named_is_put_in():
    values = {"number": "39333", "id": "7"}
    assert filled('{"n": "{number}", "o": {other}, "{secret:key}"}', values, SECRETS, str) == '{"n": "39333", "o": {other}, "geheim"}'


def test_secrets_are_in_no_description():
    assert "geheim" not in repr(Described(JSON, SECRETS))


async def _said(number: str, own_id: int = 1, times: int = 1) -> tuple[list[Answer], list[Answer]]:
    heard: list[Answer] = []
    none = {"answer_ms": 0, "slow_ms": 0, "late_ms": 0}
    one = Simulator(Described(none, timeout_s=0.0), lambda _id, answer: heard.append(answer))
    return [await one.ask(number, own_id) for _ in range(times)], heard


@pytest.mark.parametrize(
    ("ending", "kinds", "repeats"),
    [
        ("901", [Answered], 0),
        ("902", [Answered], 0),
        ("903", [RefusedForGood], 0),
        ("904", [RefusedForNow, Answered], 0),
        ("905", [Unknown], 0),
        ("906", [Answered], 0),
        ("907", [Answered], 1),
        ("908", [Answered], 0),
    ],
)
def test_the_simulator_answers_as_the_last_digits_say(ending, kinds, repeats):
    answers, heard = asyncio.run(_said(f"+393331234{ending}", times=len(kinds)))
    assert ([type(answer) for answer in answers], len(heard)) == (kinds, repeats)


def test_the_simulators_italy_is_plausible_and_always_the_same():
    numbers = [f"+39333{n:07d}" for n in range(0, 4_000_000, 1_000)]
    fields = [fields_of(number) for number in numbers]
    assert fields == [fields_of(number) for number in numbers]
    there = [each for each in fields if each.reach != "nonexistent"]
    assert all(each.mcc == "222" and each.mnc == OPERATORS[each.operator][0] for each in there)
    assert all(each.ported == (each.operator != each.original_operator) for each in there)
    assert 0.15 < sum(each.ported for each in there) / len(there) < 0.45
    assert {each.reach for each in fields} == {"reachable", "absent", "nonexistent"}
    assert set(RANGES.values()) <= set(OPERATORS)
    assert sum(share for _mnc, share in OPERATORS.values()) == 100
    assert (fields_of("+393331234901").reach, fields_of("+393331234902").reach) == ("absent", "nonexistent")


def test_wrong_times_of_the_simulator_are_refused():
    assert set(simulator.Simulator.problems({"answer_ms": -1, "colour": 1, "slow_ms": 5}, {})) == {"answer_ms", "colour"}


def test_the_throttle_keeps_to_its_rate_and_to_a_pause():
    throttle = Throttle(100, 0.0)
    asked = 0
    for tick in range(1_001):
        allowed = throttle.allowed(tick / 1000)
        throttle.used(allowed)
        asked += allowed
    assert 100 <= asked <= 111
    throttle.pause(2, 1.0)
    assert (throttle.allowed(2.9), throttle.allowed(3.0)) == (0, 10)
    assert Throttle(0, 0.0).allowed(0.0) is None


def test_it_backs_off_step_by_step():
    assert [retry_s(attempt) for attempt in (1, 2, 5, 50)] == [RETRY_S[0], RETRY_S[1], RETRY_S[-1], RETRY_S[-1]]


def rows_of(page: str, label: str) -> dict[str, str]:
    """Return what the table of the worked example says to write at a field."""
    (written,) = re.findall(rf"^\| {label} \| (.*) \|$", page, re.MULTILINE)
    return dict(re.findall(r"`([\w-]+) = ([^`]+)`", written))


def test_the_worked_example_of_the_manual_is_read_as_it_says():
    page = (Path(__file__).parents[2] / "docs" / "operating" / "lookups.md").read_text()
    (answer,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    options = {
        "url": "https://hlr.example/v2/lookup?msisdn={number}",
        "headers": rows_of(page, "headers"),
        "fields": rows_of(page, "where each field stands"),
        "reach": rows_of(page, 'words for "reach"'),
        "ported": {word: value == "true" for word, value in rows_of(page, 'words for "ported"').items()},
        "codes": rows_of(page, "meanings of its codes"),
    }
    assert problems(options, {"token": "x"}) == {}
    assert said(options, 200, answer) == Answered(Fields("TIM", "Iliad", "222", "50", True, "reachable"), "8f2c")
    assert said(options, 200, answer.replace('"status": 0', '"status": 5')) == RefusedForGood("5", "8f2c")
    assert said(options, 200, answer.replace('"status": 0', '"status": 9')) == RefusedForNow("9")


@pytest.mark.parametrize(
    ("options", "text", "answer"),
    [
        (JSON | {"codes": {"0": "answered"}, "fields": {**JSON["fields"], "code": "c"}}, '{"c": 9, "st": "Off"}', Unknown("no_meaning")),
        (JSON, '{"net": [{"name": "TIM\\ud800"}], "st": "Off"}', Answered(Fields(operator="TIM", reach="absent"))),
    ],
)
def test_what_nobody_described_is_not_sold(options, text, answer):
    assert said(options, 200, text, "") == answer
