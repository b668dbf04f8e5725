"""The developers' pages: documentation for everybody, keys, API password and mail addresses for who may; secrets shown once."""

import re
from datetime import timedelta

import pytest

from staffetta.accounts import apikeys, apipassword, mailtokens, roles
from staffetta.accounts.models import ApiKey, MailToken
from staffetta.api import auth
from staffetta.lib import clock
from staffetta.portal.interfaces import book, examples
from tests.db.portal import asks_for_login, browser, hides_from, text

pytestmark = pytest.mark.django_db
KEY = {"name": "Cassa", "kind": "live", "scopes": ["send", "read"], "expires": "", "networks": ""}
PRIVATE = ["/developers/keys/", "/developers/keys/new/", "/developers/password/", "/developers/password/away/", "/developers/mail/"]


def made_key(people, **fields) -> tuple[ApiKey, str]:
    return apikeys.make(people.account, people.owner, "Cassa", ["send"], **fields)


@pytest.mark.parametrize("address", PRIVATE)
def test_it_requires_login(address):
    assert asks_for_login(address)


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize(("role", "status"), [(roles.OWNER, 200), (roles.DEVELOPER, 200), (roles.SENDER, 403), (roles.READER, 403)])
def test_it_requires_the_role(people, address, role, status):
    people.colleague.role = role
    people.colleague.save()
    assert browser(people.colleague).get(address).status_code == status


@pytest.mark.parametrize("page", book.PAGES, ids=lambda page: page.slug)
@pytest.mark.parametrize("language", ["it", "en"])
def test_every_page_of_documentation_is_there_for_everybody(people, page, language):
    for user in (None, people.owner):
        shown = browser(user, language).get(f"/developers/docs/{page.slug}/")
        assert shown.status_code == 200
        assert not re.search(r"@[A-Z]+@", text(shown)), "a blank was not filled in"


def test_a_page_that_is_not_there():
    assert browser().get("/developers/docs/fax/").status_code == 404


def test_the_readers_own_values_are_filled_in(people):
    shown = text(browser(people.owner).get("/developers/docs/http/"))
    assert "authlogin=owner" in shown
    assert "http://testserver/http/send_sms" in shown
    assert "$STAFFETTA_API_PASSWORD" in shown
    assert "id_api=84" in shown
    assert "PRO con notifica" in shown


def test_the_contents_lead_to_every_page():
    shown = text(browser().get("/developers/"))
    assert all(f'href="/developers/docs/{page.slug}/"' in shown for page in book.PAGES)


def test_it_works(people):
    client = browser(people.owner)
    assert "No key yet" in text(client.get("/developers/keys/"))
    made = client.post("/developers/keys/new/", KEY | {"networks": "203.0.113.7\n198.51.100.0/24", "expires": "2099-12-31"})
    assert made.status_code == 200
    assert "no-store" in made.headers["Cache-Control"]
    secret = re.search(r"stf_live_[0-9a-f]{40}", text(made))[0]
    assert auth.by_key(secret, "203.0.113.7").scopes == ("send", "read")
    assert f"Authorization: Bearer {secret}" in text(made)  # the examples have it
    key = ApiKey.objects.get()
    assert key.networks == ["203.0.113.7/32", "198.51.100.0/24"]
    assert f"{key.expires_at:%Y-%m-%d %H:%M}" == "2099-12-31 23:00"  # the end of that day in Rome
    listed = text(client.get("/developers/keys/"))
    assert secret not in listed
    assert key.begins in listed
    assert "198.51.100.0/24" in listed


@pytest.mark.parametrize("scope", ["send", "read", "contacts", "texts", "money", "webhooks", "lookup"])
def test_every_permission_that_an_interface_asks_for_is_offered(people, scope):
    assert f'value="{scope}"' in browser(people.owner).get("/developers/keys/new/").content.decode()


