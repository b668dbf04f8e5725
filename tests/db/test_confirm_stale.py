"""What a confirm page that has been open for a while must not do: send twice, pass four eyes, leave at a time that has passed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from staffetta.accounts import roles
from staffetta.accounts.models import User
from staffetta.billing import ledger
from staffetta.billing.models import TypePrice
from staffetta.contacts.models import Group
from staffetta.lib import clock
from staffetta.messaging import accept, approval, compose, cover
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.errors import CutTooLate, TimeHasPassed
from staffetta.messaging.models import Approval, ApprovalRule, Batch, Draft
from tests.db.portal import browser, text
from tests.people import make_group, sms_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(people, connector):
    return browser(people.owner)


@pytest.fixture
def sender(people, connector) -> User:
    """The colleague, whose sends to more than three need a yes."""
    ApprovalRule.objects.create(account=people.account, above=3)
    User.objects.filter(pk=people.colleague.pk).update(role=roles.SENDER)
    return User.objects.get(pk=people.colleague.pk)


def draft_to(people, size: int = 4, **fields) -> Draft:
    group = make_group(people.account, size)
    return compose.prepare(
        SendRequest(people.account.pk, sms_type("INFORMATIVO"), "Ciao", "BRUNI", (group.pk,), user_id=people.owner.pk, **fields)
    )


def late(draft: Draft) -> Draft:
    """Let the time of a draft pass."""
    Draft.objects.filter(pk=draft.pk).update(send_at=clock.now() - timedelta(hours=1))
    return Draft.objects.get(pk=draft.pk)


def cut(client, draft: Draft, first: int):
    return client.post(f"/send/{draft.pk}/cut/", {"first": first})


# What was confirmed, or waits, is not cut.


def test_what_was_confirmed_is_not_cut(client, people):
    draft = draft_to(people)
    client.post(f"/send/{draft.pk}/accept/")
    assert cut(client, draft, 2).headers["Location"] == f"/sends/{Batch.objects.get().pk}/"
    assert Draft.objects.count() == 1
    with pytest.raises(CutTooLate):
        cover.cut(draft, 2)  # as a page that was opened before sees it


def test_what_waits_for_approval_is_not_cut_to_pass_it(people, sender):
    client, draft = browser(sender), draft_to(people)
    client.post(f"/send/{draft.pk}/accept/")
    page = cut(client, draft, 3)
    assert page.status_code == 400
    assert "waits for approval: nothing was changed" in text(page)
    assert Draft.objects.count() == 1
    assert Approval.objects.get().state == "waiting"


def test_two_cuts_of_one_whole_count_together_towards_the_limit(people, sender):
    client, draft = browser(sender), draft_to(people)
    for first in (2, 3):
        small = cut(client, draft, first).headers["Location"]
        client.post(f"{small}accept/")
    assert [batch.recipients for batch in Batch.objects.all()] == [2]
    assert Approval.objects.get().draft.recipients == 3


def test_one_cut_within_the_limit_leaves(people, sender):
    client, draft = browser(sender), draft_to(people)
    client.post(f"{cut(client, draft, 3).headers['Location']}accept/")
    assert Batch.objects.get().recipients == 3


# A time that has passed.


def test_a_time_that_has_passed_is_said_and_it_leaves_at_once_only_where_told(client, people):
    draft = late(draft_to(people, send_at=clock.now() + timedelta(hours=2)))
    page = text(client.get(f"/send/{draft.pk}/"))
    assert "which has passed: send it at once, or choose another time" in page
    assert "Confirm and send at once" in page
    assert f'href="/send/?draft={draft.pk}"' in page
    refused = client.post(f"/send/{draft.pk}/accept/")
    assert refused.status_code == 400
    assert "which has passed" in text(refused)
    assert not Batch.objects.exists()
    began = clock.now()
    assert "/sends/" in client.post(f"/send/{draft.pk}/accept/", {"now": "1"}).headers["Location"]
    batch = Batch.objects.get()
    assert batch.send_at >= began
    assert batch.valid_until - batch.send_at == compose.VALID_FOR


def test_the_door_itself_refuses_a_time_that_has_passed_but_not_for_programs(people, connector):
    draft = late(draft_to(people, send_at=clock.now() + timedelta(hours=2)))
    with pytest.raises(TimeHasPassed):
        accept.accept(draft)
    assert accept.accept(draft, "program-1").send_at == draft.send_at


def test_a_time_to_come_is_kept_whatever_the_page_says(client, people):
    planned = clock.now() + timedelta(hours=2)
    draft = draft_to(people, send_at=planned)
    client.post(f"/send/{draft.pk}/accept/", {"now": "1"})
    assert Batch.objects.get().send_at == planned


def test_a_refusal_keeps_the_time_that_was_planned(client, people):
    draft = late(draft_to(people, send_at=clock.now() + timedelta(hours=2)))
    ledger.hold(people.account.pk, ledger.wallet(people.account.pk).available_e4, key="elsewhere")
    page = client.post(f"/send/{draft.pk}/accept/", {"now": "1"})
    assert page.status_code == 400
    assert 'name="now" value="1"' in text(page)
    assert Draft.objects.get().send_at == draft.send_at


# A recount beside an acceptance.


def test_a_recount_that_ends_after_the_acceptance_changes_nothing(people, connector):
    draft = draft_to(people)
    counting = Draft.objects.select_related("type").get(pk=draft.pk)
    batch = accept.accept(draft)
    TypePrice.objects.filter(type=draft.type).update(cost_e4=90_000)
    assert compose.count(counting).state == "accepted"
    draft.refresh_from_db()
    assert (draft.state, draft.credits_e4) == ("accepted", batch.credits_e4)


# The rest as a group.


def test_the_rest_is_what_the_page_said_however_the_credit_has_changed(client, people):
    ledger.hold(people.account.pk, ledger.wallet(people.account.pk).available_e4 - 80_000, key="elsewhere")
    draft = draft_to(people, 10)
    assert 'name="covered" value="8"' in text(client.get(f"/send/{draft.pk}/"))
    ledger.hold(people.account.pk, 50_000, key="meanwhile")
    client.post(f"/send/{draft.pk}/rest/", {"name": "Resto", "covered": "8"})
    assert Group.objects.get(name="Resto").contacts.count() == 2
    assert client.post(f"/send/{draft.pk}/rest/", {"name": "Altro", "covered": "11"}).status_code == 404
    assert not Group.objects.filter(name="Altro").exists()


# The rule, once nobody is left who could decide.


def test_the_only_owner_needs_no_other(client, people, sender):
    ApprovalRule.objects.update(owners_too=True)
    draft = draft_to(people)
    assert "Ask for approval" not in text(client.get(f"/send/{draft.pk}/"))
    assert "/sends/" in client.post(f"/send/{draft.pk}/accept/").headers["Location"]


def test_what_an_owner_asked_leaves_by_their_own_yes_once_the_other_owner_has_left(people, sender):
    ApprovalRule.objects.update(owners_too=True)
    second = User.objects.create(username="seconda", account=people.account)
    client, draft = browser(people.owner), draft_to(people)
    client.post(f"/send/{draft.pk}/accept/")
    assert "send it yourself" not in text(client.get(f"/send/{draft.pk}/"))
    client.post(f"/send/{draft.pk}/accept/")
    assert not Batch.objects.exists()
    User.objects.filter(pk=second.pk).update(is_active=False)
    assert "send it yourself" in text(client.get(f"/send/{draft.pk}/"))
    sent = client.post(f"/send/{draft.pk}/accept/").headers["Location"]
    assert sent == client.post(f"/send/{draft.pk}/accept/").headers["Location"] == f"/sends/{Batch.objects.get().pk}/"
    assert Approval.objects.get().state == "withdrawn"
    assert "Approved by" not in text(client.get(sent))
    assert not approval.waiting(people.account).exists()


def test_only_an_owner_moves_what_an_owner_approved(people, sender):
    client, owner = browser(sender), browser(people.owner)
    planned, other = clock.now() + timedelta(hours=2), clock.now() + timedelta(hours=5)
    draft = draft_to(people, send_at=planned)
    client.post(f"/send/{draft.pk}/accept/")
    owner.post(f"/approvals/{draft.pk}/approve/")
    page = f"/sends/{Batch.objects.get().pk}/"
    typed = {"send_at": f"{timezone.localtime(other):%Y-%m-%dT%H:%M}"}
    assert "Change the time" not in text(client.get(page))
    assert "ask an owner to change it" in text(client.post(f"{page}time/", typed, follow=True))
    assert Batch.objects.get().send_at == planned
    assert "Change the time" in text(owner.get(page))
    owner.post(f"{page}time/", typed)
    assert Batch.objects.get().send_at > planned


def test_a_sender_moves_what_needed_no_approval(people, sender):
    client = browser(sender)
    draft = draft_to(people, 2, send_at=clock.now() + timedelta(hours=2))
    client.post(f"/send/{draft.pk}/accept/")
    assert "Change the time" in text(client.get(f"/sends/{Batch.objects.get().pk}/"))
