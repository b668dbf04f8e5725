"""The confirm page, and the door: a draft counted, refused, short of credit, confirmed twice."""

from datetime import timedelta

import pytest

from staffetta.billing import ledger
from staffetta.contacts.models import OptOut
from staffetta.lib import clock
from staffetta.messaging import compose, jobs
from staffetta.messaging.models import Batch, Draft
from tests.db.portal import browser, draft_of, text, typed
from tests.people import People, make_connector, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    make_connector()
    return make_people()


@pytest.fixture
def client(people):
    return browser(people.owner)


def test_confirming_is_idempotent(client, people):
    draft = draft_of(client, people)
    addresses = {client.post(f"/send/{draft.pk}/accept/").headers["Location"] for _ in range(2)}
    batch = Batch.objects.get()
    assert addresses == {f"/sends/{batch.pk}/"}
    assert ledger.wallet(people.account.pk).held_e4 == 4 * 16_000
    assert client.get(f"/send/{draft.pk}/").headers["Location"] == f"/sends/{batch.pk}/"


def test_short_credit_says_what_is_missing_and_whom_it_covers(client, people):
    ledger.charge(ledger.hold(people.account.pk, 9_950_000, "spent").pk, 9_950_000, "spent before")
    draft = draft_of(client, people)
    page = text(client.get(f"/send/{draft.pk}/"))
    assert "6.4 credits and 5 are available: 1.4 are missing" in page
    assert "covers 3 recipients" in page
    refused = client.post(f"/send/{draft.pk}/accept/")
    assert refused.status_code == 400
    assert not Batch.objects.exists()
    assert "Ciao {nome}" in text(client.get(f"/send/?draft={draft.pk}"))


def test_the_confirm_page_says_who_is_left_out(client, people):
    given = typed(people, numbers="+49 171 2345678")
    OptOut.objects.create(account=people.account, number="+393330000001")
    client.post("/send/", given)
    page = text(client.get(f"/send/{Draft.objects.get().pk}/"))
    assert "1: asked not to be written to any more" in page
    assert "1: have a number this type of SMS is not sold to" in page


def test_a_large_draft_is_counted_by_a_job_and_the_page_waits(client, people, monkeypatch):
    monkeypatch.setattr(compose, "COUNT_AT_ONCE", 2)
    draft = draft_of(client, people)
    assert draft.state == "counting"
    assert "0 of 4 recipients" in text(client.get(f"/send/{draft.pk}/"))
    assert "every 1s" in text(client.get(f"/send/{draft.pk}/progress/"))
    assert "still being counted" in text(client.post(f"/send/{draft.pk}/accept/")) or not Batch.objects.exists()
    jobs.count_draft(draft_id=draft.pk)
    assert client.get(f"/send/{draft.pk}/progress/").headers["HX-Refresh"] == "true"
    assert "Confirm and send" in text(client.get(f"/send/{draft.pk}/"))


def test_a_large_draft_that_nobody_can_get_says_why(client, people, monkeypatch):
    monkeypatch.setattr(compose, "COUNT_AT_ONCE", 2)
    draft = draft_of(client, people, text="è" * 700)
    jobs.count_draft(draft_id=draft.pk)
    assert "carries at most 4" in text(client.get(f"/send/{draft.pk}/"))


def test_planned_sends_wait(client, people):
    at = (clock.now() + timedelta(days=1)).strftime("%d/%m/%Y %H:%M")
    draft = draft_of(client, people, when="later", send_at=at)
    page = text(client.post(f"/send/{draft.pk}/accept/", follow=True))
    assert "Planned" in page
    assert "Cancel the send" in page
    assert "Pause" not in page
