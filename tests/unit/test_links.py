"""Codes of short links: as long for everybody, back to the message, not to be guessed; which addresses they may lead to."""

import pytest

from staffetta.messaging import clicks, links
from staffetta.messaging.errors import LinkRefused
from staffetta.sms import alphabet

FIRST = 202611 * 10**13 + 1
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1"


def test_codes_lead_back_are_all_as_long_and_never_the_same():
    codes = [links.code(FIRST + place) for place in range(2_000)]
    assert [links.message_id(code) for code in codes] == [FIRST + place for place in range(2_000)]
    assert {len(code) for code in codes} == {links.CODE_CHARS}
    assert len(set(codes)) == 2_000
    assert alphabet.is_gsm("".join(codes))


def test_neighbours_have_nothing_in_common():
    same = [sum(a == b for a, b in zip(links.code(FIRST + n), links.code(FIRST + n + 1), strict=True)) for n in range(500)]
    assert sum(same) / len(same) < 1  # by chance 11/62


def test_another_key_makes_other_codes(settings):
    code = links.code(FIRST)
    settings.SECRET_KEY = "another"
    assert links.code(FIRST) != code
    assert links.message_id(code) != FIRST


@pytest.mark.parametrize("code", ["", "abc", "zzzzzzzzzzz", "00000000000", "à" * 11, "12345678 01", "LygHa16AHYG", "a" * 12])
def test_what_is_no_code_is_nobodys(code):
    assert links.message_id(code) is None


def test_hardly_any_invented_code_is_somebodys():
    invented = [f"{n:05d}Ab3dE6" for n in range(20_000)]
    assert sum(links.message_id(code) is not None for code in invented) < 200


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("bruni.it/saldi", "https://bruni.it/saldi"),
        (" https://bruni.it/?a=1&b=è#c ", "https://bruni.it/?a=1&b=è#c"),
        ("HTTP://bruni.it:8080/x", "HTTP://bruni.it:8080/x"),
        ("bruni.it?da=http://altro.it", "https://bruni.it?da=http://altro.it"),
    ],
)
def test_targets_are_tidied(written, target):
    assert links.target(written) == target


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://bruni.it",
        "https://",
        "bruni",
        "https://a b.it",
        "https://bruni.it/\n/x",
        "https://io:segreta@bruni.it",
        "https://bruni.it:porta/",
        "https://[bruni.it",
        "https://bruni.it/" + "x" * 2_000,
        "//",
    ],
)
def test_other_targets_are_refused(written):
    with pytest.raises(LinkRefused):
        links.target(written)


@pytest.mark.parametrize(
    "user_agent",
    [
        "",
        "WhatsApp/2.23.20.0 A",
        "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "TelegramBot (like TwitterBot)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "curl/8.5.0",
        "python-requests/2.31",
    ],
)
def test_robots_are_known(user_agent):
    assert clicks.is_robot(user_agent)


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (IPHONE, "phone"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X200) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "tablet"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36", "computer"),
        ("Mozilla/5.0 (PlayStation 5)", "other"),
    ],
)
def test_people_are_no_robots_and_have_a_kind_of_device(user_agent, device):
    assert not clicks.is_robot(user_agent)
    assert clicks.device_of(user_agent) == device
