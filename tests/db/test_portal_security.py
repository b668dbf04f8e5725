"""Passwords, two-factor, sessions, stale forms, the mailbox of the staff."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core import mail as outgoing

from staffetta.accounts import mail, mailbox, sessions
from staffetta.accounts.opening import make_staff
from staffetta.lib import clock
from tests.db.portal import browser, text
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
EMAIL = "ugo@bruni.example"


@pytest.fixture
def owner(people):
    people.owner.email = EMAIL
    people.owner.save()
    EmailAddress.objects.create(user=people.owner, email=EMAIL, verified=True, primary=True)
    return people.owner


def log_in(password=PASSWORD, client=None):
    client = client or browser()
    return client, client.post("/login/", {"username": EMAIL, "password": password})


def path_in_mail() -> str:
    return re.search(r"http://testserver(/\S+)", outgoing.outbox[-1].body)[1]


def test_blanks_of_copy_and_paste_are_taken_away(owner):
    for typed in ("\u00a0owner\u00a0", "\u200bowner ", "\tUGO@bruni.example\u200b \u00a0"):
        assert browser().post("/login/", {"username": typed, "password": PASSWORD}).status_code == 302


def test_a_confirmed_address_belongs_to_who_confirmed_it(people, owner):
    people.stranger.email = EMAIL
    people.stranger.save()
    assert log_in()[1].status_code == 302


def test_after_five_wrong_passwords_one_waits_and_is_told_how_long(owner):
    for _attempt in range(5):
        assert "name or the password is not right" in text(log_in("wrong")[1])
    client, response = log_in()
    assert response.status_code == 400
    assert "wait 5 minutes" in text(response)
    client.post("/login/forgotten/", {"email": EMAIL})
    set_new_password(client, "tulipano-88")
    assert log_in("tulipano-88")[1].headers["Location"] == "/home/"


def set_new_password(client, password):
    form = client.get(path_in_mail(), follow=True)
    return client.post(form.redirect_chain[-1][0], {"password1": password})


def test_a_forgotten_password_is_replaced_by_a_link_good_once(owner):
    client = browser()
    assert client.post("/login/forgotten/", {"email": EMAIL}).headers["Location"] == "/login/forgotten/sent/"
    used = path_in_mail()
    assert set_new_password(client, "short").status_code == 400
    assert set_new_password(client, "tulipano-88").headers["Location"] == "/login/"
    assert "was changed" in outgoing.outbox[-1].subject
    assert "no longer works" in text(browser().get(used))
    assert log_in()[1].status_code == 400
    assert log_in("tulipano-88")[1].status_code == 302


def test_a_stranger_does_not_learn_from_a_forgotten_password_who_has_an_account(owner):
    response = browser().post("/login/forgotten/", {"email": "nobody@bruni.example"})
    assert response.headers["Location"] == "/login/forgotten/sent/"
    assert "no account with this address" in outgoing.outbox[-1].subject


def test_a_closed_user_is_told_so_and_not_let_in(owner):
    owner.is_active = False
    owner.save()
    client, response = log_in()
    assert response.headers["Location"] == "/login/closed/"
    assert "has been closed" in text(client.get("/login/closed/"))
    assert client.get("/home/").status_code == 302


def again(client, address):
    """Prove with the password that it is you, and come to the page that was asked for."""
    asked = client.get(address)
    return client.post(asked.headers["Location"], {"password": PASSWORD, "next": address}, follow=True)


def switch_on_two_factor(client) -> str:
    page = text(again(client, "/account/two-factor/"))
    assert "data:image/svg+xml;base64," in page
    secret = re.search(r'<code class="key">(\w+)</code>', page)[1]
    assert client.post("/account/two-factor/", {"code": "000000"}).status_code == 400
    page = client.post("/account/two-factor/", {"code": code_of(secret)}, follow=True)
    assert page.redirect_chain[-1][0] == "/account/codes/"
    return secret


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, sorted(totp.yield_hotp_counters_from_time())[1]))


def test_two_factor_asks_for_a_code_and_takes_a_recovery_code(owner):
    client, _answer = log_in()
    secret = switch_on_two_factor(client)
    codes = Authenticator.objects.get(user=owner, type="recovery_codes").wrap().get_unused_codes()
    assert all(code in text(client.get("/account/codes/")) for code in codes)
    assert codes[0] in client.get("/account/codes/file/").content.decode()

    other, response = log_in()
    assert response.headers["Location"] == "/login/code/"
    assert other.get("/home/").status_code == 302
    wrong = other.post("/login/code/", {"code": "000000"})
    assert wrong.status_code == 400
    assert "six digits that the app shows" in text(wrong)
    assert other.post("/login/code/", {"code": codes[0]}).headers["Location"] == "/home/"
    third, _answer = log_in()
    assert third.post("/login/code/", {"code": codes[0]}).status_code == 400
    assert third.post("/login/code/", {"code": code_of(secret)}).headers["Location"] == "/home/"

    assert client.post("/account/codes/new/").headers["Location"] == "/account/codes/"
    assert codes[1] not in text(client.get("/account/codes/"))
    assert client.post("/account/two-factor/off/").headers["Location"] == "/account/"
    assert log_in()[1].headers["Location"] == "/home/"


def test_the_password_is_changed_and_other_devices_fall_out(owner):
    client, _answer = log_in()
    elsewhere, _answer = log_in()
    wrong = client.post("/account/password/", {"oldpassword": "wrong", "password1": "tulipano-88"})
    assert wrong.status_code == 400
    assert "not your present password" in text(wrong)
    assert client.post("/account/password/", {"oldpassword": PASSWORD, "password1": "tulipano-88"}).headers["Location"] == "/account/"
    assert client.get("/home/").status_code == 200
    assert elsewhere.get("/home/").status_code == 302


def test_a_new_e_mail_counts_once_its_link_was_opened(owner):
    client, _answer = log_in()
    again(client, "/account/codes/new/")
    client.post("/account/email/", {"action_add": "1", "email": "nuova@bruni.example"})
    owner.refresh_from_db()
    assert owner.email == EMAIL
    assert "waits for its confirmation" in text(client.get("/account/"))
    client.post(path_in_mail())
    owner.refresh_from_db()
    assert owner.email == "nuova@bruni.example"
    assert client.post("/account/email/", {"action_add": "1", "email": "no"}).status_code == 400


def test_sessions_are_listed_and_ended(people, owner):
    client, _answer = log_in(client=browser())
    elsewhere = browser()
    elsewhere.defaults["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
    log_in(client=elsewhere)
    page = text(client.get("/account/sessions/"))
    assert "Firefox on Windows" in page
    assert "this device" in page
    theirs = UserSession.objects.get(session_key=elsewhere.session.session_key)
    assert browser(people.stranger).post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    assert elsewhere.get("/home/").status_code == 200
    client.post(f"/account/sessions/{theirs.pk}/end/")
    assert elsewhere.get("/home/").status_code == 302
    third, _answer = log_in()
    client.post("/account/sessions/end-others/")
    assert (third.get("/home/").status_code, client.get("/home/").status_code) == (302, 200)


def test_the_last_use_is_noted_but_not_of_every_request(owner):
    client, _answer = log_in()
    session = UserSession.objects.get()
    long_ago = clock.now() - 2 * sessions.NOTED_AFTER
    UserSession.objects.update(last_seen_at=long_ago)
    client.get("/home/")
    session.refresh_from_db()
    noted = session.last_seen_at
    assert noted > long_ago
    client.get("/home/")
    session.refresh_from_db()
    assert session.last_seen_at == noted


def stale(address, typed, origin="http://testserver"):
    client = browser()
    client.handler.enforce_csrf_checks = True
    return client, client.post(address, typed, headers={"origin": origin, "referer": f"{origin}{address}?group=1"})


def test_a_stale_form_offers_what_was_typed_and_one_click_to_start_clean():
    client, response = stale("/send/", {"text": "Ciao\n<b>{nome}</b>", "numbers": "333", "groups": ["1", "2"]})
    page = text(response)
    assert response.status_code == 403
    assert "Ciao\n&lt;b&gt;{nome}&lt;/b&gt;</textarea>" in page
    assert page.count('name="groups"') == 2
    assert 'href="/login/clean/?next=/send/%3Fgroup%3D1"' in page
    answer = client.get("/login/clean/?next=/send/")
    assert answer.headers["Location"] == "/send/"
    assert all(not cookie.value for cookie in answer.cookies.values())
    assert client.get("/login/clean/?next=https://evil.example/").headers["Location"] == "/login/"


def test_what_was_typed_goes_on_from_the_page_of_a_stale_form(people):
    client = browser(people.owner)
    client.handler.enforce_csrf_checks = True
    page = text(client.post("/send/", {"text": "Ciao a\ntutti", "numbers": "12"}, headers={"origin": "http://testserver"}))
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    again = client.post("/send/", {"text": "Ciao a\ntutti", "numbers": "12", "csrfmiddlewaretoken": token})
    assert again.status_code == 400  # the number is refused, and the page has what was typed
    assert "Ciao a\ntutti</textarea>" in text(again)


@pytest.mark.parametrize(
    ("address", "origin"),
    [("/sends/1/cancel/", "http://testserver"), ("/send/1/accept/", "http://testserver"), ("/send/", "https://evil.example")],
)
def test_a_stale_form_that_does_something_or_comes_from_elsewhere_is_not_offered_again(address, origin):
    assert "typed-by-someone" not in text(stale(address, {"text": "typed-by-someone"}, origin)[1])


def test_a_password_is_never_written_into_a_page():
    page = text(stale("/login/", {"username": "owner", "password": "segretissima"})[1])
    assert 'value="owner"' in page
    assert "segretissima" not in page


def test_cookies_are_closed_to_scripts_and_other_sites(owner, settings):
    _client, answer = log_in()
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], bool(cookie["secure"])) == (True, "Lax", False)
    settings.SESSION_COOKIE_SECURE = True
    assert log_in()[1].cookies[settings.SESSION_COOKIE_NAME]["secure"]


def test_the_staff_read_the_mails_that_were_not_sent_and_nobody_else(people, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.HOME = "staffetta.accounts.mailbox.EmailBackend", tmp_path
    mail.send("anna@bruni.example", "Benvenuta", "Apri https://sms.example/a?b=1 e <leggi>", language="it")
    (kept,) = mailbox.latest(9)
    staff = browser(make_staff("capo", PASSWORD))
    assert "Benvenuta" in text(staff.get("/staff/mailbox/"))
    page = text(staff.get(f"/staff/mailbox/{kept.name}/"))
    assert 'href="https://sms.example/a?b=1"' in page
    assert "&lt;leggi&gt;" in page
    assert staff.get("/staff/mailbox/secret_key/").status_code == 404
    for address in ("/staff/mailbox/", f"/staff/mailbox/{kept.name}/"):
        assert browser(people.owner).get(address).status_code == 404


def test_the_profile_is_kept_and_refused_with_what_was_typed(people):
    typed = {
        "kind": "company", "name": "Bruni Srl", "street": "Via Emilia 1", "postcode": "40121", "city": "Bologna", "province": "bo",
        "country": "IT", "vat_number": "IT 12345670018", "tax_code": "", "pec": "", "sdi_code": "",
    }  # fmt: skip
    client = browser(people.owner)
    refused = client.post("/account/profile/", typed)
    assert refused.status_code == 400
    assert "wrong check digit" in text(refused)
    assert 'value="IT 12345670018"' in text(refused)
    assert client.post("/account/profile/", typed | {"vat_number": "IT 12345670017"}).headers["Location"] == "/account/"
    assert people.account.profile.vat_number == "12345670017"
    assert 'value="12345670017"' in text(client.get("/account/profile/"))
    assert "12345670017" not in text(browser(people.stranger).get("/account/profile/"))


def test_the_staff_have_the_account_s_pages_too_but_no_invoicing_data():
    staff = browser(make_staff("capo", PASSWORD))
    for address in ("/account/", "/account/email/", "/account/password/", "/account/sessions/"):
        assert staff.get(address).status_code == 200
    assert "Invoicing data" not in text(staff.get("/account/"))
    assert staff.get("/account/profile/").status_code == 403
