"""Recurring sends, short links and another time for a planned send, in a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.pages import accessible, log_in

TARGET = "https://www.bruni.it/saldi?da=sms"


def begin(page: Page, login: str, text: str, link: str = "") -> None:
    log_in(page, login=login)
    page.goto("/send/")
    page.locator("[name=numbers]").fill("347 1234567, 347 7654321")
    page.locator("[name=sender]").fill("BRUNI")
    page.locator(".pick label", has_text="PRO con notifica").click()
    if link:
        page.locator("summary", has_text=re.compile("clic")).first.click()
        page.locator("[name=link]").fill(link)
    page.locator("[name=text]").fill(text)
    expect(page.locator(".phone .bubble").first).to_be_visible()


def good(page: Page) -> None:
    assert fits(page)
    accessible(page)


@pytest.mark.parametrize("size", [DESK, TELEPHONE])
def test_it_is_made_started_paused_and_deleted(browser: Browser, demo: str, customer: str, size: tuple[int, int]) -> None:
    with window(browser, demo, "it-IT", size, refusals=True) as page:
        log_in(page, login=customer)
        page.goto("/recurring/")
        expect(page.get_by_text("Ancora niente parte da solo")).to_be_visible()
        good(page)
        page.get_by_role("link", name="Nuovo invio ricorrente").first.click()
        page.locator("[name=numbers]").fill("347 1234567")
        page.locator("[name=sender]").fill("BRUNI")
        page.locator(".pick label", has_text="PRO con notifica").click()
        page.locator("[name=text]").fill("Buon fine mese")
        page.locator("[name=rhythm]").select_option("monthly")
        expect(page.get_by_label("Giorno del mese")).to_be_visible()
        expect(page.locator("[name=weekdays]").first).to_be_hidden()
        page.get_by_label("Giorno del mese").fill("31")
        good(page)
        page.locator("#review").click()
        expect(page.locator(".errorlist", has_text="dagliene uno da 1 a 80")).to_be_visible()
        expect(page.get_by_label("Giorno del mese")).to_have_value("31")
        page.locator("[name=repeat_name]").fill("Fine mese")
        page.locator("#review").click()
        page.wait_for_url(re.compile(r"/recurring/\d+/$"))
        expect(page.get_by_role("heading", name="Quanto costerebbe oggi ogni volta")).to_be_visible()
        expect(page.locator(".dates li")).to_have_count(5)
        good(page)
        page.get_by_role("button", name="Avvia").click()
        expect(page.locator(".notice.good")).to_contain_text("È attivo")
        page.get_by_role("button", name="Pausa").click()
        expect(page.locator(".notice.good")).to_contain_text("È in pausa")
        page.get_by_role("button", name="Riprendi").click()
        page.goto("/recurring/")
        expect(page.locator("main")).to_contain_text("l'ultimo giorno, se il mese è più corto")
        good(page)
        page.get_by_role("link", name="Fine mese").click()
        page.get_by_role("link", name="Elimina").click()
        good(page)
        page.get_by_role("button", name="Elimina").click()
        expect(page.get_by_text("Ancora niente parte da solo")).to_be_visible()


def test_the_browser_counts_the_short_link_as_the_server_does(browser: Browser, demo: str, customer: str) -> None:
    with window(browser, demo, "it-IT", DESK) as page:
        begin(page, customer, "{nome|Ciao}", TARGET)
        said: list[str] = []
        for text in (
            "Ciao {link}",
            "{nome|Ada} " + "x" * 110 + " {link}",
            "{link}" * 5,
            "è {LINK}|",
            "😀 {link}",
            "x" * 400 + "{ link }{link}",
        ):
            page.route("**/send/live/", lambda route: None)  # what the browser says by itself
            page.locator("[name=text]").fill(text)
            said.append(page.locator("#count").inner_text())
            page.unroute("**/send/live/")
            with page.expect_response("**/send/live/"):
                page.locator("[name=text]").dispatch_event("input")
            expect(page.locator("#count")).to_have_text(said[-1])
        length = len(page.evaluate("JSON.parse(document.getElementById('short-link').textContent)"))
        assert said[0].startswith(f"{5 + length} caratteri · 1 parte")
        assert len(set(said)) == 6


@pytest.mark.parametrize("size", [DESK, TELEPHONE])
def test_who_opened_the_link_is_shown(browser: Browser, demo: str, customer: str, size: tuple[int, int]) -> None:
    with window(browser, demo, "it-IT", size) as page:
        begin(page, customer, "Saldi: {link}", TARGET)
        expect(page.locator(".phone .bubble")).to_contain_text("/l/")
        good(page)
        page.locator("#review").click()
        page.get_by_role("button", name="Conferma e invia").click()
        page.wait_for_url(re.compile(r"/sends/\d+/$"))
        send = page.url
        expect(page.locator("#rows a[href*='/recipients/']")).to_have_count(2)
        expect(page.locator("#moving")).to_contain_text("2 di 2")
        page.locator("#rows a[href*='/recipients/']").first.click()
        found = re.search(r"/l/\w{11}", page.locator(".bubble").inner_text())
        assert found
        for agent in ("Mozilla/5.0 (iPhone) Mobile", "WhatsApp/2.23"):
            opened = page.context.request.get(found[0], max_redirects=0, headers={"User-Agent": agent})
            assert (opened.status, opened.headers["location"]) == (302, TARGET)
        page.reload()
        expect(page.locator(".timeline")).to_contain_text("Link aperto")
        good(page)
        page.goto(send)
        expect(page.locator("#clicks .figure")).to_have_text("1")
        expect(page.locator("#clicks")).to_contain_text("1 visita di un programma")
        good(page)
        page.get_by_role("link", name="Guarda chi l'ha aperto").click()
        expect(page.locator("#rows tbody tr")).to_have_count(1)


def test_a_planned_send_gets_another_time(browser: Browser, demo: str, customer: str) -> None:
    with window(browser, demo, "en-GB", TELEPHONE, refusals=True) as page:
        begin(page, customer, "Tomorrow")
        page.locator("[name=when][value=later]").check(force=True)
        page.get_by_role("button", name="Tomorrow at 9:00").click()
        page.locator("#review").click()
        page.get_by_role("button", name="Confirm and plan").click()
        page.get_by_role("link", name="Change the time").click()
        good(page)
        tomorrow = page.locator("[name=send_at]").input_value()
        page.locator("[name=send_at]").fill("2020-01-01T09:00")
        page.locator("main form.card button").click()
        expect(page.locator(".errorlist")).to_contain_text("has already passed")
        good(page)
        page.locator("[name=send_at]").fill(tomorrow.replace("09:00", "18:30"))
        page.locator("main form.card button").click()
        expect(page.locator(".notice.good")).to_contain_text("18:30")
        page.get_by_role("link", name="Cancel the send").click()
        expect(page.locator("main form")).to_contain_text(re.compile("2 messages are taken back and 3.2 credits"))
        good(page)


def test_a_link_of_nobody_says_so(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", TELEPHONE) as page:
        page.set_content("")
        answer = page.context.request.get("/l/nessuno")
        assert answer.status == 404
        page.set_content(answer.text())
        expect(page.get_by_role("heading")).to_have_text("Questo link non porta da nessuna parte")
        accessible(page)
