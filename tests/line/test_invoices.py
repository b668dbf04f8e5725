"""Invoices in a browser: the list on a telephone and on a desk, each file downloaded, the credit note beside what it takes back."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.copies import ROOT, Copy
from tests.line.pages import accessible, log_in


@pytest.fixture
def bought(demo_copy: Copy, customer: str) -> dict[str, str]:
    """What the customer bought."""
    environment = demo_copy.environment() | {"DJANGO_SETTINGS_MODULE": "staffetta.settings"}
    command = [sys.executable, "-m", "tests.line.one_invoice", customer]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def downloaded(page: Page, name: str) -> bytes:
    """Press the button with this name and return the file."""
    with page.expect_download() as found:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(found.value.path()).read_bytes()


@pytest.mark.parametrize(("language", "size"), [("it-IT", TELEPHONE), ("en-GB", DESK)])
def test_invoices_are_listed_and_downloaded(
    browser: Browser, demo: str, bought: dict[str, str], customer: str, language: str, size: tuple[int, int]
) -> None:
    with window(browser, demo, language, size) as page:
        log_in(page, login=customer)
        page.wait_for_url("**/home/")
        page.goto("/invoices/")
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Fatture|Invoices"))
        # The job of each minute may have issued the invoice of the third order too: the rows are known by their numbers.
        row = page.locator("main tbody tr", has=page.get_by_role("link", name=f"XML {bought['number']}", exact=True))
        expect(row).to_have_count(1)
        row.locator("summary").click()
        expect(row.locator("details p")).to_be_visible()
        taken_back = page.locator("main tbody tr", has_text=re.compile("storna|takes back")).first
        expect(taken_back).to_contain_text(bought["taken_back"])
        assert downloaded(page, f"PDF {bought['number']}").startswith(b"%PDF")
        assert bought["number"].encode() in downloaded(page, f"XML {bought['number']}")
        assert fits(page)
        accessible(page)
        proforma = page.request.get(f"/orders/{bought['order']}/proforma.pdf")
        assert proforma.body().startswith(b"%PDF")
