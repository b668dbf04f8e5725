"""The team: invitations, roles changed, users closed; and what a stranger may not learn."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core import mail as outgoing

from staffetta import cli
from staffetta.accounts import apikeys, invitations, mailtokens, roles, team
from staffetta.accounts.errors import AddressElsewhere, NameTaken, RoleUnknown
from staffetta.accounts.models import Invitation, TermsAccepted, User
from staffetta.api import auth
from staffetta.api.errors import KeyEnded
from staffetta.billing.errors import AccountUnknown
from staffetta.lib import clock
from tests.db.portal import asks_for_login, browser, hides_from, text
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
EMAIL = "nina@bruni.example"
INVITED = {"email": f" {EMAIL.title()} ", "role": "sender", "language": "it"}
ACCEPTED = {"name": "Nina  Galli", "password1": "girasole-77", "accept": "on"}


def link(number: int = -1) -> str:
    """Return the path of the link in a mail that left."""
    return re.search(r"http://testserver(/\S+)", outgoing.outbox[number].body)[1]


def invite(people, **given):
    return browser(people.owner).post("/account/team/invite/", INVITED | given)


def accept(client=None, path=None, **given):
    return (client or browser()).post(path or link(), ACCEPTED | given)


def long_ago(**ago):
    Invitation.objects.update(sent_at=Invitation.objects.get().sent_at - timedelta(**ago))


def test_it_works_from_the_invitation_to_the_new_user_s_first_page(people):
    assert invite(people).headers["Location"] == "/account/team/"
    (mail,) = outgoing.outbox
    assert mail.to == [EMAIL]
    assert mail.subject == "Staffetta: Ferramenta Bruni ti invita"
    assert "- inviare messaggi" in mail.body
    page = text(browser(people.owner).get("/account/team/"))
    assert EMAIL in page
    assert "good until" in page
    assert "Ferramenta Bruni invites you" in text(browser().get(link()))

    client = browser()
    assert accept(client).headers["Location"] == "/home/"
    user = User.objects.get(email=EMAIL)
    assert (user.account, user.role, user.username, user.get_full_name()) == (people.account, "sender", "nina", "Nina Galli")
    assert (user.language, user.awaits_confirmation, user.check_password("girasole-77")) == ("en", False, True)
    assert EmailAddress.objects.get(user=user).verified
    assert TermsAccepted.objects.filter(user=user).exists()
    assert client.get("/send/").status_code == 200
    assert client.get("/account/team/").status_code == 403
    assert browser().post("/login/", {"username": EMAIL, "password": "girasole-77"}).headers["Location"] == "/home/"
    assert "Nina Galli" in text(browser(people.owner).get("/account/team/"))


def test_the_token_is_kept_as_a_hash_and_good_once(people):
    invite(people)
    token = link().split("/")[-2]
    assert token not in str(Invitation.objects.values_list().get())
    assert accept().status_code == 302
    again = browser().get(link())
    assert again.status_code == 404
    assert "used already" in text(again)
    assert accept().status_code == 404
    assert User.objects.filter(email=EMAIL).count() == 1


def test_a_refused_acceptance_keeps_what_was_typed(people):
    invite(people)
    response = accept(password1="short", accept="")
    page = text(response)
    assert response.status_code == 400
    assert 'value="Nina  Galli"' in page
    assert "at least 8 characters" in page
    assert "Without the terms" in page
    assert "short" not in page.replace("too short", "")
    assert not User.objects.filter(email=EMAIL).exists()


def test_an_invitation_expires_and_is_sent_again_with_a_new_link(people):
    invite(people)
    old = link()
    row = Invitation.objects.get()
    client = browser(people.owner)
    assert "less than a minute ago" in text(client.post(f"/account/team/invitations/{row.pk}/again/", follow=True))
    long_ago(days=7, minutes=1)
    assert browser().get(old).status_code == 404
    assert "expired" in text(client.get("/account/team/"))
    client.post(f"/account/team/invitations/{row.pk}/again/")
    assert link() != old
    assert browser().get(old).status_code == 404
    assert accept().status_code == 302


def test_an_invitation_is_taken_back(people):
    invite(people)
    row = Invitation.objects.get()
    assert "taken back" in text(browser(people.owner).post(f"/account/team/invitations/{row.pk}/revoke/", follow=True))
    assert accept().status_code == 404
    assert browser(people.owner).post(f"/account/team/invitations/{row.pk}/revoke/").status_code == 404


@pytest.mark.parametrize(("email", "told"), [("nina", "not an e-mail address"), ("", "is empty"), (EMAIL, "is invited already")])
def test_a_refused_invitation_keeps_what_was_typed(people, email, told):
    invite(people)
    response = invite(people, email=email, role="reader")
    page = text(response)
    assert response.status_code == 400
    assert told in page
    assert f'value="{email}"' in page or not email
    assert re.search(r'value="reader"[^>]*checked', page)


def test_somebody_of_the_team_is_not_invited(people):
    User.objects.filter(pk=people.colleague.pk).update(email=EMAIL)
    assert "a user of this account already" in text(invite(people))


def test_who_invites_does_not_learn_who_has_a_user_elsewhere_but_the_address_does(people):
    User.objects.filter(pk=people.stranger.pk).update(email=EMAIL)
    assert invite(people).status_code == 302
    response = browser().get(link())
    assert response.status_code == 409
    assert "has a user already, and a user belongs to one account only" in text(response)
    assert "Altri Srl" not in text(response)
    assert accept().status_code == 409
    assert User.objects.filter(email=EMAIL).count() == 1


def test_a_sign_up_that_was_never_confirmed_keeps_nobody_out(people):
    typed = {"kind": "person", "name": "Altra", "email": EMAIL, "password1": "girasole-77", "accept": "on"}
    browser().post("/signup/", typed)
    invite(people)
    assert accept().status_code == 302
    assert User.objects.get(emailaddress__verified=True, email=EMAIL).account == people.account


def test_accepting_while_logged_in_as_another_says_so_and_changes_over(people):
    invite(people)
    client = browser(people.stranger)
    assert "You are logged in as “stranger” now" in text(client.get(link()))
    accept(client)
    assert "Ferramenta Bruni" in text(client.get("/home/"))


def test_at_most_so_many_invitations_wait(people):
    Invitation.objects.bulk_create(
        Invitation(account=people.account, email=f"{n}@bruni.example", role="reader", language="it", token_hash=str(n), sent_at=clock.now())
        for n in range(invitations.WAITING_MAX)
    )
    assert "50 invitations wait already" in text(invite(people))


def take_back() -> None:
    Invitation.objects.filter(state="waiting").update(state="revoked")


def test_invitations_taken_back_still_count_for_the_day(people):
    for n in range(invitations.MAILS_A_DAY_MAX):
        assert invite(people, email=f"{n}@bruni.example").status_code == 302
        take_back()
    refused = invite(people)
    assert refused.status_code == 400
    assert "60 invitations have left within a day" in text(refused)
    assert len(outgoing.outbox) == 60
    Invitation.objects.update(sent_at=clock.now() - timedelta(days=1))
    assert invite(people).status_code == 302


def test_one_address_is_not_buried_in_mails_by_several_accounts(people):
    invite(people)
    (row,) = Invitation.objects.all()
    again = f"/account/team/invitations/{row.pk}/again/"
    for mails in range(2, 5):
        Invitation.objects.update(sent_at=clock.now() - timedelta(hours=1))
        browser(people.owner).post(again)
        assert len(outgoing.outbox) == mails
    browser(people.stranger).post("/account/team/invite/", INVITED)
    assert len(outgoing.outbox) == invitations.TO_ONE_ADDRESS_A_DAY_MAX
    Invitation.objects.update(sent_at=clock.now() - timedelta(hours=1))
    assert f"5 invitations to {EMAIL} have left within a day" in text(browser(people.owner).post(again, follow=True))
    take_back()
    assert f"5 invitations to {EMAIL} have left within a day" in text(invite(people))
    assert len(outgoing.outbox) == invitations.TO_ONE_ADDRESS_A_DAY_MAX


def test_a_role_is_changed(people):
    answer = browser(people.owner).post(f"/account/team/{people.colleague.pk}/role/", {"role": "reader"}, follow=True)
    assert "The role of colleague is now: Reader." in text(answer)
    people.colleague.refresh_from_db()
    assert people.colleague.role == roles.READER
    wrong = browser(people.owner).post(f"/account/team/{people.colleague.pk}/role/", {"role": "boss"}, follow=True)
    assert "There is no role “boss”" in text(wrong)


def test_owners_do_not_lock_themselves_out(people):
    client, mine = browser(people.owner), people.owner.pk
    for address, typed in ((f"/account/team/{mine}/role/", {"role": "reader"}), (f"/account/team/{mine}/close/", {})):
        assert "do not lock yourself out" in text(client.post(address, typed, follow=True))
    people.owner.refresh_from_db()
    assert (people.owner.role, people.owner.is_active) == (roles.OWNER, True)


def test_a_closed_user_is_out_at_once_and_comes_back(people):
    elsewhere = browser()
    elsewhere.post("/login/", {"username": "colleague", "password": PASSWORD})
    assert elsewhere.get("/home/").status_code == 200
    client = browser(people.owner)
    assert "is closed and logged out everywhere" in text(client.post(f"/account/team/{people.colleague.pk}/close/", follow=True))
    assert not UserSession.objects.filter(user=people.colleague).exists()
    assert elsewhere.get("/home/").status_code == 302
    assert browser().post("/login/", {"username": "colleague", "password": PASSWORD}).headers["Location"] == "/login/closed/"
    client.post(f"/account/team/{people.colleague.pk}/open/")
    assert elsewhere.get("/home/").status_code == 302
    assert browser().post("/login/", {"username": "colleague", "password": PASSWORD}).headers["Location"] == "/home/"


def test_the_keys_and_mail_addresses_of_a_closed_user_end(people):
    client = browser(people.owner)
    keys = [apikeys.make(people.account, user, "prova", ["read"])[1] for user in (people.colleague, people.colleague, people.owner)]
    _token, secret = mailtokens.make(people.account, people.colleague, "Allarme", 84)
    assert "made 2 keys for programs, 1 address for e-mail to SMS" in text(client.get("/account/team/"))
    said = text(client.post(f"/account/team/{people.colleague.pk}/close/", follow=True))
    assert "Ended too: 2 keys for programs, 1 address for e-mail to SMS." in said
    for key in keys[:2]:
        with pytest.raises(KeyEnded):
            auth.by_key(key, "10.1.2.3")
    assert auth.by_key(keys[2], "10.1.2.3").user_id == people.owner.pk
    assert mailtokens.find(secret) is None
    client.post(f"/account/team/{people.colleague.pk}/open/")
    assert mailtokens.find(secret) is None


@pytest.mark.parametrize("deed", ["role", "close", "open"])
def test_it_hides_other_accounts(people, deed):
    answer = browser(people.stranger).post(f"/account/team/{people.colleague.pk}/{deed}/", {"role": "reader"})
    assert answer.status_code == 404
    people.colleague.refresh_from_db()
    assert (people.colleague.role, people.colleague.is_active) == (roles.OWNER, True)


def test_it_hides_other_accounts_invitations(people):
    invite(people)
    row = Invitation.objects.get()
    assert EMAIL not in text(browser(people.stranger).get("/account/team/"))
    for deed in ("again", "revoke"):
        assert hides_from(people.stranger, f"/account/team/invitations/{row.pk}/{deed}/", "post")


def test_it_requires_login():
    assert asks_for_login("/account/team/")


def test_the_rule_for_large_sends_is_set_and_refused_with_what_was_typed(people):
    client = browser(people.owner)
    wrong = client.post("/account/team/approval/", {"above": "molti"})
    assert wrong.status_code == 400
    assert 'value="molti"' in text(wrong)
    assert "not a number of recipients" in text(wrong)
    assert client.post("/account/team/approval/", {"above": "1.000", "owners_too": "on"}).status_code == 302
    page = text(client.get("/account/team/"))
    assert re.search(r'name="above" value="1,?000"', page)
    assert client.post("/account/team/approval/", {"above": ""}).status_code == 302
    assert 'name="above" value="1' not in text(client.get("/account/team/"))


def test_a_second_owner_is_needed_for_the_rule_among_owners(people):
    User.objects.filter(pk=people.colleague.pk).update(role=roles.SENDER)
    response = browser(people.owner).post("/account/team/approval/", {"above": "10", "owners_too": "on"})
    assert response.status_code == 400
    assert "while there is only one" in text(response)


def on_the_command_line(*words: str) -> int:
    options = cli.parser_for(words).parse_args(words)
    return cli.load(options.chosen.target)(options)


def test_a_user_is_added_on_the_command_line(people, capsys):
    assert on_the_command_line("account", "user", "Ferramenta Bruni", "pino", "--role", "developer", "--password", PASSWORD) == 0
    assert "added to Ferramenta Bruni as developer" in capsys.readouterr().out
    user = User.objects.get(username="pino")
    assert (user.account, user.role, user.check_password(PASSWORD)) == (people.account, "developer", True)
    with pytest.raises(AccountUnknown):
        on_the_command_line("account", "user", "Nobody", "rino", "--role", "reader")


def test_names_and_roles_are_checked_when_a_user_is_added(people):
    with pytest.raises(NameTaken):
        team.add(people.account, "Owner", PASSWORD, roles.READER)
    team.add(people.account, "nina", PASSWORD, roles.READER, EMAIL)
    with pytest.raises(AddressElsewhere):
        team.add(people.account, "nina2", PASSWORD, roles.READER, EMAIL)
    assert not User.objects.filter(username="nina2").exists()
    with pytest.raises(RoleUnknown):
        team.add(people.account, "altro", PASSWORD, "boss")
