"""The public site in a real browser, as a visitor finds it: on a telephone, at a desk, in both languages; a question to the staff."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.pages import accessible, log_in

PAGES = ("/", "/prices/", "/questions/", "/questions/long-texts/", "/developers/", "/contact/", "/terms/", "/privacy/", "/login/help/")


@pytest.mark.parametrize(("language", "size"), [("it-IT", TELEPHONE), ("en-GB", DESK)])
def test_every_public_page_is_fit_to_be_seen(browser: Browser, demo: str, language: str, size: tuple[int, int]) -> None:
    with window(browser, demo, language, size) as page:
        for address in PAGES:
            page.goto(address)
            assert fits(page), address
            accessible(page)


def test_an_answer_is_found_while_typing(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", TELEPHONE) as page:
        page.goto("/questions/")
        page.locator("#q").fill("credito gruppo 85")
        expect(page.locator(".questions details:visible")).to_have_count(1)
        page.locator("#credit-too-small summary").click()
        expect(page.locator("#credit-too-small")).to_contain_text("85 si possono inviare subito")
        page.locator("#q").fill("zebra")
        expect(page.locator("#none")).to_be_visible()
        page.goto("/questions/#free-credits")
        expect(page.locator("#free-credits p").first).to_be_visible()


def test_a_visitor_asks_and_the_staff_read_it(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", DESK, refusals=True) as page:
        page.goto("/")
        page.locator("header nav").get_by_role("link", name="Scrivici").click()
        page.locator("[name=name]").fill("Anna Neri")
        page.locator("[name=email]").fill("anna@")
        page.locator("[name=subject]").fill("Posso provare?")
        page.locator("[name=text]").fill("Vorrei provarlo con la mia palestra.")
        page.get_by_role("button", name="Invia la domanda").click()
        expect(page.locator(".errorlist")).to_contain_text("“anna@” non è un indirizzo e-mail")
        expect(page.locator("[name=text]")).to_have_value("Vorrei provarlo con la mia palestra.")
        accessible(page)
        page.locator("[name=email]").fill("anna@example.it")
        page.get_by_role("button", name="Invia la domanda").click()
        page.wait_for_url(re.compile(r"/contact/sent/$"))
        accessible(page)
        log_in(page, login="gestore")
        page.goto("/staff/questions/")
        expect(page.locator("article").first).to_contain_text("Vorrei provarlo con la mia palestra.")
        accessible(page)
        page.get_by_role("button", name="Segna come risposta data").first.click()
        expect(page.locator("article").first).to_contain_text("risposta data")


def test_a_customer_finds_help_where_it_is_needed(browser: Browser, demo: str, customer: str) -> None:
    with window(browser, demo, "it-IT", TELEPHONE) as page:
        log_in(page, login=customer)
        page.goto("/contacts/import/")
        page.get_by_text("Aiuto su questa pagina").click()
        page.get_by_text("Il mio file viene rifiutato: che cosa faccio?").click()
        expect(page.locator(".page-help")).to_contain_text("protetto da una password")
        accessible(page)
        page.locator(".page-help").get_by_role("link", name="Scrivici").click()
        expect(page.locator("form .notice")).to_contain_text("/contacts/import/")
