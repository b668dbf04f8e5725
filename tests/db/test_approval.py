"""Four eyes: a send above the number waits for an owner; nothing is held, and what was frozen is what leaves."""

from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.db import IntegrityError, transaction

from staffetta.accounts import roles
from staffetta.accounts.models import User
from staffetta.billing import ledger
from staffetta.billing.models import TypePrice
from staffetta.contacts.models import Contact, FileList, Membership
from staffetta.lib import clock
from staffetta.messaging import accept, approval, compose
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.jobs import FORGOTTEN_AFTER, forget_files
from staffetta.messaging.models import Approval, ApprovalRule, Batch, Draft
from tests.db.portal import asks_for_login, browser, draft_of, hides_from, text
from tests.people import make_group, sms_type

pytestmark = pytest.mark.django_db
ASKED = "waits for you"


@pytest.fixture
def sender(people, connector):
    """The colleague is a sender, and sends to more than three need a yes."""
    User.objects.filter(pk=people.owner.pk).update(email="ugo@bruni.example", language="en", first_name="Ugo Bruni")
    User.objects.filter(pk=people.colleague.pk).update(email="nina@bruni.example", language="en", role=roles.SENDER)
    ApprovalRule.objects.create(account=people.account, above=3)
    people.owner.refresh_from_db()
    people.colleague.refresh_from_db()
    return browser(people.colleague)


def ask(sender, people, **fields) -> Draft:
    draft = draft_of(sender, people, **fields)
    assert sender.post(f"/send/{draft.pk}/accept/").headers["Location"] == f"/send/{draft.pk}/"
    return draft


def draft_to(client, group_id, **fields) -> Draft:
    """Write another send to a group that is there."""
    given = {"groups": group_id, "sender": "BRUNI", "text": "Ancora", "type": sms_type("PRO con notifica").pk, "when": "now"} | fields
    assert client.post("/send/", given).status_code == 302
    return Draft.objects.latest("pk")


def decide(client, draft, deed="approve", **typed):
    return client.post(f"/approvals/{draft.pk}/{deed}/", typed)


def held_e4(people) -> int:
    return ledger.wallet(people.account.pk).held_e4


def test_it_works_from_the_request_to_the_send(people, sender):
    draft = draft_of(sender, people)
    assert "Ask for approval" in text(sender.get(f"/send/{draft.pk}/"))
    sender.post(f"/send/{draft.pk}/accept/")
    assert (held_e4(people), Batch.objects.count()) == (0, 0)
    (mail,) = outgoing.outbox
    assert mail.to == ["ugo@bruni.example"]
    assert "a send to 4 recipients waits for you" in mail.subject
    assert f"/send/{draft.pk}/" in mail.body
    waiting = text(sender.get(f"/send/{draft.pk}/"))
    assert "Waiting for approval" in waiting
    assert "Ugo Bruni" in waiting
    assert "/accept/" not in waiting

    owner = browser(people.owner)
    for address in ("/home/", "/approvals/", f"/send/{draft.pk}/"):
        assert "colleague" in text(owner.get(address))
    batch_page = decide(owner, draft).headers["Location"]
    batch = Batch.objects.get()
    assert batch_page == f"/sends/{batch.pk}/"
    assert held_e4(people) == batch.credits_e4 > 0
    asked = Approval.objects.get()
    assert (asked.state, asked.asked_by, asked.decided_by) == ("approved", people.colleague, people.owner)
    assert "Approved by" in text(owner.get(batch_page))
    assert "Ugo Bruni" in text(owner.get(batch_page))
    assert (outgoing.outbox[-1].to, outgoing.outbox[-1].subject) == (["nina@bruni.example"], "Staffetta: your send was approved")
    assert "Waiting for approval" not in text(owner.get("/home/"))


def test_asking_and_approving_again_is_the_same(people, sender):
    draft = ask(sender, people)
    sender.post(f"/send/{draft.pk}/accept/")
    assert len([mail for mail in outgoing.outbox if ASKED in mail.subject]) == 1
    owner = browser(people.owner)
    assert decide(owner, draft).headers["Location"] == decide(owner, draft).headers["Location"]
    assert Batch.objects.count() == 1


