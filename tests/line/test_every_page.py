"""Every page there is, in Chromium on a telephone and at a desk: nothing too wide, no serious finding of axe, nothing asked elsewhere."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver, reverse
from playwright.sync_api import Browser, Page

from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.copies import ROOT, Copy
from tests.line.pages import PASSWORD, accessible, log_in

FIXED = {
    "slug": "long-texts",
    "extension": "xls",
    "token": "no-such-token",
    "code": "nosuchcode0",
    "session_id": 1,
    "key": "no-such-key",
    "uidb36": "1",
    "name": "x",
    "provider": "testbank",
    "link_id": 1,
}
# What answers with something else than a page, or leads away.
NO_PAGES = {"robots", "logout", "account_logout", "login-clean", "set_language"}


@pytest.fixture(scope="module")
def made(demo_copy: Copy) -> dict[str, int]:
    """The ids of a customer who has one of everything."""
    environment = demo_copy.environment() | {"DJANGO_SETTINGS_MODULE": "staffetta.settings"}
    command = [sys.executable, "-m", "tests.line.one_of_each", "ognicosa", PASSWORD]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def patterns(resolver: Any) -> Iterator[Any]:
    for each in resolver.url_patterns:
        yield from patterns(each) if hasattr(each, "url_patterns") else [each]


def addresses(made: dict[str, int]) -> list[str]:
    """Return an address of every page, whatever it asks for."""
    found = set()
    for each in patterns(get_resolver("staffetta.portal.urls")):
        if each.name not in NO_PAGES:
            names = each.pattern.converters or each.pattern.regex.groupindex if hasattr(each.pattern, "regex") else {}
            given = FIXED | made | ({"slug": "rest"} if each.name == "interface" else {})
            found.add(reverse(each.name, kwargs={name: given[name] for name in names}))
    return sorted(found | {f"/sends/{made['planned_id']}/", f"/sends/{made['planned_id']}/time/", f"/sends/{made['planned_id']}/cancel/"})


def judge(page: Page, wanted: list[str]) -> int:
    """Open those of the addresses that are pages; return how many were judged."""
    judged = 0
    for address in wanted:
        answer = page.request.get(address, max_redirects=0)
        is_page = "text/html" in answer.headers.get("content-type", "") and "<!doctype html>" in answer.text()[:200]
        assert answer.status < 500, address
        if answer.status in {200, 403, 404} and is_page:
            page.goto(address)
            assert fits(page), address
            accessible(page)
            # A page of a customer that says something has help of its own.
            if answer.status == 200 and page.locator("body.framed").count():
                assert page.locator(".page-help details").count(), f"{address} has no help: name its answers in portal/pagehelp.py"
            judged += 1
    return judged


@pytest.mark.parametrize(("language", "size"), [("it-IT", TELEPHONE), ("en-GB", DESK)])
def test_every_page_is_fit_for_everybody(browser: Browser, demo: str, made: dict[str, int], language: str, size: tuple[int, int]) -> None:
    with window(browser, demo, language, size, refusals=True) as page:
        log_in(page, login="ognicosa")
        page.wait_for_url("**/home/")
        assert judge(page, addresses(made)) > 60


def test_the_pages_of_who_is_not_logged_in_and_of_the_staff(browser: Browser, demo: str, made: dict[str, int]) -> None:
    with window(browser, demo, "it-IT", TELEPHONE, refusals=True) as page:
        outside = [
            address
            for address in addresses(made)
            if address.startswith(("/login", "/signup", "/invitation", "/questions", "/terms", "/l/"))
        ]
        assert judge(page, ["/", "/prices/", "/contact/", *outside]) > 10
        log_in(page, login="gestore")
        page.wait_for_url("**/staff/")
        assert judge(page, ["/staff/", "/staff/questions/", "/staff/mailbox/", "/account/", "/sends/"]) == 5
