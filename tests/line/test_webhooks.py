"""A webhook from its page to a real receiver: tried, told of a real message and of a sandbox's; in both languages, on a telephone and a desk."""

import json
import re
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from standardwebhooks import Webhook

from tests.db.hooks import Receiver, receiving
from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.copies import Copy, Eventually
from tests.line.pages import PASSWORD, accessible, log_in


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def account(demo_copy: Copy, request: pytest.FixtureRequest) -> dict[str, str]:
    """A new account with its log-in and a key."""
    made = demo_copy.command("account", "create", request.node.name[:60], "--credits", "100", "--password", PASSWORD, "--json")
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def well(page: Page) -> None:
    assert fits(page), page.url
    accessible(page)


def add(page: Page, url: str) -> str:
    """Add a webhook as a person does; return its secret."""
    page.goto("/developers/webhooks/")
    well(page)
    page.locator("a.main").click()
    page.locator("[name=url]").fill("http://169.254.169.254/latest")
    page.locator("main form button.main").click()
    expect(page.locator(".errorlist")).to_contain_text("169.254.169.254")
    well(page)
    page.locator("[name=url]").fill(url)
    page.locator("main form button.main").click()
    page.locator("summary", has_text=re.compile("Mostra il segreto|Show the secret")).click()
    secret = page.locator("code.key").text_content() or ""
    well(page)
    return secret


def send(demo: str, key: str, number: str) -> str:
    body = {"type": 84, "to": number, "text": "Ciao", "sender": "BRUNI"}
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(f"{demo}/api/v1/messages", json.dumps(body).encode(), headers), timeout=20
    ) as answer:
        return json.load(answer)["id"]


@pytest.mark.parametrize(("language", "size"), [("it-IT", TELEPHONE), ("en-GB", DESK)])
def test_a_delivered_message_reaches_the_program(
    browser: Browser, demo: str, account: dict[str, str], receiver: Receiver, eventually: Eventually, language: str, size: tuple[int, int]
):
    with window(browser, demo, language, size, refusals=True) as page:
        log_in(page, login=account["login"])
        secret = add(page, receiver.url)
        page.locator("form[action$='/test/'] button").click()
        eventually(lambda: receiver.calls, "the test event")
        message_id = send(demo, account["api_key"], "+393331234567")
        eventually(lambda: len(receiver.calls) > 1, "the delivered message")
        trial, delivered = receiver.calls
        assert Webhook(secret).verify(trial.body, trial.headers)["type"] == "webhook.test"
        told = Webhook(secret).verify(delivered.body, delivered.headers)
        assert (told["data"]["id"], told["data"]["sandbox"]) == (message_id, False)
        page.reload()
        page.locator(".calls a", has_text=told["type"]).click()
        expect(page.locator("main")).to_contain_text(message_id)
        well(page)


def test_what_fails_is_shown_and_repeated_by_hand(
    browser: Browser, demo: str, account: dict[str, str], receiver: Receiver, eventually: Eventually
):
    receiver.answers = [(500, "<b>out of order</b>", {}), (200, "ok", {})]
    with window(browser, demo, "it-IT", DESK) as page:
        log_in(page, login=account["login"])
        page.goto("/developers/webhooks/new/")
        page.locator("[name=url]").fill(receiver.url)
        page.locator("main form button.main").click()
        page.locator("form[action$='/test/'] button").click()
        eventually(lambda: receiver.calls, "the first attempt")
        page.locator(".calls a").click()
        expect(page.locator("main")).to_contain_text("<b>out of order</b>")
        well(page)
        page.locator("form[action$='/repeat/'] button").click()
        eventually(lambda: len(receiver.calls) > 1, "the second attempt")
        assert receiver.calls[0].headers["webhook-id"] == receiver.calls[1].headers["webhook-id"]