def test_an_owner_approves_by_confirming_what_waits(people, sender):
    draft = ask(sender, people)
    assert browser(people.owner).post(f"/send/{draft.pk}/accept/").headers["Location"] == f"/sends/{Batch.objects.get().pk}/"
    assert Approval.objects.get().decided_by == people.owner


def test_up_to_the_number_and_without_a_rule_and_by_an_owner_it_leaves_at_once(people, sender):
    three, four = make_group(people.account, 3), make_group(people.account, 4, "Quattro", 3350000001)
    small = draft_to(sender, three.pk)
    assert "/sends/" in sender.post(f"/send/{small.pk}/accept/").headers["Location"]
    owner = browser(people.owner)
    large = draft_to(owner, four.pk)
    assert "/sends/" in owner.post(f"/send/{large.pk}/accept/").headers["Location"]
    ApprovalRule.objects.all().delete()
    free = draft_to(sender, four.pk)
    assert "/sends/" in sender.post(f"/send/{free.pk}/accept/").headers["Location"]


def test_a_program_s_send_is_not_held(people, sender):
    group = make_group(people.account, 9, "Nove", 3370000001)
    request = SendRequest(people.account.pk, sms_type("PRO con notifica"), "Ciao", "BRUNI", (group.pk,), user_id=people.colleague.pk)
    assert accept.send(request, "key-1").recipients == 9


def test_a_refusal_says_why_by_mail_and_can_be_changed_and_asked_again(people, sender):
    draft = ask(sender, people)
    owner = browser(people.owner)
    empty = decide(owner, draft, "refuse", reason="  ")
    assert empty.status_code == 400
    assert "The reason is empty" in text(empty)
    assert 'aria-invalid="true"' in text(empty)
    assert decide(owner, draft, "refuse", reason="Manca la data\ndella <festa>").headers["Location"] == "/approvals/"
    mail = outgoing.outbox[-1]
    assert mail.to == ["nina@bruni.example"]
    assert "Manca la data\ndella <festa>" in mail.body
    page = text(sender.get(f"/send/{draft.pk}/"))
    assert "Manca la data\ndella &lt;festa&gt;" in page
    assert "Change it and ask again" in page
    assert f"/send/?draft={draft.pk}" in page
    again = sender.post(f"/send/{draft.pk}/accept/")
    assert again.status_code == 400
    assert "is “not approved” already" in text(again)
    assert decide(owner, draft).status_code == 400
    assert Batch.objects.count() == 0

    changed = draft_to(sender, draft.groups[0], text="Festa il 3")
    sender.post(f"/send/{changed.pk}/accept/")
    decide(owner, changed)
    assert Batch.objects.get().text == "Festa il 3"


def test_who_asked_takes_it_back_and_nobody_else(people, sender):
    draft = ask(sender, people)
    other = User.objects.create(username="altra", account=people.account, role=roles.SENDER)
    assert decide(browser(other), draft, "withdraw").status_code == 400
    assert decide(sender, draft, "withdraw").status_code == 302
    assert Approval.objects.get().state == "withdrawn"
    assert "taken back" in text(decide(browser(people.owner), draft))
    assert Batch.objects.count() == 0


def test_a_sender_cannot_approve(people, sender):
    draft = ask(sender, people)
    for deed in ("approve", "refuse"):
        assert decide(sender, draft, deed).status_code == 403
    assert Approval.objects.get().state == "waiting"


def test_owners_too_need_another_owner_where_the_account_wants_it(people, sender):
    ApprovalRule.objects.update(owners_too=True)
    second = User.objects.create(username="seconda", account=people.account)
    owner = browser(people.owner)
    draft = ask(owner, people)
    assert "seconda" in text(owner.get(f"/send/{draft.pk}/"))
    own = decide(owner, draft)
    assert own.status_code == 400
    assert "Another owner than who asked" in text(own)
    assert "/sends/" in decide(browser(second), draft).headers["Location"]


