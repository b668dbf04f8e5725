"""Paying without a card in a real browser: choose the transfer, copy its data, take the PDFs, send the receipt."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.pages import accessible, log_in


def order(page: Page) -> str:
    """Order the first package, paid by transfer, and return the address of the order."""
    page.goto("/buy/")
    page.locator("main a.button[href^='/buy/']").first.click()
    page.wait_for_url(re.compile(r"/buy/\d+/$"))
    page.locator("label:has([value=transfer])").click()
    page.locator("main form button.main").click()
    page.wait_for_url(re.compile(r"/orders/\d+/"))
    return "/orders/" + page.url.split("/orders/")[1].split("/")[0] + "/"


def look(page: Page) -> None:
    assert fits(page), page.url
    accessible(page)


@pytest.mark.parametrize(("language", "size"), [("it-IT", TELEPHONE), ("en-GB", DESK)])
def test_from_the_package_to_the_receipt(
    browser: Browser, demo: str, customer: str, tmp_path: Path, language: str, size: tuple[int, int]
) -> None:
    with window(browser, demo, language, size, refusals=True) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        log_in(page, login=customer)
        page.wait_for_url("**/home/")
        address = order(page)
        page.goto(f"{address}transfer/")
        look(page)
        row = page.locator(".copy-rows > div", has_text="IBAN")
        row.get_by_role("button").click()
        expect(page.get_by_role("status").filter(has_text="IT")).to_be_attached()
        assert re.fullmatch(r"IT\w{25}", page.evaluate("navigator.clipboard.readText()"))
        for name in ("transfer", "slip"):
            page.goto(f"{address}{name}/")
            look(page)
            with page.expect_download() as download:
                page.locator(f"a[href$='{name}.pdf']").click()
            assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
        page.goto(f"{address}proof/")
        wrong, right = tmp_path / "ricevuta.pdf", tmp_path / "vera.pdf"
        wrong.write_bytes(b"\x00\x00\x00\x18ftypheic")
        right.write_bytes(b"%PDF-1.7 ricevuta")
        page.locator("[name=note]").fill("dal conto di Ada")
        page.locator("[name=file]").set_input_files(wrong)
        page.locator("main form button.main").click()
        expect(page.locator(".errorlist")).to_contain_text("HEIC")
        expect(page.locator("[name=note]")).to_have_value("dal conto di Ada")
        look(page)
        page.locator("[name=file]").set_input_files(right)
        page.locator("main form button.main").click()
        expect(page.locator(".proofs li")).to_contain_text("vera.pdf")
        look(page)
