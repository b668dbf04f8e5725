"""A new send in a real browser: to whom, what, when, a test to oneself, credit that does not reach; and the counter against the server's table."""

import contextlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.pages import accessible, log_in
from tests.texts import TABLE, text_of

COSTLY = "Ciao {nome}, trapani −30% da domani"


def begin(page: Page, text: str = "", sender: str = "BRUNI", group: bool = True) -> None:
    log_in(page)
    page.goto("/send/")
    if group:
        page.locator(".chip", has_text="Clienti di prova").first.click()
    page.locator("[name=sender]").fill(sender)
    page.locator(".pick label", has_text="PRO con notifica").click()
    page.locator("[name=text]").fill(text)
    if text and group:
        expect(page.locator(".phone .bubble").first).to_be_visible()  # the server has answered


def spreadsheet(folder: Path, rows: int) -> Path:
    path = folder / "elenco.csv"
    path.write_text("Nome;Cellulare;Importo\n" + "".join(f"Ada;{3470000001 + row};{row},50\n" for row in range(rows)))
    return path


def test_the_browser_counts_as_the_server_does(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", DESK) as page:
        log_in(page)
        page.goto("/send/")
        script = """rows => rows.map(text => {
            const alphabet = JSON.parse(document.getElementById("alphabet").textContent);
            const {alphabet: name, units, parts} = Counter.count(text, alphabet);
            return [name, units, parts];
        })"""
        # Half a pair of surrogates does not pass the way into the browser; its own rule is tested on the server.
        rows = [row for row in TABLE if row["name"] != "half a pair"]
        found = page.evaluate(script, [text_of(row) for row in rows])
    wrong = {row["name"]: got for row, got in zip(rows, found, strict=True) if got != [row["alphabet"], row["units"], row["parts"]]}
    assert not wrong


def test_the_count_is_there_before_the_server_answers(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", DESK) as page:
        begin(page, "Ciao")
        expect(page.locator("#cost")).to_contain_text("14,4")
        page.route("**/send/live/", lambda route: None)
        page.locator("[name=text]").fill("Ciao {nome|cliente}, " + "è" * 150)
        expect(page.locator("#count")).to_have_text("163 caratteri · 2 parti (alfabeto dei telefoni)")
        page.unroute("**/send/live/")


@pytest.mark.parametrize("size", [DESK, TELEPHONE])
def test_a_costly_character_is_repaired_and_taken_back(browser: Browser, demo: str, size: tuple[int, int]) -> None:
    with window(browser, demo, "it-IT", size) as page:
        begin(page, COSTLY)
        page.get_by_role("button", name="Usa “-”").click()
        expect(page.locator("[name=text]")).to_have_value(COSTLY.replace("−", "-"))
        page.get_by_role("button", name="Annulla").click()
        expect(page.locator("[name=text]")).to_have_value(COSTLY)
        assert fits(page)
        accessible(page)


def test_a_repair_is_not_lost_to_an_answer_on_its_way(browser: Browser, demo: str) -> None:
    """An answer about the text before replaced the button whose own answer was still to come, and that one then found no page to change."""
    with window(browser, demo, "it-IT", DESK) as page:
        begin(page, COSTLY)
        live: list[Route] = []
        page.route("**/send/live/", lambda route: live.append(route))
        with page.expect_request("**/send/live/"):
            page.locator("[name=text]").press_sequentially(" ")

        def answer_late(route: Route) -> None:
            for each in live:
                with contextlib.suppress(Error):  # it may have been given up meanwhile
                    each.fulfill(response=each.fetch())
            live.clear()
            page.unroute("**/send/live/")
            route.fulfill(response=route.fetch())

        page.route("**/send/repair/", answer_late)
        page.get_by_role("button", name="Usa “-”").click()
        expect(page.locator("[name=text]")).to_have_value(re.compile("trapani -30%"))


def test_a_text_is_kept_and_put_in_again(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", TELEPHONE, refusals=True) as page:
        begin(page, "Sabato tutto a metà prezzo")
        page.locator("#texts summary").click()
        page.get_by_role("button", name="Salva").click()
        expect(page.locator("#texts .errorlist")).to_contain_text("Dai un nome al testo")
        page.locator("[name=text_name]").fill("Offerte del sabato")
        page.get_by_role("button", name="Salva").click()
        expect(page.locator("#note")).to_contain_text("salvato come “Offerte del sabato”")
        page.locator("[name=text]").fill("Altro")
        page.locator("#texts summary").click()
        page.locator("[name=saved]").select_option(label="Offerte del sabato")
        page.get_by_role("button", name="Inserisci", exact=True).click()
        expect(page.locator("[name=text]")).to_have_value("Sabato tutto a metà prezzo")
        page.goto("/send/texts/")
        accessible(page)
        assert fits(page)
        page.get_by_role("link", name="Modifica Offerte del sabato").click()
        accessible(page)
        page.goto("/send/senders/")
        page.locator("main form [name=value]").last.fill("FERRAMENTA BRUNI")
        page.locator("main form button.main").click()
        page.locator("main form [name=value]").last.fill("BRUNI 2")
        page.locator("main form button.main").click()
        accessible(page)
        assert fits(page)


def test_a_test_to_oneself_leaves_the_form_as_it_is(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", DESK) as page:
        begin(page, "Ciao {nome|cliente}, prova")
        page.locator("#test summary").click()
        page.locator("[name=own_number]").fill("041 555012")
        page.get_by_role("button", name="Invia la prova").click()
        expect(page.locator("#test-refusal")).to_contain_text("Scrivi il tuo numero di cellulare")
        page.locator("[name=own_number]").fill("347 7654321")
        page.get_by_role("button", name="Invia la prova").click()
        expect(page.locator("#test")).to_contain_text("La prova è partita: 1,6 crediti")
        expect(page.locator("[name=text]")).to_have_value("Ciao {nome|cliente}, prova")
        page.get_by_role("link", name="Guarda se è arrivata").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Prova: Ciao {nome|cliente}, prova")


def test_one_bad_number_does_not_stop_the_count(browser: Browser, demo: str) -> None:
    with window(browser, demo, "en-GB", DESK) as page:
        begin(page, "Hello", group=False)
        page.locator("[name=numbers]").fill("347 1234567, 041 555012")
        expect(page.locator("#wrong")).to_contain_text("“041 555012”: this is a landline")
        expect(page.locator("#cost")).to_contain_text("1.6")
        page.locator("[name=when][value=later]").check(force=True)
        page.get_by_role("button", name="Tomorrow at 9:00").click()
        assert page.locator("[name=send_at]").input_value().endswith("T09:00")


def test_a_file_too_large_for_the_credit_is_cut_and_the_rest_kept(browser: Browser, demo: str, tmp_path: Path) -> None:
    with window(browser, demo, "it-IT", TELEPHONE) as page:
        begin(page, "Ciao {nome}, sono {importo} euro. " + "x" * 140, group=False)
        page.locator("[name=file]").set_input_files(spreadsheet(tmp_path, 10_000))
        expect(page.locator("#file")).to_contain_text(re.compile(r"10\.000 persone"))
        expect(page.locator("#fields")).to_contain_text("{importo}")
        expect(page.locator("#cost")).to_contain_text("32.000")
        assert fits(page)
        page.locator("#review").click()
        page.wait_for_url(re.compile(r"/send/\d+/$"))
        expect(page.get_by_role("heading", name="Che cosa puoi fare")).to_be_visible(timeout=60_000)
        assert fits(page)
        accessible(page)
        page.locator("[name=first]").fill("3")
        page.get_by_role("button", name="Continua con questi").click()
        expect(page.locator("form.cost")).to_contain_text("9,6")
        page.locator("[name=name]").fill("Gli altri di elenco")
        page.get_by_role("button", name="Salva come gruppo").click()
        expect(page.locator(".notice.good")).to_contain_text("Gli altri di elenco")
        accessible(page)
        page.get_by_role("link", name="Guarda i destinatari uno per uno").click()
        expect(page.locator(".each li")).to_have_count(3)
        accessible(page)
        assert fits(page)
