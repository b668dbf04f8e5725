"""Opening an account and getting in, by hand: sign-up, the mail in the staff's mailbox, confirmation, forgotten password, two-factor."""

import re

from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Browser, Page, expect

from tests.line.browser import DESK, TELEPHONE, fits, window
from tests.line.pages import PASSWORD, accessible

MINE = "girasole-77"


def well(page: Page) -> None:
    """Nothing too wide, nothing that axe objects to."""
    assert fits(page), page.url
    accessible(page)


def latest_link(browser: Browser, demo: str, to: str) -> str:
    """Read the newest mail to this address as the staff do, and return the link in it."""
    with window(browser, demo, "it-IT", DESK) as page:
        page.goto("/login/?next=/staff/mailbox/")
        log_in(page, "gestore", PASSWORD)
        well(page)
        page.locator("li", has_text=to).locator("a").first.click()
        well(page)
        return page.locator("article a[href*='://'], section a[href*='://']").first.get_attribute("href") or ""


def log_in(page: Page, name: str, password: str) -> None:
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("main form button.main").click()


def sign_up(page: Page, name: str, email: str) -> None:
    page.goto("/")
    well(page)
    page.locator("main a[href='/signup/']").first.click()
    well(page)
    page.locator("[name=name]").fill(name)
    page.locator("[name=email]").fill(email)
    page.locator("[name=password1]").fill(MINE)
    page.locator("[name=accept]").check()
    page.locator("main form button.main").click()
    page.wait_for_url("**/signup/sent/")
    well(page)


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, sorted(totp.yield_hotp_counters_from_time())[1]))


def test_from_the_sign_up_to_the_free_credits_on_a_telephone(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", TELEPHONE, refusals=True) as page:
        page.goto("/signup/")
        page.locator("[name=name]").fill("Bar Sport")
        page.locator("[name=password1]").fill("corta")
        page.locator("main form button.main").click()
        expect(page.locator("main")).to_contain_text("Senza accettare le condizioni")
        expect(page.locator("[name=name]")).to_have_value("Bar Sport")
        well(page)

        sign_up(page, "Bar Sport di Niccolò D’Angelo e figli", "sport@bar.example")
        expect(page.locator("main")).to_contain_text("sport@bar.example")
        link = latest_link(browser, demo, "sport@bar.example")
        assert "/signup/confirm/" in link
        page.goto("/login/")
        log_in(page, "sport@bar.example", MINE)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Manca un passo")

        page.goto(link)
        page.wait_for_url("**/home/")
        expect(page.locator("main")).to_contain_text("ci sono 10 crediti")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Bar Sport")
        well(page)
        invoicing_data(page)


def invoicing_data(page: Page) -> None:
    """Fill in the invoicing data, first with a wrong check digit."""
    page.goto("/account/")
    well(page)
    page.locator("main a[href='/account/profile/']").click()
    typed = {"street": "Via Emilia 1", "postcode": "40121", "city": "Bologna", "province": "bo", "vat_number": "12345670018"}
    for name, value in typed.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("main form button.main").click()
    expect(page.locator("main")).to_contain_text("la cifra di controllo non torna")
    expect(page.locator("[name=street]")).to_have_value("Via Emilia 1")
    well(page)
    page.locator("[name=vat_number]").fill("12345670017")
    page.locator("main form button.main").click()
    expect(page.locator("main")).to_contain_text("dati di fatturazione sono salvati")


def test_a_forgotten_password_and_two_factor_in_english(browser: Browser, demo: str) -> None:
    with window(browser, demo, "en-GB", DESK, refusals=True) as page:
        sign_up(page, "Anna Rossi", "anna@rossi.example")
        page.goto(latest_link(browser, demo, "anna@rossi.example"))
        page.wait_for_url("**/home/")
        page.locator(".side form[action='/logout/'] button").click()

        page.goto("/login/forgotten/")
        well(page)
        page.locator("[name=email]").fill("anna@rossi.example")
        page.locator("main form button.main").click()
        page.wait_for_url("**/login/forgotten/sent/")
        well(page)
        page.goto(latest_link(browser, demo, "anna@rossi.example"))
        well(page)
        page.locator("[name=password1]").fill("tulipano-88")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("[name=password1]")).to_have_attribute("type", "text")
        page.locator("main form button.main").click()
        page.wait_for_url("**/login/")
        expect(page.locator("main")).to_contain_text("new password is saved")
        well(page)
        log_in(page, " ANNA@rossi.example\u00a0", "tulipano-88")
        page.wait_for_url("**/home/")
        secret = switch_on(page)
        page.locator(".side form[action='/logout/'] button").click()
        second_step(page, secret)


def switch_on(page: Page) -> str:
    """Switch two-factor on, look at each page of the account on the way, and return the key of the app."""
    for address in ("/account/sessions/", "/account/email/", "/account/password/"):
        page.goto(address)
        well(page)
    page.goto("/account/two-factor/")
    well(page)
    page.locator("[name=password]").fill("tulipano-88")
    page.locator("main form button.main").click()
    secret = page.locator("code.key").inner_text()
    well(page)
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("main form button.main").click()
    page.wait_for_url("**/account/codes/")
    expect(page.locator(".codes code")).to_have_count(10)
    well(page)
    page.goto("/account/two-factor/off/")
    well(page)
    return secret


def second_step(page: Page, secret: str) -> None:
    """Log in with the code of the app."""
    page.goto("/login/")
    log_in(page, "anna@rossi.example", "tulipano-88")
    page.wait_for_url("**/login/code/")
    well(page)
    page.locator("[name=code]").fill("000000")
    page.locator("main form button.main").click()
    expect(page.locator("main")).to_contain_text("This code is not right")
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("main form button.main").click()
    page.wait_for_url("**/home/")


def test_the_help_page_checks_by_itself(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", TELEPHONE) as page:
        page.goto("/login/")
        page.locator("main a[href='/login/help/']").click()
        expect(page.locator("[data-cookies]")).to_have_class(re.compile("good"))
        expect(page.locator("[data-clock]")).to_have_text("L’orologio di questo dispositivo è giusto.")
        well(page)
        page.locator("[name=link]").fill("https://example.org/altro")
        page.get_by_role("button", name="Controlla il link").click()
        expect(page.locator(".verdict.bad")).to_contain_text("non è un link di una nostra e-mail")
        for summary in page.locator(".causes summary").all():
            summary.click()
        well(page)
        for address in ("/terms/", "/privacy/"):
            page.goto(address)
            well(page)


def test_a_clock_that_is_wrong_is_found(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", DESK) as page:
        page.goto("/login/help/")
        shifted = page.content().replace('data-clock="', 'data-clock="9')
        page.route("**/login/help/", lambda route: route.fulfill(body=shifted, content_type="text/html"))
        page.goto("/login/help/")
        expect(page.locator("[data-clock]")).to_contain_text("sbaglia di")


def test_caps_lock_is_told(browser: Browser, demo: str) -> None:
    with window(browser, demo, "it-IT", DESK) as page:
        page.goto("/login/")
        page.locator("[name=password]").focus()
        expect(page.locator(".capslock")).to_be_hidden()
        page.locator("[name=password]").evaluate(
            "field => field.dispatchEvent(new KeyboardEvent('keyup', {key: 'A', bubbles: true, modifierCapsLock: true}))"
        )
        expect(page.locator(".capslock")).to_be_visible()
        accessible(page)
