"""A team in the browser: invite a colleague, have a large send approved, close the colleague; in Italian on a telephone, in English on a desk."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.copies import Copy
from tests.line.pages import PASSWORD, accessible, log_in


def well(page: Page) -> None:
    assert fits(page), page.url
    accessible(page)


@pytest.fixture
def colleague(demo_copy: Copy, customer: str) -> str:
    """The log-in of a sender of the customer's account."""
    login = f"nina{demo_copy.port}{len(customer)}"
    made = demo_copy.command("account", "user", customer, login, "--role", "sender", "--password", PASSWORD)
    assert made.returncode == 0, made.stderr
    return login


def invite(page: Page, email: str, role: str) -> None:
    page.locator("#invite [name=email]").fill(email)
    page.locator("#invite .pick label", has_text=role).click()
    page.locator("#invite button.main").click()


def mail_to(browser: Browser, demo: str, email: str) -> str:
    """Return the link in the newest mail to an address, as the staff read it."""
    with window(browser, demo, "it-IT", DESK) as page:
        page.goto("/login/?next=/staff/mailbox/")
        page.locator("[name=username]").fill("gestore")
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button.main").click()
        page.locator("li", has_text=email).locator("a").first.click()
        return page.locator("article a[href*='://'], section a[href*='://']").first.get_attribute("href") or ""


def test_a_colleague_is_invited_and_closed_on_a_telephone(browser: Browser, demo: str, customer: str) -> None:
    email = f"nina.{abs(hash(customer))}@ferramenta-bruni-e-figli-di-sant-agata-bolognese.example"
    with window(browser, demo, "it-IT", TELEPHONE, refusals=True) as owner:
        log_in(owner, login=customer)
        expect(owner.locator("main")).to_contain_text("Primi passi")
        well(owner)
        owner.locator(".tabs a").last.click()
        owner.locator("main a", has_text="Collaboratori").click()
        well(owner)
        invite(owner, "nina", "Addetto agli invii")
        expect(owner.locator("#invite .errorlist")).to_contain_text("nome@esempio.it")
        expect(owner.locator("#invite [name=email]")).to_have_value("nina")
        well(owner)
        invite(owner, email, "Lettore")
        expect(owner.locator("main")).to_contain_text("è in viaggio")
        expect(owner.locator("main")).to_contain_text("valido fino a")
        well(owner)

        with window(browser, demo, "it-IT", TELEPHONE, refusals=True) as nina:
            nina.goto(mail_to(browser, demo, email))
            well(nina)
            nina.locator("[name=name]").fill("Nina Galli")
            nina.locator("[name=password1]").fill("corta")
            nina.locator("main form button.main").click()
            expect(nina.locator("[name=name]")).to_have_value("Nina Galli")
            well(nina)
            nina.locator("[name=password1]").fill("girasole-77")
            nina.locator("[name=accept]").check()
            nina.locator("main form button.main").click()
            nina.wait_for_url("**/home/")
            nina.goto("/send/")
            expect(nina.locator("main")).to_contain_text("Il tuo ruolo non lo permette")
            well(nina)
            nina.goto("/invitation/un-invito-che-non-esiste/")
            expect(nina.locator("main")).to_contain_text("Questo invito non vale più")
            well(nina)
            nina.goto("/home/")
            expect(nina.locator("main a", has_text="Nuovo invio")).to_have_count(0)
            well(nina)

            owner.goto("/account/team/")
            row = owner.locator(".people li", has_text="Nina Galli")
            row.locator("button", has_text="Chiudi").click()
            expect(owner.locator("main")).to_contain_text("scollegato da ogni dispositivo")
            well(owner)
            nina.goto("/home/")
            expect(nina).to_have_url(re.compile("/login/"))


def write(page: Page, numbers: str, text: str) -> None:
    page.goto("/send/")
    page.locator("#id_numbers").fill(numbers)
    page.locator("#id_text").fill(text)
    page.locator("[name=sender]").first.fill("BRUNI")
    page.locator(".compose-form .cost button.main, .compose-form button.main").last.click()
    page.wait_for_url(re.compile(r"/send/\d+/$"))


def test_a_large_send_waits_for_the_owner_on_a_desk_in_english(browser: Browser, demo: str, customer: str, colleague: str) -> None:
    with window(browser, demo, "en-GB", DESK, refusals=True) as owner, window(browser, demo, "en-GB", DESK) as sender:
        log_in(owner, login=customer)
        owner.goto("/account/team/")
        owner.locator("[name=above]").fill("1")
        owner.locator("#approval button").click()
        expect(owner.locator("main")).to_contain_text("The rule for large sends is saved.")
        well(owner)

        log_in(sender, login=colleague)
        write(sender, "+39 333 1112201\n+39 333 1112202", "Sconti da lunedì")
        well(sender)
        sender.get_by_role("button", name="Ask for approval").click()
        expect(sender.get_by_role("heading", name="Waiting for approval")).to_be_visible()
        well(sender)

        owner.goto("/home/")
        well(owner)
        owner.get_by_role("link", name="Look at it and decide").click()
        well(owner)
        owner.get_by_role("button", name="Do not approve").click()
        expect(owner.locator("main")).to_contain_text("The reason is empty")
        owner.locator("#reason").fill("Write until when")
        owner.get_by_role("button", name="Do not approve").click()
        expect(owner.locator("main")).to_contain_text("Nothing waits.")
        well(owner)

        sender.reload()
        expect(sender.locator("main")).to_contain_text("Write until when")
        sender.get_by_role("link", name="Change it and ask again").click()
        sender.locator("#id_text").fill("Sconti da lunedì a venerdì")
        sender.locator(".compose-form button.main").last.click()
        sender.get_by_role("button", name="Ask for approval").click()
        expect(sender.get_by_role("heading", name="Waiting for approval")).to_be_visible()

        owner.goto("/approvals/")
        owner.get_by_role("link", name="Look at it and decide").click()
        owner.get_by_role("button", name="Approve and send").click()
        owner.wait_for_url("**/sends/*/")
        expect(owner.locator("main")).to_contain_text("Approved by")
        well(owner)
