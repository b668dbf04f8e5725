"""The developers' pages in the browser: a key is made, copied and revoked on a telephone; the documentation is read by keyboard at a desk."""

import pytest
from playwright.sync_api import Browser, Page, expect

from staffetta.portal.interfaces import book
from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.pages import accessible, log_in


def well(page: Page) -> None:
    assert fits(page), page.url
    accessible(page)


def test_a_key_is_made_and_revoked_on_a_telephone(browser: Browser, demo: str, customer: str) -> None:
    with window(browser, demo, "it-IT", TELEPHONE, refusals=True) as page:
        log_in(page, login=customer)
        page.wait_for_url("**/home/")
        page.locator(".tabs a").last.click()
        page.locator("main a", has_text="Per sviluppatori").click()
        expect(page.locator(".keys li")).to_have_count(1)  # the one that `account create` made
        well(page)
        page.locator("main a", has_text="Crea una chiave").click()
        page.locator("[name=networks]").fill("203.0.113.7")
        page.locator("main form button.main").click()
        expect(page.locator(".errorlist")).to_contain_text("Il nome è vuoto")
        expect(page.locator("[name=networks]")).to_have_value("203.0.113.7")
        well(page)
        page.locator("[name=name]").fill("Gestionale del magazzino di Sant'Agata Bolognese")
        page.locator("main form button.main").click()
        expect(page.locator(".key")).to_contain_text("stf_live_")
        well(page)
        page.locator(".secret button").click()
        expect(page.locator(".secret button")).to_contain_text("copiato")
        page.locator("main a", has_text="L'ho copiata").click()
        expect(page.locator(".keys li")).to_have_count(2)
        well(page)
        page.locator(".keys a", has_text="Revoca").first.click()
        well(page)
        page.locator("main button.danger").click()
        expect(page.locator("main")).to_contain_text("è revocata")


def test_password_and_mail_on_a_telephone(browser: Browser, demo: str, customer: str) -> None:
    with window(browser, demo, "it-IT", TELEPHONE) as page:
        log_in(page, login=customer)
        page.wait_for_url("**/home/")
        page.goto("/developers/password/")
        well(page)
        page.locator("form[action$='made/'] button").click()
        page.get_by_role("button", name="Crea una password nuova").click()  # there is one already: it asks first
        expect(page.locator(".key")).to_be_visible()
        well(page)
        page.goto("/developers/password/away/")
        well(page)
        page.goto("/developers/mail/")
        page.locator("[name=name]").fill("Allarme")
        page.locator("main form button.main").click()
        expect(page.locator(".key")).to_contain_text("@")
        well(page)


@pytest.mark.parametrize(("language", "size"), [("it-IT", TELEPHONE), ("en-GB", DESK)], ids=["telephone", "desk"])
def test_every_page_of_documentation(browser: Browser, demo: str, language: str, size: tuple[int, int]) -> None:
    with window(browser, demo, language, size) as page:
        for address in ("/developers/", *(f"/developers/docs/{each.slug}/" for each in book.PAGES)):
            page.goto(address)
            well(page)


def test_the_language_of_examples_is_chosen_by_keyboard_and_kept(browser: Browser, demo: str) -> None:
    with window(browser, demo, "en-GB", DESK) as page:
        page.goto("/developers/docs/rest/")
        example = page.locator(".example").first
        expect(example.locator("[data-lang=curl]")).to_be_visible()
        example.locator("input").first.focus()
        page.keyboard.press("ArrowRight")
        expect(example.locator("[data-lang=python]")).to_be_visible()
        expect(example.locator("[data-lang=curl]")).to_be_hidden()
        page.goto("/developers/docs/http/")
        expect(page.locator(".example").first.locator("[data-lang=python]")).to_be_visible()
