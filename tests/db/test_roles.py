"""What each role may: the table, every page, the buttons, and the page that says no."""

import re

import pytest
from django.db import IntegrityError, transaction

from staffetta.accounts import roles
from staffetta.accounts.models import User
from staffetta.accounts.receivers import owners
from staffetta.contacts.models import Contact, Group
from staffetta.reports.models import Report
from tests.db.portal import accepted, browser, text
from tests.db.test_portal_login import PUBLIC, all_patterns
from tests.people import make_group
from tests.shape.test_permissions import OF_THE_PERSON, SAMPLES, permission_of

pytestmark = pytest.mark.django_db


def as_role(user: User, role: str, language: str = "en"):
    """Give a user this role and return their browser."""
    User.objects.filter(pk=user.pk).update(role=role)
    user.refresh_from_db()
    return browser(user, language)


def guarded():
    """Yield every address that asks for a role, with what one must be allowed to change something there."""
    from_urls = {pattern.name: pattern for pattern in all_patterns(SAMPLES.resolver())}
    for name, pattern in sorted(from_urls.items()):
        if name not in PUBLIC | OF_THE_PERSON | {"import-sample"}:  # a file, which a test would have to close
            yield SAMPLES.address(pattern), permission_of(pattern)


@pytest.mark.parametrize("role", [roles.SENDER, roles.READER, roles.DEVELOPER])
def test_nobody_does_by_any_address_what_the_role_may_not(people, role):
    client = as_role(people.colleague, role)
    wrong = []
    for address, permission in guarded():
        refused = client.post(address, {}).status_code == 403
        if refused == (permission in roles.MAY[role]):
            wrong.append((address, permission))
    assert not wrong


def test_an_owner_is_refused_nowhere(people):
    client = browser(people.owner)
    assert [address for address, _permission in guarded() if client.get(address).status_code == 403] == []


def test_the_database_knows_the_roles_and_takes_no_other(people):
    assert people.owner.role == roles.OWNER
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=people.owner.pk).update(role="boss")


def test_the_page_that_says_no_names_role_rights_and_owners(people):
    people.owner.email = "ugo@bruni.example"
    people.owner.save()
    client = as_role(people.colleague, roles.READER)
    response = client.get("/send/")
    page = text(response)
    assert response.status_code == 403
    assert "You are “Reader” in this account" in page
    assert "send messages" in page
    assert "see sends, archive and contacts" in page
    assert 'href="mailto:ugo@bruni.example"' in page
    assert "stranger" not in page
    assert "il tuo ruolo è «Lettore»" in text(browser(people.colleague, "it").get("/send/"))


def test_a_reader_sees_everything_and_no_button_that_changes(people, connector):
    batch = accepted(people)
    contact, group = Contact.objects.first(), Group.objects.first()
    client = as_role(people.colleague, roles.READER)
    for address in ("/home/", "/more/", "/account/", "/contacts/", "/contacts/all/", f"/contacts/{group.pk}/"):
        assert_only_looks(client, address)
    for address in (f"/contacts/person/{contact.pk}/", "/sends/", f"/sends/{batch.pk}/", "/reports/", "/recurring/"):
        assert_only_looks(client, address)
    assert "New send" in text(browser(people.owner).get("/home/"))


def assert_only_looks(client, address):
    response = client.get(address)
    page = text(response)
    assert response.status_code == 200
    targets = set(re.findall(r'(?:href|action|hx-post)="(/[^"?]*)', page)) - {"/language/", "/logout/"}
    targets = {each for each in targets if not each.startswith("/static/")}
    for target in targets:
        method = "post" if f'action="{target}"' in page else "get"
        assert getattr(client, method)(target).status_code != 403, f"{address} leads to {target}"


def test_a_sender_has_no_team_no_invoicing_data_and_no_threshold(people):
    client = as_role(people.colleague, roles.SENDER)
    page = text(client.get("/account/"))
    assert "/account/team/" not in page
    assert "/account/profile/" not in page
    assert "threshold" not in text(client.get("/account/notices/"))
    assert client.post("/account/notices/", {"threshold": "5", "every": "day"}).status_code == 302
    assert (
        "5"
        not in text(browser(people.owner).get("/account/notices/")).partition('name="threshold"')[2].partition(">")[0].partition("value")[2]
    )


def test_files_of_contacts_are_for_who_manages_them(people):
    make_group(people.account, 2)
    browser(people.owner).post("/contacts/export/", {"form": "csv"})
    report = Report.objects.get()
    reader = as_role(people.colleague, roles.READER)
    assert f"/reports/{report.pk}/" not in text(reader.get("/reports/"))
    assert reader.get(f"/reports/{report.pk}/").status_code == 404
    assert f"/reports/{report.pk}/" in text(as_role(people.colleague, roles.SENDER).get("/reports/"))


def test_only_owners_get_the_account_s_mails(people):
    User.objects.filter(account=people.account).update(email="uno@bruni.example")
    as_role(people.colleague, roles.SENDER)
    assert owners(people.account.pk) == [people.owner]
