"""The main job in a real browser: spreadsheet in, SMS out, delivery times in the report; by hand, as a customer does it."""

import csv
import re
from collections import Counter

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.copies import ROOT
from tests.line.pages import accessible, log_in

FILES = ROOT / "tests" / "files" / "import"
# What the simulator does not deliver: one is reported as undelivered, one is refused (gateway/simulator/outcomes.py).
TWO_MORE = "340 1999900\n+39 347 199 9903"


def choose_file(page: Page, name: str, group: str) -> None:
    """Upload a file of the tests into a new group."""
    page.goto("/contacts/")
    page.locator("main a[href='/contacts/import/']").first.click()
    page.locator("[name=file]").set_input_files(FILES / name)
    page.locator("[name=new_group]").fill(group)
    page.locator("main form button.main").click()
    page.wait_for_url(re.compile(r"/contacts/import/\d+/$"))


def write(page: Page, text: str, sender: str = "BRUNI") -> None:
    page.locator("[name=sender]").fill(sender)
    page.locator("[name=text]").fill(text)
    page.locator(".pick label", has_text="PRO con notifica").click()


def report(page: Page) -> list[dict[str, str]]:
    """Ask for the report of the send that is open, wait until it is written, download and read it."""
    page.locator("#report button[value=csv]").click()
    page.wait_for_url(re.compile(r"/reports/\d+/$"))
    with page.expect_download() as download:
        page.locator("a[href$='/file']").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_a_page_that_asks_other_hosts_or_complains_is_caught(browser: Browser) -> None:
    with pytest.raises(AssertionError) as caught, window(browser, "http://127.0.0.1:9", "it-IT", DESK) as page:
        page.set_content("<img src='http://127.0.0.2:9/pixel.png'>")  # it is loaded when the image has failed
    assert "asked of another host: http://127.0.0.2:9/pixel.png" in str(caught.value)
    assert "console: " in str(caught.value)


def test_a_spreadsheet_of_1000_rows_becomes_a_report_with_delivery_times(browser: Browser, demo: str, customer: str) -> None:
    with window(browser, demo, "it-IT", DESK) as page:
        log_in(page, login=customer)
        expect(page.locator("main")).to_contain_text("20.000")
        choose_file(page, "clienti-1000.xls", "Clienti d’autunno")
        expect(page.locator("form[action$='/confirm/'] button")).to_contain_text("1.000")
        page.locator("form[action$='/confirm/'] button").click()
        page.locator("main a.button[href^='/contacts/']").click()
        page.locator("main a[href^='/send/?group=']").click()
        write(page, "Ciao {nome}, da sabato tutto il giardino a metà prezzo.")
        page.locator("[name=numbers]").fill(TWO_MORE)
        expect(page.locator("#cost")).to_contain_text("1.603,2")
        expect(page.locator(".phone")).to_contain_text("Ciao Mario, da sabato")
        page.locator("#review").click()
        page.wait_for_url(re.compile(r"/send/\d+/$"))
        expect(page.locator(".parts-table")).to_contain_text(re.compile(r"1\s*1\.?002\s*1,6"))
        expect(page.locator("form.cost")).to_contain_text(re.compile(r"1\.603,2.*18\.396,8", re.DOTALL))
        page.locator("form[action$='/accept/'] button").click()

        page.wait_for_url(re.compile(r"/sends/\d+/$"))
        expect(page.locator("#moving .legend")).to_contain_text("consegnato 1.000", timeout=40_000)
        expect(page.locator("#moving")).to_contain_text("1.601,6 crediti spesi, 1,6 restituiti")
        look_at_one(page)
        rows = report(page)
    check(rows)


def look_at_one(page: Page) -> None:
    """From the archive, open the send and the page of who did not get it."""
    page.goto("/sends/")
    page.get_by_role("link", name="Ciao {nome}, da sabato").click()
    page.locator("[name=number]").fill("1999900")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.locator("#rows tbody a").click()
    page.wait_for_url(re.compile(r"/recipients/\d+/$"))
    expect(page.locator("main")).to_contain_text("Non consegnato")
    expect(page.locator(".bubble")).to_contain_text("Ciao , da sabato")
    page.locator("a.back").click()


def check(rows: list[dict[str, str]]) -> None:
    """Every recipient has a state, and a time where delivered."""
    assert len(rows) == len({row["Numero"] for row in rows}) == 1002
    states = Counter(row["Stato"] for row in rows)
    assert states == {"consegnato": 1000, "non consegnato": 1, "non inviato": 1}
    moment = re.compile(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d")
    assert all(bool(moment.fullmatch(row["Consegnato alle"])) == (row["Stato"] == "consegnato") for row in rows)
    first = next(row for row in rows if row["Numero"] == "'+393332000001")
    assert first["Testo"] == "Ciao Mario, da sabato tutto il giardino a metà prezzo."


def test_one_number_from_a_telephone_in_english(browser: Browser, demo: str) -> None:
    with window(browser, demo, "en-GB", TELEPHONE) as page:
        log_in(page)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Ferramenta Bruni")
        assert fits(page)
        accessible(page)
        page.locator("main").get_by_role("link", name="New send").first.click()
        page.locator("[name=numbers]").fill("+39 340 765 43 21")
        write(page, "Your keys are ready 🔑")
        expect(page.locator("#cost")).to_contain_text("1.6")
        assert fits(page)
        accessible(page)
        page.locator("#review").click()
        page.wait_for_url(re.compile(r"/send/\d+/$"))
        assert fits(page)
        accessible(page)
        page.get_by_role("button", name="Confirm and send").click()
        page.wait_for_url(re.compile(r"/sends/\d+/$"))
        expect(page.locator("#moving .legend")).to_contain_text("delivered 1")
        page.locator("#rows tbody a").click()
        page.wait_for_url(re.compile(r"/recipients/\d+/$"))
        expect(page.locator(".timeline")).to_contain_text("Delivered")
        assert fits(page)
        accessible(page)


def test_bad_input_is_kept_and_explained(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", DESK, refusals=True) as page:
        log_in(page, "sbagliata")
        expect(page.get_by_role("alert")).to_contain_text("Il nome o la password non è giusto")
        expect(page.locator("[name=username]")).to_have_value("demo")
        log_in(page)

        choose_file(page, "web-page.xls", "Dal sito")
        expect(page.get_by_role("alert")).to_contain_text("una pagina web e non un foglio di calcolo: aprilo")

        page.goto("/send/")
        page.locator("[name=numbers]").fill("340 1234567")
        write(page, "Ciao {colore}, a presto")
        page.locator("#review").click()
        expect(page.get_by_role("alert")).to_contain_text("L’invio non è ancora pronto")
        expect(page.locator("[name=text]")).to_have_value("Ciao {colore}, a presto")
        expect(page.locator("main form")).to_contain_text("{colore} non è un campo dei tuoi contatti: usa uno fra {nome}, {cognome}")
        expect(page.locator("[name=sender]")).to_have_value("BRUNI")
