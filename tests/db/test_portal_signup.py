"""Opening an account: the form, the mail, the confirmation, and what a stranger may not learn."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outgoing
from django.db import IntegrityError, transaction

from staffetta.accounts import operator
from staffetta.accounts.models import TermsAccepted, User
from staffetta.billing import ledger, welcome
from staffetta.billing.models import Entry
from staffetta.portal import links
from tests.db.portal import browser, text
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
EMAIL = "anna@bruni.example"
TYPED = {"kind": "company", "name": "Ferramenta  Bruni", "email": "Anna@Bruni.example", "password1": "girasole-77", "accept": "on"}


def link(number: int = -1) -> str:
    """Return the path of the link in a mail that left."""
    return re.search(r"http://testserver(/\S+)", outgoing.outbox[number].body)[1]


def sign_up(client=None, **typed):
    return (client or browser()).post("/signup/", TYPED | typed)


def confirm(client, path=None):
    return client.post(path or link(), follow=True)


def test_it_works_to_the_free_credits_and_is_logged_in(settings):
    client = browser(language="it")
    assert sign_up(client).headers["Location"] == "/signup/sent/"
    assert EMAIL in text(client.get("/signup/sent/"))
    (mail,) = outgoing.outbox
    assert (mail.to, mail.subject) == ([EMAIL], "Staffetta: conferma la tua e-mail")
    user = User.objects.get()
    assert (user.username, user.account.name, user.language, user.awaits_confirmation) == ("anna", "Ferramenta Bruni", "it", True)
    terms = TermsAccepted.objects.get(user=user)
    assert (terms.version, terms.language) == (operator.current().terms_version, "it")

    assert "data-press" in text(client.get(link()))
    assert User.objects.get().awaits_confirmation  # reading the link confirms nothing: mail scanners do
    page = text(confirm(client))
    assert "Nel tuo account ci sono 10 crediti" in page
    assert ledger.wallet(user.account_id).balance_e4 == 100_000
    assert all(books.agree for books in ledger.books())


def test_from_another_device_it_leads_to_the_log_in_and_says_what_there_is():
    sign_up()
    other = browser()
    page = confirm(other)
    assert page.redirect_chain[-1][0] == "/login/"
    assert "There are 10 credits in your account" in text(page)
    assert other.post("/login/", {"username": EMAIL, "password": TYPED["password1"]}).headers["Location"] == "/home/"


def test_it_is_idempotent():
    sign_up()
    path = link()
    confirm(browser())
    again = confirm(browser(), path)
    assert again.status_code == 404 or Entry.objects.count() == 1
    assert browser().get(path).status_code in {404, 200}
    account = User.objects.get().account
    assert welcome.grant(account) == Entry.objects.get()
    assert ledger.wallet(account.pk).balance_e4 == 100_000


def test_the_database_refuses_a_second_grant():
    sign_up()
    confirm(browser())
    first = Entry.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(account=first.account, kind="grant", key=first.key, amount_e4=1, balance_after_e4=1, reason="again")


def test_without_free_credits_the_account_is_open_and_empty():
    operator.change(free_credits_e4=0)
    sign_up()
    confirm(browser())
    assert ledger.wallet(User.objects.get().account_id).balance_e4 == 0


def test_a_stranger_does_not_learn_whether_an_address_has_an_account(settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": "9/m/key"}
    sign_up()
    confirm(browser())
    known, new = browser(), browser()
    answers = [sign_up(known), sign_up(new, email="new@bruni.example")]
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(302, "/signup/sent/")] * 2
    pages = [text(known.get("/signup/sent/")).replace(EMAIL, "X"), text(new.get("/signup/sent/")).replace("new@bruni.example", "X")]
    assert re.sub(r'value="\w{64}"', "", pages[0]) == re.sub(r'value="\w{64}"', "", pages[1])
    assert User.objects.count() == 2
    assert "you have an account already" in outgoing.outbox[-2].subject


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"accept": ""}, "Without the terms no account can be opened"),
        ({"name": " "}, "The name is empty"),
        ({"email": "nobody"}, "valid email"),
        ({"password1": "short"}, "at least 8 characters"),
        ({"password1": "password1"}, "too common"),
        ({"username": "capo@bruni.example"}, "has an @ in it"),
    ],
)
def test_refusals_keep_what_was_typed(typed, said):
    response = sign_up(**typed)
    assert response.status_code == 400
    page = text(response)
    assert said in page
    assert TYPED["password1"] not in page
    assert 'value="company"' in page
    assert User.objects.count() == 0


def test_two_companies_of_one_name_both_get_an_account():
    sign_up()
    sign_up(email="altra@bruni.example", username=" Bruni2 ")
    assert sorted(user.account.name for user in User.objects.all()) == ["Ferramenta Bruni", "Ferramenta Bruni (2)"]
    assert User.objects.filter(username="Bruni2").exists()
    assert "Another user has this name already" in text(sign_up(email="terza@bruni.example", username="bruni2"))


def test_who_is_not_confirmed_is_told_so_at_the_log_in_and_can_have_the_mail_again(settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": "2/m/key"}
    sign_up()
    client = browser()
    page = client.post("/login/", {"username": EMAIL, "password": TYPED["password1"]}, follow=True)
    assert "One step is missing" in text(page)
    assert len(outgoing.outbox) == 2
    response = client.post("/signup/resend/", {"email": EMAIL})
    assert response.status_code == 429
    assert "wait a minute" in text(response)
    assert client.get("/home/").status_code == 302


@pytest.mark.parametrize(("email", "mails"), [(EMAIL, 1), ("nobody@bruni.example", 0)])
def test_a_resend_answers_the_same_whoever_asks(settings, email, mails):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"confirm_email": "9/m/key"}
    sign_up()
    before = len(outgoing.outbox)
    page = browser().post("/signup/resend/", {"email": email}, follow=True)
    assert "If a registration waits at this address" in text(page)
    assert len(outgoing.outbox) - before == mails
    assert browser().post("/signup/resend/", {"email": "nobody"}).status_code == 400


def test_links_are_judged():
    sign_up()
    good = link()
    assert links.judged(f"http://testserver{good}\n").path == good
    assert not links.judged(f"http://testserver{good[:-3]}/").good
    assert not links.judged("http://testserver/home/").good
    assert not links.judged("ciao").good
    confirm(browser())
    assert (links.judged(good).good, links.judged(good).path) == (True, "/login/")
    browser().post("/login/forgotten/", {"email": EMAIL})
    assert links.judged(link()).path == link()


def test_an_expired_link_says_so(settings):
    sign_up()
    settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 0
    assert not links.judged(link()).good
    response = browser().get(link())
    assert response.status_code == 404
    assert "no longer works" in text(response)


def test_links_lead_to_the_public_address(settings):
    settings.PUBLIC_URL = "https://sms.example.it"
    sign_up()
    assert "https://sms.example.it/signup/confirm/" in outgoing.outbox[0].body
    assert "testserver" not in outgoing.outbox[0].body


def test_users_of_the_command_line_have_nothing_to_confirm(people):
    assert browser().post("/login/", {"username": "owner", "password": PASSWORD}).headers["Location"] == "/home/"
    assert not EmailAddress.objects.exists()


def test_the_help_page_tests_what_it_can():
    client = browser()
    page = text(client.get("/login/help/"))
    assert "data-clock=" in page
    assert "staffetta.example" in page
    assert "Your browser keeps our cookies" in text(client.get("/login/help/?cookie=set", follow=True))
    assert "refuses our cookies" in text(browser().get("/login/help/?cookie=read"))
    assert "not a link of one of our mails" in text(client.get("/login/help/", {"link": "https://evil.example/x"}))


def test_terms_and_privacy_are_public():
    for address in ("/terms/", "/privacy/"):
        assert "MODEL TEXT" in text(browser().get(address))
        assert "TESTO MODELLO" in text(browser(language="it").get(address))
