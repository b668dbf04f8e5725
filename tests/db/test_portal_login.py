"""Who may see what: the log-in in all its spellings, the staff, languages, the pages of errors."""

import pytest
from django.test import override_settings
from django.urls import get_resolver, reverse

from staffetta.accounts.models import User
from staffetta.accounts.opening import make_staff
from staffetta.billing import ledger
from tests.db.portal import HTMX, asks_for_login, browser, hides_from, text
from tests.people import PASSWORD, People, make_group, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.mark.parametrize("typed", ["owner", " owner ", "Owner", "owner@staffetta.example", "owner@STAFFETTA.example ", "ugo@bruni.example"])
def test_it_works_however_the_name_is_written(people, typed):
    User.objects.filter(pk=people.owner.pk).update(email="Ugo@bruni.example")
    response = browser().post("/login/", {"username": typed, "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/home/")


def test_a_password_pasted_with_blanks_is_tried_without(people):
    assert browser().post("/login/", {"username": "owner", "password": f" {PASSWORD} "}).status_code == 302


def test_a_wrong_password_keeps_the_name_and_says_what_to_do(people):
    page = text(browser().post("/login/", {"username": "owner", "password": "sbagliata"}))
    assert 'value="owner"' in page
    assert "Check that Caps Lock is off" in page
    assert "sbagliata" not in page


def test_an_address_that_two_users_have_is_nobody(people):
    User.objects.update(email="info@bruni.example")
    assert browser().post("/login/", {"username": "info@bruni.example", "password": PASSWORD}).status_code == 400


def test_it_comes_back_to_the_page_that_was_asked_for_and_to_no_other_host(people):
    client = browser()
    asked = client.get("/sends/?state=ended").headers["Location"]
    assert (
        client.post(asked, {"username": "owner", "password": PASSWORD, "next": "/sends/?state=ended"}).headers["Location"]
        == "/sends/?state=ended"
    )
    evil = {"username": "owner", "password": PASSWORD, "next": "https://evil.example/"}
    assert browser().post("/login/", evil).headers["Location"] == "/home/"


def test_logging_out_leads_to_the_welcome(people):
    client = browser(people.owner)
    assert client.post("/logout/").headers["Location"] == "/"
    assert client.get("/home/").status_code == 302


# Names of addresses that anybody may see.
PUBLIC = {"welcome", "login", "logout", "set_language", "login-help", "login-clean", "terms", "privacy", "signup-resend"}
PUBLIC |= {"account_signup", "account_email_verification_sent", "account_confirm_email", "account_inactive", "mfa_authenticate"}
PUBLIC |= {"account_reset_password", "account_reset_password_done", "account_reset_password_from_key"}
PUBLIC |= {"account_login", "account_logout"}  # allauth's names of addresses that have one of ours
PUBLIC |= {"invitation"}
PUBLIC |= {"short-link", "short-link-slash"}
PUBLIC |= {"payment-events"}  # a signature lets providers in
PUBLIC |= {"robots", "prices", "questions", "question", "developers", "interface", "ask", "ask-sent"}
SAMPLES = {"IntConverter": 1, "SlugConverter": "xls", "StringConverter": "x"}


def all_patterns(resolver):
    """Yield every address of the portal, those of its parts too."""
    for pattern in resolver.url_patterns:
        yield from all_patterns(pattern) if hasattr(pattern, "url_patterns") else [pattern]


def all_of_customers():
    """Yield a sample of every address that asks for a log-in."""
    for pattern in all_patterns(get_resolver("staffetta.portal.urls")):
        if pattern.name not in PUBLIC:
            values = {name: SAMPLES[type(each).__name__] for name, each in pattern.pattern.converters.items()}
            yield reverse(pattern.name, kwargs=values)


@pytest.mark.parametrize("address", sorted(set(all_of_customers())))
def test_it_requires_login(address):
    only_by_post = browser().get(address).status_code == 405
    assert asks_for_login(address, "post" if only_by_post else "get")


def test_what_is_public_is_there():
    assert {pattern.name for pattern in all_patterns(get_resolver("staffetta.portal.urls"))} >= PUBLIC


@pytest.mark.parametrize(
    "address", ["/contacts/new-group/", "/send/live/", "/send/1/accept/", "/sends/1/pause/", "/contacts/import/1/confirm/"]
)
def test_nothing_is_done_by_a_link(people, address):
    assert browser(people.owner).get(address).status_code == 405


def test_a_fragment_of_someone_logged_out_says_so_and_leaves_the_page_as_it_is():
    response = browser().get("/home/now/", headers=HTMX)
    assert response.headers["HX-Retarget"] == "#signed-out"
    assert "You have been logged out" in text(response)


def test_the_staff_are_told_where_they_are():
    response = browser(make_staff("capo", PASSWORD)).get("/sends/")
    assert response.status_code == 403
    assert "member of the staff" in text(response)


def test_the_language_is_kept_in_a_cookie():
    client = browser(language="en")
    assert "Log in" in text(client.get("/"))
    client.post("/language/", {"language": "it", "next": "/"})
    assert "Accedi" in text(client.get("/"))
    assert 'lang="it"' in text(browser(language="de").get("/"))


def test_another_language_leads_back_to_the_same_search(people):
    client = browser(people.owner)
    asked = "/sends/?text=saldi&secret=segreta-1"
    assert "segreta-1" not in text(client.get(asked))
    chosen = client.post("/language/", {"language": "en"}, headers={"referer": f"http://testserver{asked}"})
    assert chosen.headers["Location"].removeprefix("http://testserver") == asked
    assert client.post("/language/", {"language": "en"}, headers={"referer": "https://evil.example/"}).headers["Location"] == "/"


def test_pages_that_are_not_there_look_like_the_house(people):
    page = text(browser(people.owner).get("/nowhere/"))
    assert "This page does not exist" in page


def test_a_stale_form_is_explained(people):
    from_elsewhere = browser(people.owner)
    from_elsewhere.handler.enforce_csrf_checks = True
    response = from_elsewhere.post("/contacts/new-group/", {"name": "Clienti"})
    assert response.status_code == 403
    assert "open for too long" in text(response)


@override_settings(DEBUG_PROPAGATE_EXCEPTIONS=False)
def test_a_fault_of_ours_is_told_without_the_database(people, monkeypatch):
    client = browser(people.owner)
    client.raise_request_exception = False
    monkeypatch.setattr(ledger, "wallet", lambda account_id: 1 / 0)
    response = client.get("/home/")
    assert response.status_code == 500
    assert "went wrong on our side" in text(response)


def test_pages_may_load_nothing_from_elsewhere_and_are_not_kept(people):
    response = browser(people.owner).get("/home/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert "<script>" not in text(response)


def test_it_hides_other_accounts(people):
    group = make_group(people.account, 1)
    for address in (f"/contacts/{group.pk}/", f"/contacts/{group.pk}/rename/", f"/contacts/{group.pk}/delete/"):
        assert hides_from(people.stranger, address)
    assert browser(people.colleague).get(f"/contacts/{group.pk}/").status_code == 200


def test_too_much_at_once_is_refused_in_the_house_s_look(people):
    response = browser(people.owner).post("/send/", {"numbers": "3331234567," * 500_000})
    assert response.status_code == 400
    assert "could not be read" in text(response)
