"""Debian's Chromium, headless, as people use it: pages that may ask nothing of other hosts and have nothing to complain of.

Knows no page of the service. Where Chromium is missing the tests that need it are skipped, and say what to install.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, expect, sync_playwright

NAMES = ("chromium", "chromium-browser")
REMEDY = "Chromium is missing, so nobody walked through the pages. As root: apt-get install chromium fonts-liberation"
WAIT_S = 15
OPTIONS = [
    "--headless=new",
    "--no-sandbox",  # it refuses to run as root with one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
REFUSED = (400, 403, 404, 409)
TELEPHONE, DESK = (360, 740), (1280, 900)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser with a profile of its own, thrown away at the end; skip the test where there is none."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(REMEDY)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


class Watch:
    """What a page did that it should not: requests to other hosts, errors in the console."""

    def __init__(self, page: Page, home: str, refusals: bool) -> None:
        self._home, self._refusals = urlsplit(home).netloc, refusals
        self.found: list[str] = []
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.netloc != self._home and address.scheme not in {"data", "blob"}:
            self.found.append(f"asked of another host: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        # Chromium reports the answer to a form or page that was refused as if it were a fault.
        if message.type == "error" and not (self._refusals and any(f"status of {code}" in message.text for code in REFUSED)):
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")


@contextmanager
def window(browser: Browser, home: str, language: str, size: tuple[int, int], refusals: bool = False) -> Iterator[Page]:
    """Open a window of someone who was never here before; `refusals`: forms or pages will be refused on purpose.

    After an error, leave a picture of the page in the temporary folder. Fails the test where the page did what it should not.
    """
    width, height = size
    context = browser.new_context(base_url=home, locale=language, viewport={"width": width, "height": height}, has_touch=size == TELEPHONE)
    context.set_default_timeout(WAIT_S * 1000)
    expect.set_options(timeout=WAIT_S * 1000)
    page = context.new_page()
    watch = Watch(page, home, refusals)
    try:
        yield page
    except (AssertionError, Error):
        picture = Path(tempfile.mkdtemp(prefix="staffetta-walk-")) / "page.png"
        page.screenshot(path=picture, full_page=True)
        print(f"{page.url} looked like {picture}")
        raise
    finally:
        context.close()
    assert not watch.found, "\n".join(watch.found)


def fits(page: Page) -> bool:
    """Tell whether nothing of the page is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