def test_a_key_for_trying_says_so(people):
    client = browser(people.owner)
    everything = {"kind": "sandbox", "scopes": ["send", "read", "money", "contacts"]}
    assert "stf_test_" in text(client.post("/developers/keys/new/", KEY | everything))
    assert sorted(ApiKey.objects.latest("pk").scopes) == ["read", "send"]
    client.post("/developers/keys/new/", KEY | everything | {"real": "on"})
    assert sorted(ApiKey.objects.latest("pk").scopes) == sorted(everything["scopes"])
    assert "for trying" in text(client.get("/developers/keys/"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "which program uses the key"),
        ({"scopes": []}, "tick at least one"),
        ({"networks": "203.0.113.7, mars"}, "“mars” is not an address"),
        ({"expires": "2020-01-01"}, "has passed already"),
        ({"expires": "soon"}, "This is not a day"),
    ],
)
def test_what_was_typed_is_kept_when_refused(people, wrong, said):
    given = KEY | {"name": "Cassa 3", "networks": "198.51.100.0/24"} | wrong
    shown = browser(people.owner).post("/developers/keys/new/", given)
    assert shown.status_code == 400
    assert said in text(shown)
    assert wrong.get("name", "Cassa 3") in text(shown)
    assert given["networks"] in text(shown)
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_after_asking(people):
    key, secret = made_key(people)
    client = browser(people.owner)
    assert "Cassa" in text(client.get(f"/developers/keys/{key.pk}/revoke/"))
    assert auth.by_key(secret, "")
    assert client.post(f"/developers/keys/{key.pk}/revoke/").headers["Location"] == "/developers/keys/"
    with pytest.raises(auth.KeyEnded):
        auth.by_key(secret, "")
    assert client.get(f"/developers/keys/{key.pk}/revoke/").status_code == 404


def test_it_hides_other_accounts(people):
    key, _secret = made_key(people)
    token, _text = mailtokens.make(people.account, people.owner, "Allarme", 106)
    assert hides_from(people.stranger, f"/developers/keys/{key.pk}/revoke/")
    assert hides_from(people.stranger, f"/developers/keys/{key.pk}/revoke/", "post")
    assert hides_from(people.stranger, f"/developers/mail/{token.pk}/revoke/", "post")
    assert "Cassa" not in text(browser(people.stranger).get("/developers/keys/"))
    assert "Allarme" not in text(browser(people.stranger).get("/developers/mail/"))
    assert ApiKey.objects.get().revoked_at is None
    assert MailToken.objects.get().revoked_at is None


def test_a_key_that_has_ended_says_so(people):
    key, _secret = made_key(people)
    ApiKey.objects.filter(pk=key.pk).update(expires_at=clock.now() - timedelta(days=1), used_at=clock.now(), used_from="203.0.113.7")
    shown = text(browser(people.owner).get("/developers/keys/"))
    assert "ended on" in shown
    assert "from 203.0.113.7" in shown


def test_the_password_of_old_programs_is_set(people):
    client = browser(people.owner)
    assert "not set" in text(client.get("/developers/password/"))
    assert client.post("/developers/password/", {"password": "dal-2009!"}).status_code == 302
    assert auth.by_password("owner", "dal-2009!", "").account_id == people.account.pk
    shown = text(client.get("/developers/password/"))
    assert "not set" not in shown
    assert "dal-2009!" not in shown
    assert "owner@staffetta.example" in shown


@pytest.mark.parametrize(("password", "said"), [("", "The password is empty"), ("corta", "too short"), ("perché no?", "too short")])
def test_a_weak_one_is_refused(people, password, said):
    shown = browser(people.owner).post("/developers/password/", {"password": password})
    assert shown.status_code == 400
    assert said in text(shown)
    people.account.refresh_from_db()
    assert not people.account.api_password


def test_a_password_is_made_and_shown_once(people):
    client = browser(people.owner)
    made = client.post("/developers/password/made/")
    secret = re.search(r'<code class="key"[^>]*>([^<]+)<', text(made))[1]
    assert auth.by_password("owner", secret, "")
    assert "no-store" in made.headers["Cache-Control"]
    assert f"authpasswd={secret}" in text(made)
    assert secret not in text(client.get("/developers/password/"))


def test_a_password_is_taken_away_after_asking(people):
    apipassword.set_password(people.account, "dal-2009!")
    client = browser(people.owner)
    assert "Keys go on working" in text(client.get("/developers/password/away/"))
    client.post("/developers/password/away/")
    with pytest.raises(auth.AccessDenied):
        auth.by_password("owner", "dal-2009!", "")


