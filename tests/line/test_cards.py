"""Buy by card in Chromium through the demo's own test bank: 3-D Secure to paid, and a refusal that keeps the order for a transfer."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.line.browser import DESK, TELEPHONE, WAIT_S, fits
from tests.line.copies import Copy
from tests.line.pages import accessible, log_in

PAID = re.compile(r"/orders/\d+/$")


@contextmanager
def walk(browser: Browser, demo: str, language: str, size: tuple[int, int]) -> Iterator[Page]:
    """Open a window that may go to the bank too, which is another host."""
    width, height = size
    context = browser.new_context(base_url=demo, locale=language, viewport={"width": width, "height": height})
    context.set_default_timeout(WAIT_S * 1000)
    expect.set_options(timeout=WAIT_S * 1000)
    try:
        yield context.new_page()
    finally:
        context.close()


def judged(page: Page) -> None:
    assert fits(page), page.url
    accessible(page)


def order_by_card(page: Page, keep: bool = False) -> None:
    """Order the first package and follow to the bank's card page."""
    page.goto("/buy/")
    page.locator("main a[href^='/buy/']:not([href='/buy/']):visible").first.click()
    page.locator("input[value=card]").check()
    if keep:
        page.locator("#save-card").check()
    page.locator("main button.large").click()
    page.wait_for_url("**/pay/**")


def type_card(page: Page, number: str) -> None:
    page.locator("#number").fill(number)
    page.locator("#expiry").fill("12/40")
    page.locator("#cvc").fill("123")
    page.locator("button.main").click()


@pytest.fixture
def logged_in(browser: Browser, demo: str, customer: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    language, size = request.param
    with walk(browser, demo, language, size) as page:
        log_in(page, login=customer)
        page.wait_for_url("**/home/")
        yield page


@pytest.mark.parametrize("logged_in", [("it-IT", TELEPHONE)], indirect=True)
def test_a_card_with_3d_secure_pays_and_is_kept(logged_in: Page, demo_copy: Copy) -> None:
    page = logged_in
    order_by_card(page, keep=True)
    assert "banca di prova" in page.content()
    judged(page)
    type_card(page, "5555 5555 5555 4444")
    expect(page.locator(".code")).to_be_visible()
    judged(page)
    page.locator("#code").fill("000000")
    page.locator("button.main").click()
    expect(page.locator(".wrong")).to_contain_text("2 volte")
    page.locator("#code").fill(page.locator(".code").inner_text())
    page.locator("button.main").click()
    page.wait_for_url(PAID)
    expect(page.locator("main")).to_contain_text("Pagato")
    page.goto("/account/cards/")
    expect(page.locator("main")).to_contain_text("Mastercard •••• 4444")
    judged(page)
    page.locator("[name=threshold]").fill("200")
    page.locator("[name=month_max]").fill("1000")
    page.locator("[name=agreed]").check()
    page.locator("#top-up form button.main").click()
    expect(page.locator(".notice.good")).to_be_visible()


@pytest.mark.parametrize("logged_in", [("en-GB", DESK)], indirect=True)
def test_a_refused_card_is_explained_and_the_order_paid_by_transfer(logged_in: Page) -> None:
    page = logged_in
    order_by_card(page)
    judged(page)
    type_card(page, "4000 0010 0000 0059")
    page.wait_for_url("**/card/return/")
    expect(page.locator("main")).to_contain_text("3-D Secure, the bank's check that it is really you, is not active")
    expect(page.locator(".steps li")).to_have_count(5)
    judged(page)
    number = re.search(r"/orders/(\d+)/", page.url)
    assert number
    page.locator("main form[action$='/transfer/'] button").click()
    page.wait_for_url(f"**/orders/{number[1]}/transfer/")


@pytest.mark.parametrize("logged_in", [("it-IT", DESK)], indirect=True)
def test_who_comes_back_too_early_sees_the_payment_being_confirmed(logged_in: Page) -> None:
    page = logged_in
    order_by_card(page)
    bank_page = page.url
    page.goto("/orders/")
    page.locator("td a[href^='/orders/']").first.click()
    page.wait_for_url(PAID)
    page.goto(f"{page.url}card/return/")
    expect(page.locator("#card-state")).to_be_visible()
    judged(page)
    with walk(page.context.browser, bank_page, "it-IT", DESK) as telephone:  # type: ignore[arg-type]
        telephone.goto(bank_page)
        type_card(telephone, "4242 4242 4242 4242")
        telephone.wait_for_url("**/login/**")
    page.wait_for_url(PAID)  # moves on by itself
    expect(page.locator("main")).to_contain_text("Pagato")
