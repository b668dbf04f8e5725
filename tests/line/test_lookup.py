"""The number check in a real browser, on a telephone and at a desk: one number, a pasted list, a group cleaned of dead numbers."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.pages import accessible, log_in


def good(page: Page) -> None:
    assert fits(page)
    accessible(page)


@pytest.mark.parametrize("size", [DESK, TELEPHONE])
def test_one_number_is_checked_and_shown_again_free(browser: Browser, demo: str, customer: str, size: tuple[int, int]) -> None:
    with window(browser, demo, "it-IT", size, refusals=True) as page:
        log_in(page, login=customer)
        page.goto("/lookups/")
        expect(page.get_by_text("Non hai ancora verificato nessun numero")).to_be_visible()
        good(page)
        page.get_by_label("Cellulare").fill("06 698230")
        page.get_by_role("button", name="Verifica per 0,5 crediti").click()
        expect(page.locator(".errorlist")).to_be_visible()
        expect(page.get_by_label("Cellulare")).to_have_value("06 698230")
        # Ends in 901: the simulator says that the telephone is off.
        page.get_by_label("Cellulare").fill("347 1234 901")
        expect(page.locator("#known")).to_contain_text("Vodafone è l'operatore a cui era stato assegnato questo prefisso (gratis)")
        good(page)
        page.get_by_role("button", name="Verifica per 0,5 crediti").click()
        page.wait_for_url(re.compile(r"/lookups/\d+/$"))
        expect(page.locator("#moving")).to_contain_text("Spento o irraggiungibile")
        expect(page.locator("#moving")).to_contain_text("Operatore di origine")
        expect(page.locator("#moving")).to_contain_text("MCC 222")
        good(page)
        page.get_by_role("link", name="Verifica un altro numero").click()
        page.get_by_label("Cellulare").fill("+39 347 1234901")
        expect(page.locator("#known")).to_contain_text("Verificato oggi, la risposta è ancora fresca")
        good(page)
        page.get_by_role("button", name="Mostra quella risposta, gratis").click()
        page.wait_for_url(re.compile(r"/lookups/\d+/$"))
        expect(page.locator("#moving")).to_contain_text("dai tuoi risultati conservati, gratis")


@pytest.mark.parametrize("size", [DESK, TELEPHONE])
def test_a_list_is_priced_checked_filtered_and_downloaded(browser: Browser, demo: str, customer: str, size: tuple[int, int]) -> None:
    with window(browser, demo, "it-IT", size, refusals=True) as page:
        log_in(page, login=customer)
        page.goto("/lookups/many/")
        good(page)
        some = [f"347 00{n:02d}{'902' if n < 3 else '100'}" for n in range(12)]
        page.get_by_label("Numeri").fill("\n".join([*some, some[0], "pippo"]))
        page.locator("form", has=page.locator("textarea")).get_by_role("button").click()
        expect(page.locator("main")).to_contain_text("1 resta fuori e non si paga")
        expect(page.locator("main")).to_contain_text("1 numero era scritto due volte")
        good(page)
        page.get_by_role("button", name="Modifica").click()
        expect(page.get_by_label("Numeri")).to_have_value(re.compile("pippo"))
        page.locator("form", has=page.locator("textarea")).get_by_role("button").click()
        page.get_by_role("button", name="Verifica per 6 crediti").click()
        page.wait_for_url(re.compile(r"/lookups/\d+/$"))
        expect(page.get_by_role("heading", name="Presso quale operatore sono adesso")).to_be_visible()
        expect(page.locator("#moving")).to_contain_text("Spesi: 6 crediti; restituiti: 0 crediti.")
        good(page)
        page.get_by_label("Stato").select_option("nonexistent")
        expect(page.locator("#rows tbody tr")).to_have_count(3)
        page.locator("#rows").get_by_role("button", name="CSV").click()
        page.wait_for_url(re.compile(r"/reports/\d+/$"))
        with page.expect_download() as download:
            page.get_by_role("link", name="Scarica", exact=True).click()
        assert len(download.value.path().read_text().splitlines()) == 1 + 3


def test_a_group_is_checked_and_cleaned(browser: Browser, demo: str, customer: str) -> None:
    with window(browser, demo, "en-GB", TELEPHONE, refusals=True) as page:
        log_in(page, login=customer)
        page.goto("/contacts/")
        page.get_by_label("Name of the group").fill("Customers")
        page.get_by_role("button", name="Make an empty group").click()
        page.goto("/contacts/")
        page.get_by_role("link", name="Customers").click()
        for number in ("347 0011902", "347 0011100"):
            page.get_by_label("Mobile number").fill(number)
            page.get_by_role("button", name="Add").click()
        page.get_by_role("link", name="Check the numbers").click()
        page.locator("form", has=page.locator("select")).get_by_role("button", name="See what it costs").click()
        good(page)
        page.get_by_role("button", name="Check for 1 credit").click()
        expect(page.get_by_role("heading", name="1 number of “Customers” does not exist")).to_be_visible()
        page.get_by_role("link", name="Clean this group").click()
        good(page)
        page.get_by_role("button", name="Move 1 number").click()
        expect(page.locator(".notice.good")).to_contain_text("1 number is in “Customers, reaching nobody” now.")
        page.goto("/home/")
        expect(page.locator("#now")).to_contain_text("Number check")
        page.goto("/lookups/")
        good(page)