def test_what_was_frozen_is_what_is_sent(people, sender):
    draft = ask(sender, people)
    late = Contact.objects.create(account=people.account, number="+393399999999")
    Membership.objects.create(group_id=draft.groups[0], contact=late)
    decide(browser(people.owner), draft)
    assert Batch.objects.get().recipients == 4


def test_a_changed_price_is_counted_again_and_shown_before_the_yes(people, sender):
    draft = ask(sender, people)
    before = draft.credits_e4
    TypePrice.objects.filter(type=draft.type).update(cost_e4=20_000)
    owner = browser(people.owner)
    page = owner.post(f"/approvals/{draft.pk}/approve/", follow=True)
    assert "The price list has changed since this send was asked for" in text(page)
    draft.refresh_from_db()
    assert draft.credits_e4 == 80_000 != before
    assert Batch.objects.count() == 0
    assert decide(owner, draft).status_code == 302
    assert Batch.objects.get().credits_e4 == 80_000


def test_short_credit_is_explained_and_it_goes_on_waiting(people, sender):
    draft = ask(sender, people)
    ledger.hold(people.account.pk, ledger.wallet(people.account.pk).available_e4 - 10_000, key="elsewhere")
    owner = browser(people.owner)
    page = text(owner.get(f"/send/{draft.pk}/"))
    assert "The credit covers" in page
    assert decide(owner, draft).status_code == 400
    assert Approval.objects.get().state == "waiting"


def test_a_planned_time_that_has_passed_is_said_and_it_leaves_at_once_only_where_told(people, sender):
    draft = ask(sender, people)
    Draft.objects.filter(pk=draft.pk).update(send_at=clock.now() - timedelta(hours=1))
    owner = browser(people.owner)
    page = text(owner.get(f"/send/{draft.pk}/"))
    assert "which has passed" in page
    assert "Approve and send at once" in page
    refused = decide(owner, draft)
    assert refused.status_code == 400
    assert "approve it to leave now" in text(refused)
    began = clock.now()
    assert "/sends/" in decide(owner, draft, now="1").headers["Location"]
    batch = Batch.objects.get()
    assert batch.send_at >= began
    assert batch.valid_until - batch.send_at == compose.VALID_FOR


def test_a_time_to_come_is_kept(people, sender):
    draft = ask(sender, people)
    planned = clock.now() + timedelta(hours=5)
    Draft.objects.filter(pk=draft.pk).update(send_at=planned)
    decide(browser(people.owner), draft, now="1")
    assert Batch.objects.get().send_at == planned


def test_the_file_of_a_send_that_waits_is_not_forgotten(people, sender):
    people_of_a_file = FileList.objects.create(account=people.account, name="clienti.csv", people=1)
    draft = ask(sender, people)
    old = clock.now() - FORGOTTEN_AFTER - timedelta(days=1)
    FileList.objects.update(created_at=old)
    Draft.objects.update(created_at=old, file=people_of_a_file)
    forget_files(0)
    people_of_a_file.refresh_from_db()
    assert people_of_a_file.dropped_at is None
    approval.withdraw(Approval.objects.get(draft=draft), people.colleague)
    forget_files(0)
    people_of_a_file.refresh_from_db()
    assert people_of_a_file.dropped_at is not None


def test_the_database_keeps_decisions_whole(people, sender):
    ask(sender, people)
    for wrong in ({"state": "maybe"}, {"state": "approved"}, {"decided_at": clock.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Approval.objects.update(**wrong)


def test_it_requires_login():
    assert asks_for_login("/approvals/")


def test_it_hides_other_accounts(people, sender):
    draft = ask(sender, people)
    for deed in ("approve", "refuse", "withdraw"):
        assert hides_from(people.stranger, f"/approvals/{draft.pk}/{deed}/", "post")
    assert "colleague" not in text(browser(people.stranger).get("/approvals/"))


def test_readers_do_not_see_what_waits(people, sender):
    ask(sender, people)
    User.objects.filter(pk=people.colleague.pk).update(role=roles.READER)
    assert "Waiting for approval" not in text(browser(people.colleague).get("/home/"))
    assert sender.get("/approvals/").status_code == 403
