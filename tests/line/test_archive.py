"""Contacts and archive in a real browser: import, undo, edit, export; search, the picture of deliveries, reports."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.copies import ROOT
from tests.line.pages import accessible, log_in

FILES = ROOT / "tests" / "files" / "import"


def look(page: Page, *addresses: str) -> None:
    """Open pages and have each judged: nothing too wide, nothing that some cannot use."""
    for address in addresses:
        page.goto(address)
        assert fits(page), address
        accessible(page)


def send_to_one(page: Page, number: str, text: str) -> None:
    """Send a text to one number; the page of the send is open afterwards."""
    page.goto("/send/")
    page.locator("[name=numbers]").fill(number)
    page.locator("[name=sender]").fill("BRUNI")
    page.locator("[name=text]").fill(text)
    page.locator(".pick label", has_text="PRO con notifica").click()
    page.locator("#review").click()
    page.wait_for_url(re.compile(r"/send/\d+/$"))
    page.locator("form[action$='/accept/'] button").click()
    page.wait_for_url(re.compile(r"/sends/\d+/$"))
    expect(page.locator("#moving .legend")).to_contain_text("consegnato 1")


def test_the_archive_answers_what_mrs_rossi_got(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", TELEPHONE) as page:
        log_in(page)
        send_to_one(page, "347 555 0101", "Le scarpe sono pronte, così può ritirarle")
        expect(page.locator(".chart svg rect")).to_have_count(1)
        accessible(page)
        page.goto("/sends/")
        page.locator("[name=text]").fill("COSI PUO")
        page.locator("form.filters button").click()
        expect(page.locator("#rows tbody tr").first).to_contain_text("Le scarpe sono pronte")
        page.get_by_role("link", name="Per numero").click()
        page.locator("[name=number]").fill("3475550101")
        page.locator("form.filters button").click()
        page.locator("main tbody a", has_text="+393475550101").first.click()
        expect(page.locator(".timeline")).to_contain_text("Consegnato")
        look(page, "/sends/", "/sends/number/", "/reports/")


def test_a_report_in_excel_and_pdf(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", DESK) as page:
        log_in(page)
        send_to_one(page, "347 555 0102", "Un rapporto per te")
        send = page.url
        for form, begin in (("xlsx", b"PK"), ("pdf", b"%PDF")):
            page.goto(send)
            page.locator(f"#report button[value={form}]").click()
            expect(page.get_by_text("Il file è pronto")).to_be_visible()
            accessible(page)
            with page.expect_download() as download:
                page.locator("a[href$='/file']").click()
            assert download.value.path().read_bytes().startswith(begin)
        look(page, "/reports/")


def test_an_import_is_undone(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", DESK) as page:
        log_in(page)
        page.goto("/contacts/import/")
        page.locator("[name=file]").set_input_files(FILES / "dirty.xls")
        page.locator("[name=new_group]").fill("Per sbaglio")
        accessible(page)
        page.locator("main form button.main").click()
        page.locator("form[action$='/confirm/'] button").click()
        page.get_by_role("button", name="Annulla questa importazione").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Questa importazione è stata annullata")
        page.goto("/contacts/imports/")
        expect(page.locator("tbody tr").first).to_contain_text("annullata")
        page.goto("/contacts/")
        expect(page.locator("tr", has_text="Per sbaglio")).to_contain_text("0")


def test_a_contact_is_written_corrected_and_exported(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", TELEPHONE, refusals=True) as page:
        log_in(page)
        page.goto("/contacts/fields/")
        page.locator("[name=name]").fill("Taglia")
        page.get_by_role("button", name="Aggiungi il campo").click()
        page.goto("/contacts/person/new/")
        page.locator("[name=number]").fill("06 1234567")
        page.locator("[name=name]").fill("Nicolò")
        page.get_by_label("taglia").fill("42")
        page.get_by_role("button", name="Salva").click()
        expect(page.locator(".errorlist")).to_contain_text("06 1234567")
        expect(page.get_by_label("taglia")).to_have_value("42")
        accessible(page)
        page.locator("[name=number]").fill("347 555 0103")
        page.get_by_role("button", name="Salva").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Nicolò")
        page.goto("/contacts/all/?q=nicolo")
        expect(page.locator("#rows tbody")).to_contain_text("+393475550103")
        look(page, "/contacts/", "/contacts/all/", "/contacts/fields/", "/contacts/duplicates/", "/contacts/imports/")
        page.goto("/contacts/all/")
        page.locator("form[action$='/export/'] button[value=csv]").click()
        with page.expect_download() as download:
            page.locator("a[href$='/file']").click()
        assert "'+393475550103;Nicolò;" in download.value.path().read_text(encoding="utf-8-sig")


def test_the_archive_in_english(browser: Browser, demo: str) -> None:
    with window(browser, demo, "en-GB", DESK) as page:
        log_in(page)
        page.goto("/sends/number/")
        expect(page.get_by_text("Did Mrs Rossi get the message?")).to_be_visible()
        look(page, "/sends/", "/contacts/", "/contacts/person/new/", "/contacts/duplicates/", "/reports/")
