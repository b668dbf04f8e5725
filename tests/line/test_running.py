"""A send while it runs, in a real browser: paused, resumed, cancelled with the credit back; and written again to who was not reached."""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.line.browser import DESK, TELEPHONE, window
from tests.line.copies import ROOT, Copy
from tests.line.pages import accessible, log_in


@pytest.fixture(scope="module")
def _slow_carrier(demo_copy: Copy) -> None:
    environment = demo_copy.environment() | {"DJANGO_SETTINGS_MODULE": "staffetta.settings"}
    command = [sys.executable, "-m", "tests.line.slow_carrier", str(demo_copy.simulator_port)]
    subprocess.run(command, cwd=ROOT, env=environment, timeout=60, check=True)


def confirm(page: Page, numbers: str, text: str = "Ciao a tutti") -> None:
    """Write to these numbers and confirm; the page of the send is open afterwards."""
    page.goto("/send/")
    page.locator("[name=numbers]").fill(numbers)
    page.locator("[name=sender]").fill("BRUNI")
    page.locator("[name=text]").fill(text)
    page.locator(".pick label", has_text="PRO con notifica").click()
    page.locator("#review").click()
    page.wait_for_url(re.compile(r"/send/\d+/$"))
    page.locator("form[action$='/accept/'] button").click()
    page.wait_for_url(re.compile(r"/sends/\d+/$"))


@pytest.mark.usefixtures("_slow_carrier")
def test_it_is_paused_resumed_and_cancelled(browser: Browser, demo: str, customer: str) -> None:
    with window(browser, demo, "it-IT", TELEPHONE) as page:
        log_in(page, login=customer)
        confirm(page, "\n".join(f"+39347999{n:04d}" for n in range(120)))
        page.get_by_role("button", name="Pausa").click()
        expect(page.locator("#moving .state").first).to_contain_text("pausa", ignore_case=True)
        accessible(page)
        page.get_by_role("button", name="Riprendi").click()
        expect(page.locator("#moving .legend")).to_contain_text(re.compile(r"consegnato [1-9]"))
        page.get_by_role("link", name="Annulla il resto").click()
        accessible(page)
        page.locator("main form button.danger").click()
        expect(page.locator("#moving .legend")).to_contain_text(re.compile(r"annullato \d+"))
        expect(page.locator("#moving")).to_contain_text(re.compile(r"crediti spesi, \d+(,\d)? restituiti"))


def test_who_was_not_reached_is_written_to_again(browser: Browser, demo: str, customer: str) -> None:
    with window(browser, demo, "it-IT", DESK) as page:
        log_in(page, login=customer)
        confirm(page, "347 5550301\n340 1999900", "Riproviamo più tardi")
        expect(page.locator("#moving .legend")).to_contain_text("non consegnato 1")
        page.get_by_role("button", name="Riscrivi a 1 non raggiunto").click()
        page.wait_for_url(re.compile(r"/send/\?like="))
        expect(page.locator("[name=text]")).to_have_value("Riproviamo più tardi")
        expect(page.locator("[name=numbers]")).to_have_value("")
        expect(page.locator("#cost")).to_contain_text("1,6")
        accessible(page)
        page.locator("#review").click()
        page.wait_for_url(re.compile(r"/send/\d+/$"))
        page.locator("form[action$='/accept/'] button").click()
        expect(page.locator("#rows tbody tr")).to_have_count(1)
        expect(page.get_by_text("Riscrive a chi un invio precedente non ha raggiunto")).to_be_visible()