def test_a_mail_address_is_made_and_taken_away(people):
    client = browser(people.owner)
    given = {"name": "Allarme", "type": "84", "sender": "BRUNI", "allowed": "Allarme@Bruni.example @bruni.it", "with_subject": "on"}
    made = text(client.post("/developers/mail/", given))
    token = mailtokens.find(re.search(r"\.([a-z2-7]{20})@", made)[1])
    assert (token.api_type, token.sender, token.allowed, token.with_subject) == (84, "BRUNI", ["allarme@bruni.example", "@bruni.it"], True)
    assert "Allarme" in text(client.get("/developers/mail/"))
    client.post(f"/developers/mail/{token.pk}/revoke/")
    assert not mailtokens.in_use(people.account).exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "The name is empty"),
        ({"allowed": "bruni"}, "“bruni” is not an e-mail address"),
        ({"sender": "FERRAMENTA BRUNI"}, "FERRAMENTA BRUNI"),
        ({"type": "9"}, "9"),
    ],
)
def test_a_mail_address_keeps_what_was_typed(people, wrong, said):
    shown = browser(people.owner).post("/developers/mail/", {"name": "Allarme 2", "type": "84", "sender": "BRUNI", "allowed": ""} | wrong)
    assert shown.status_code == 400
    assert said in text(shown)
    assert wrong.get("name", "Allarme 2") in text(shown)
    assert not MailToken.objects.exists()


def test_the_first_type_offered_needs_no_sender(people):
    assert re.search(
        r'<option value="106"[^>]*>INFORMATIVO</option>\s*<option value="59"', text(browser(people.owner).get("/developers/mail/"))
    )


def test_secrets_are_written_as_each_language_needs():
    values = examples.Values(password='a"$b\\c`d')
    assert '"authpasswd=a\\"\\$b\\\\c\\`d"' in examples.filled("http_credit", "curl", values)
    assert "=> 'a\"$b\\\\c`d'" in examples.filled("http_credit", "php", values)
    assert '"authpasswd": "a\\"$b\\\\c`d"' in examples.filled("http_credit", "python", values)
    assert "import os" not in examples.filled("http_credit", "python", values)


def test_a_new_api_password_is_made_only_after_asking_where_there_is_one(people):
    client = browser(people.owner)
    client.post("/developers/password/made/")
    people.account.refresh_from_db()
    kept = people.account.api_password
    asked = client.post("/developers/password/made/")
    people.account.refresh_from_db()
    assert "Make a new API password?" in text(asked)
    assert people.account.api_password == kept
    client.post("/developers/password/made/", {"sure": "1"})
    people.account.refresh_from_db()
    assert people.account.api_password != kept


def test_the_password_of_the_log_in_is_no_api_password(people):
    people.owner.set_password("entro-qui-2026")
    people.owner.save()
    refused = browser(people.owner).post("/developers/password/", {"password": "entro-qui-2026"})
    people.account.refresh_from_db()
    assert refused.status_code == 400
    assert "the password with which you log in here" in text(refused)
    assert not people.account.api_password


def test_the_day_that_was_typed_is_shown_as_the_end_of_a_key(people):
    client = browser(people.owner, "it")
    client.post("/developers/keys/new/", KEY | {"expires": "2099-12-31"})
    assert "valida fino a tutto il 31/12/2099" in text(client.get("/developers/keys/"))


def test_the_menu_leads_to_the_developers_pages_who_may(people):
    for address in ("/home/", "/developers/docs/rest/"):
        assert 'href="/developers/keys/"' in text(browser(people.owner).get(address))
    people.colleague.role = roles.SENDER
    people.colleague.save()
    assert 'href="/developers/keys/"' not in text(browser(people.colleague).get("/home/"))
    marked = re.search(r'href="/developers/keys/" aria-current="page">For developers', text(browser(people.owner).get("/developers/")))
    assert marked


def test_the_description_of_all_calls_is_linked():
    assert re.search(r'<a href="http[^"]*/api/v1/docs">', text(browser().get("/developers/docs/rest/")))
