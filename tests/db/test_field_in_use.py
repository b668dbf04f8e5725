"""A free field that a send still needs stays as it is; a page of a draft whose field is gone says so and never breaks."""

import pytest
from django.urls import reverse

from staffetta.accounts import roles
from staffetta.accounts.models import User
from staffetta.billing.models import TypePrice
from staffetta.campaigns.models import Recurrence
from staffetta.carriers.models import Route
from staffetta.contacts.models import Contact, Field
from staffetta.messaging import accept, approval, compose
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.models import Approval, ApprovalRule, Batch, Draft, Message
from tests.db.line import expand_all
from tests.db.portal import browser, text
from tests.people import make_group, sms_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(people, connector):
    return browser(people.owner)


@pytest.fixture
def field(people) -> Field:
    return Field.objects.create(account=people.account, name="città")


def draft_to(people, words: str = "Ciao { Città |amico}") -> Draft:
    group = make_group(people.account, 4)
    Contact.objects.update(fields={"città": "Roma"})
    return compose.prepare(
        SendRequest(people.account.pk, sms_type("INFORMATIVO"), words, "BRUNI", (group.pk,), user_id=people.colleague.pk)
    )


def recurring(people, draft: Draft, state: str) -> Recurrence:
    return Recurrence.objects.create(
        account=people.account, user=people.owner, name="Ogni giorno", type=draft.type, sender="BRUNI", text=draft.text, groups=draft.groups,
        rhythm="daily", at="09:00", starts="2026-01-01", draft=draft, state=state,
    )  # fmt: skip


def change(client, field: Field) -> list[str]:
    """Try to rename and to delete a field; return what the pages say."""
    renamed = client.post(f"/contacts/fields/{field.pk}/rename/", {"name": "Paese"})
    assert renamed.status_code == 400
    assert 'value="Paese"' in text(renamed)
    return [text(renamed), text(client.post(f"/contacts/fields/{field.pk}/delete/", follow=True))]


def unchanged(field: Field) -> bool:
    return Field.objects.filter(pk=field.pk, name="città").exists()


def test_a_send_that_has_not_left_keeps_its_field(client, people, field):
    batch = accept.accept(draft_to(people))
    for page in change(client, field):
        assert "{città} stands in the text of a send that has not left yet" in page
    assert unchanged(field)
    expand_all()
    assert {message.text for message in Message.objects.filter(batch=batch)} == {"Ciao Roma"}
    assert client.post(f"/contacts/fields/{field.pk}/rename/", {"name": "Paese"}).status_code == 302
    assert Field.objects.get().name == "paese"


def test_a_send_that_names_another_field_is_no_hindrance(client, people, field):
    accept.accept(draft_to(people, "Ciao {nome}"))
    client.post(f"/contacts/fields/{field.pk}/delete/")
    assert not unchanged(field)


def test_a_send_that_waits_for_approval_keeps_its_field(client, people, field):
    Approval.objects.create(account=people.account, draft=draft_to(people), asked_by=people.colleague, asked_at="2026-01-01T00:00Z")
    for page in change(client, field):
        assert "waits for approval" in page
    assert unchanged(field)


def test_a_recurring_send_keeps_its_field_until_it_ends(client, people, field):
    recurrence = recurring(people, draft_to(people), "paused")
    for page in change(client, field):
        assert "{città} stands in the text of the recurring send “Ogni giorno”" in page
    assert unchanged(field)
    Recurrence.objects.filter(pk=recurrence.pk).update(state="ended")
    client.post(f"/contacts/fields/{field.pk}/delete/")
    assert not unchanged(field)


def test_pages_of_a_draft_whose_field_is_gone_say_so(client, people, field):
    draft = draft_to(people)
    recurrence = recurring(people, draft, "ended")
    field.delete()
    assert "{Città} is not a field of your contacts" in text(client.get(f"/send/{draft.pk}/"))
    for address in ("recipients/", "recipients.csv"):
        assert client.get(f"/send/{draft.pk}/{address}").headers["Location"] == f"/send/{draft.pk}/"
    assert client.post(f"/send/{draft.pk}/rest/", {"name": "Resto", "covered": "2"}).status_code == 400
    assert client.post(f"/send/{draft.pk}/cut/", {"first": "2"}).status_code == 400
    assert not Batch.objects.exists()
    assert "{Città} is not a field of your contacts" in text(client.get(reverse("recurrence", args=[recurrence.pk])))


# A send that waits, and can no longer be counted.


@pytest.fixture
def asked(people, connector, field) -> Approval:
    ApprovalRule.objects.create(account=people.account, above=3)
    User.objects.filter(pk=people.colleague.pk).update(role=roles.SENDER)
    colleague = User.objects.get(pk=people.colleague.pk)
    found = approval.confirm(draft_to(people), colleague)
    assert isinstance(found, Approval)
    TypePrice.objects.filter(type=found.draft.type).update(cost_e4=20_000)
    return found


def no_field(asked: Approval) -> None:
    Field.objects.all().delete()


def no_route(asked: Approval) -> None:
    Route.objects.filter(prefix="").delete()
    Route.objects.update(prefix="+44")


@pytest.mark.parametrize(("gone", "says"), [(no_field, "is not a field of your contacts"), (no_route, "No carrier is connected")])
@pytest.mark.parametrize("deed", ["refuse", "withdraw"])
def test_what_can_no_longer_be_counted_says_why_and_can_be_refused_or_taken_back(people, asked, gone, says, deed):
    gone(asked)
    owner, address = browser(people.owner), f"/send/{asked.draft_id}/"
    tried = owner.post(f"/approvals/{asked.draft_id}/approve/")
    assert tried.status_code == 400
    assert says in text(tried)
    client = owner if deed == "refuse" else browser(people.colleague)
    page = text(client.get(address))
    assert says in page
    assert f"/approvals/{asked.draft_id}/{deed}/" in page
    assert f"/approvals/{asked.draft_id}/approve/" not in page
    assert client.post(f"/approvals/{asked.draft_id}/{deed}/", {"reason": "Cambia il testo"}).status_code == 302
    assert not approval.waiting(people.account).exists()
