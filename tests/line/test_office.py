"""The staff at work in a browser: a statement whose line pays an order, a proof approved, an order given back, the settings."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.db.office import camt, entry
from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.copies import ROOT, Copy
from tests.line.pages import accessible, log_in

LOOKED_AT = (
    "/office/",
    "/office/billing/order/",
    "/office/billing/proof/",
    "/office/billing/bankline/",
    "/office/billing/bankfile/",
    "/office/billing/bankfile/add/",
    "/office/billing/statementmapping/add/",
    "/office/billing/invoice/",
    "/office/billing/invoice/sdi/to-send/",
    "/office/billing/invoice/sdi/answers/",
    "/office/billing/paymentevent/",
    "/office/billing/package/",
    "/office/accounts/account/",
    "/office/settings/",
    "/office/lookup/lookupbatch/",
    "/office/lookup/provider/",
    "/office/lookup/provider/add/",
    "/office/lookups/rules/",
    "/office/lookups/erase/",
)


@pytest.fixture
def bought(demo_copy: Copy, customer: str) -> dict[str, Any]:
    """What the customer bought."""
    environment = demo_copy.environment() | {"DJANGO_SETTINGS_MODULE": "staffetta.settings"}
    command = [sys.executable, "-m", "tests.line.office_rows", customer]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def log_in_staff(page: Page) -> None:
    """Log in as the owner of the service, and open the back office."""
    log_in(page, login="gestore")
    page.wait_for_url(re.compile("/(staff|home|office)"))
    page.goto("/office/")


def well(page: Page) -> None:
    """Nothing too wide, nothing in our part of the page that axe objects to."""
    assert fits(page), page.url
    accessible(page)


@pytest.mark.parametrize(("language", "size"), [("it-IT", TELEPHONE), ("en-GB", DESK)])
def test_every_page_is_fit_to_be_seen(browser: Browser, demo: str, bought: dict[str, Any], language: str, size: tuple[int, int]) -> None:
    with window(browser, demo, language, size) as page:
        log_in_staff(page)
        own = (f"/office/billing/order/{bought['order']}/change/", f"/office/billing/proof/{bought['proof']}/change/")
        for address in LOOKED_AT + own:
            page.goto(address)
            well(page)


def test_the_staff_decide_about_money(browser: Browser, demo: str, bought: dict[str, Any], customer: str) -> None:
    with window(browser, demo, "it-IT", DESK, refusals=True) as page:
        log_in_staff(page)
        page.goto("/office/billing/bankfile/add/")
        content = camt(entry(bought["cents"], bought["code"], customer, f"REF-{customer}"))
        page.locator("[name=file]").set_input_files({"name": "estratto.xml", "mimeType": "application/xml", "buffer": content})
        page.get_by_role("button", name="Carica e abbina").click()
        expect(page.locator("body")).to_contain_text("hanno pagato il loro ordine: 1")
        well(page)

        page.goto(f"/office/billing/order/?q={bought['code']}")
        page.locator("#result_list tbody a").first.click()
        expect(page.locator(".office-title")).to_have_text(f"Ordine {bought['order']}")
        refund = page.locator("details", has_text="Rimborsa l’ordine")
        refund.locator("summary").click()
        refund.get_by_role("button").click()
        expect(page.locator("details[open]", has_text="Rimborsa l’ordine")).to_be_visible()
        well(page)
        page.locator("[name=refund-reason]").fill("Ordinato per errore")
        page.locator("details[open]").get_by_role("button", name="Rimborsa l’ordine").click()
        expect(page.locator("body")).to_contain_text("è rimborsato")

        page.goto(f"/office/billing/proof/{bought['proof']}/change/")
        expect(page.get_by_role("img", name="ricevuta-del-bonifico.png")).to_be_attached()
        page.get_by_role("button", name="Approva").click()
        expect(page.locator("body")).to_contain_text("è approvata")
        well(page)


def test_the_settings_keep_what_was_typed(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", DESK, refusals=True) as page:
        log_in_staff(page)
        page.goto("/office/settings/")
        page.locator("[name=bic]").fill("CORTO")
        page.get_by_role("button", name="Salva").click()
        expect(page.locator("body")).to_contain_text("“CORTO”")
        expect(page.locator("[name=bic]")).to_have_value("CORTO")
        well(page)
