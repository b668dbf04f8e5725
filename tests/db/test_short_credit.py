"""Credit too small (F12): whom it covers, the first ones as a send, the others as a group, the list to shorten by hand."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from staffetta.billing import ledger
from staffetta.contacts import filelist
from staffetta.contacts.models import Contact, Group, Membership, OptOut
from staffetta.messaging import accept, compose, cover, jobs
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.errors import CutRefused, GroupGone
from staffetta.messaging.models import Batch, Draft, Message
from tests.db.line import expand_all, states
from tests.db.portal import browser, hides_from, text
from tests.people import People, make_connector, make_group, make_people, sms_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    make_connector()
    return make_people(credits=0)


@pytest.fixture
def client(people):
    return browser(people.owner)


def give(people: People, credits_e4: int) -> None:
    ledger.credit(people.account.pk, credits_e4, "grant", f"test-{credits_e4}", "for the test")


def draft_to(people: People, groups=(), words: str = "Sconti da sabato", kind: str = "INFORMATIVO", **fields) -> Draft:
    return compose.prepare(
        SendRequest(
            people.account.pk, sms_type(kind), words, "BRUNI", tuple(group.pk for group in groups), user_id=people.owner.pk, **fields
        )
    )


def numbers_of(group: Group) -> list[str]:
    return list(group.contacts.order_by("pk").values_list("number", flat=True))


def test_the_worked_example_of_100_contacts_and_85_credits(client, people):
    give(people, 85 * 10_000)
    group = make_group(people.account, 100)
    draft = draft_to(people, [group])
    page = text(client.get(f"/send/{draft.pk}/"))
    assert "needs 100 credits and 85 are available: 15 are missing" in page
    assert "The credit covers 85 recipients" in page
    small = client.post(f"/send/{draft.pk}/cut/", {"first": "85"})
    cut = Draft.objects.latest("pk")
    assert small.headers["Location"] == f"/send/{cut.pk}/"
    assert (cut.recipients, cut.credits_e4, cut.whole_id) == (85, 850_000, draft.pk)
    assert "15 recipients are not written to now" in text(client.get(f"/send/{cut.pk}/"))
    client.post(f"/send/{cut.pk}/rest/", {"name": "Gli altri"})
    client.post(f"/send/{cut.pk}/accept/")
    expand_all()
    batch = Batch.objects.get()
    assert states(batch) == {"queued": 85}
    assert ledger.wallet(people.account.pk).available_e4 == 0
    sent = set(Message.objects.filter(batch=batch).values_list("number", flat=True))
    left = set(numbers_of(Group.objects.get(name="Gli altri")))
    assert len(left) == 15
    assert not sent & left
    assert sent | left == set(numbers_of(group))


def test_mixed_parts_are_walked_in_order_and_the_border_is_exact(people):
    group = make_group(people.account, 6)
    long = Contact.objects.get(number="+393330000002")
    long.name = "x" * 80
    long.save()
    draft = draft_to(people, [group], words="{nome}" + "y" * 100, kind="PRO")
    (each,) = {cost // parts for parts, cost, _number in draft.recipients_by_cost}
    assert [row[0] for row in draft.recipients_by_cost] == [1, 2]
    found = [cover.covered(draft, parts * each).recipients for parts in range(7)]
    assert found == [0, 1, 1, 2, 3, 4, 5]  # the second of six takes two parts
    assert cover.covered(draft, 3 * each - 1).recipients == 1
    assert cover.covered(draft, 3 * each).credits_e4 == 3 * each
    assert cover.covered(draft, 7 * each).recipients == 6


def test_a_walk_begins_at_the_stretch_where_the_credit_ends(people, monkeypatch):
    monkeypatch.setattr(compose, "STRETCH", 2)
    group = make_group(people.account, 5)
    Contact.objects.filter(number="+393330000002").update(name="x" * 80)
    draft = draft_to(people, [group], words="{nome}" + "y" * 100, kind="PRO", numbers=("+393400000001", "+393400000002"))
    each = draft.recipients_by_cost[0][1]
    assert [step[3] for step in draft.steps] == sorted(step[3] for step in draft.steps)
    assert len(draft.steps) > 3
    assert [cover.covered(draft, parts * each).recipients for parts in range(9)] == [0, 1, 1, 2, 3, 4, 5, 6, 7]
    assert [cover.cut(draft, first).recipients for first in range(1, 7)] == [1, 2, 3, 4, 5, 6]


def test_credit_held_for_other_sends_is_not_available(client, people):
    give(people, 100 * 10_000)
    accept.accept(draft_to(people, [make_group(people.account, 30, "Prima", 3470000001)]))
    page = text(client.get(f"/send/{draft_to(people, [make_group(people.account, 80)]).pk}/"))
    assert "covers 70 recipients" in page
    assert "30 more are set aside" in page


def test_the_ledger_still_decides_about_a_cut_draft(client, people):
    give(people, 5 * 10_000)
    cut = cover.cut(draft_to(people, [make_group(people.account, 8)]), 5)
    ledger.hold(people.account.pk, 10_000, "another")
    assert client.post(f"/send/{cut.pk}/accept/").status_code == 400
    assert not Batch.objects.exists()


def test_a_cut_goes_through_groups_the_file_and_loose_numbers(people):
    give(people, 1_000_000)
    group = make_group(people.account, 2)
    listed = filelist.take(people.account, SimpleUploadedFile("x.csv", b"Cellulare;Nome\n3470000001;Ada\n3470000002;Ugo\n"))
    draft = draft_to(people, [group], numbers=("+393480000001", "+393480000002"), file=listed.pk)
    order = [recipient.number[-10:] for step in cover.rest(draft, cover.edge(draft, 0)) for recipient in step.recipients]
    assert order == ["3330000001", "3330000002", "3470000001", "3470000002", "3480000001", "3480000002"]
    for first in range(1, 6):
        cut = cover.cut(draft, first)
        batch = accept.accept(cut)
        expand_all()
        sent = sorted(number[-10:] for number in Message.objects.filter(batch=batch).values_list("number", flat=True))
        assert sent == order[:first]
        left = Group.objects.create(account=people.account, name=f"Resto {first}")
        cover.save_rest(draft, cover.end_of(cut), left)
        assert sorted(number[-10:] for number in numbers_of(left)) == order[first:]
    assert Contact.objects.get(number="+393470000002").name == "Ugo"


def test_who_is_left_out_is_neither_first_nor_rest(people):
    give(people, 30_000)
    group = make_group(people.account, 6)
    OptOut.objects.create(account=people.account, number="+393330000002")
    draft = draft_to(people, [group])
    cut = cover.cut(draft, 3)
    rest = Group.objects.create(account=people.account, name="Resto")
    assert (cut.recipients, cover.save_rest(draft, cover.end_of(cut), rest)) == (3, 2)
    assert cover.save_rest(draft, cover.end_of(cut), rest) == 2
    assert Membership.objects.filter(group=rest).count() == 2


@pytest.mark.parametrize("first", ["0", "6", "7", "x", ""])
def test_a_cut_that_is_none_is_refused(client, people, first):
    give(people, 30_000)
    draft = draft_to(people, [make_group(people.account, 6)])
    response = client.post(f"/send/{draft.pk}/cut/", {"first": first})
    assert response.status_code == 400
    assert "from 1 on and fewer than all" in text(response)
    assert Draft.objects.count() == 1
    with pytest.raises(CutRefused):
        cover.cut(draft, 6)


def test_a_cut_of_a_group_that_is_gone_is_refused(people):
    give(people, 30_000)
    group = make_group(people.account, 6)
    draft = draft_to(people, [group])
    group.delete()
    with pytest.raises(GroupGone):
        cover.cut(draft, 3)


def test_the_rest_needs_a_name_that_is_free_and_keeps_what_was_typed(client, people):
    give(people, 30_000)
    draft = draft_to(people, [make_group(people.account, 6)])
    for name, says in (("", "write the name of a new one"), ("Clienti", "There is a group “Clienti” already")):
        response = client.post(f"/send/{draft.pk}/rest/", {"name": name})
        assert response.status_code == 400
        assert says in text(response)
        assert f'name="name" value="{name}"' in text(response) or not name
    client.post(f"/send/{draft.pk}/rest/", {"name": "Resto"})
    assert Group.objects.get(name="Resto").contacts.count() == 3
    assert "Clienti, the rest" in text(client.get(f"/send/{draft.pk}/"))


def test_a_large_rest_is_put_away_by_a_job(client, people, monkeypatch):
    monkeypatch.setattr(cover, "REST_AT_ONCE", 2)
    give(people, 30_000)
    draft = draft_to(people, [make_group(people.account, 6)])
    client.post(f"/send/{draft.pk}/rest/", {"name": "Resto"})
    group = Group.objects.get(name="Resto")
    assert not group.contacts.exists()
    jobs.fill_rest(draft_id=draft.pk, after=list(cover.edge(draft, 3)), group_id=group.pk)
    assert group.contacts.count() == 3


def test_the_list_can_be_shortened_by_hand_and_chosen_again(client, people):
    give(people, 30_000)
    draft = draft_to(people, [make_group(people.account, 6)])
    content = b"".join(client.get(f"/send/{draft.pk}/recipients.csv").streaming_content)
    shorter = b"\n".join(content.splitlines()[:4])
    again = filelist.take(people.account, SimpleUploadedFile("accorciato.csv", shorter))
    assert (again.people, again.bad) == (3, 0)
    assert again.fileperson_set.get(place=1).name == "Nome0"


def test_without_any_credit_nothing_is_offered_that_cannot_be_done(client, people):
    draft = draft_to(people, [make_group(people.account, 6)])
    page = text(client.get(f"/send/{draft.pk}/"))
    assert "The credit covers nobody of them" in page
    assert "/cut/" not in page
    assert 'href="/buy/"' in page


def test_it_hides_other_accounts(client, people):
    give(people, 30_000)
    draft = draft_to(people, [make_group(people.account, 6)])
    for address, method in (("recipients/", "get"), ("recipients.csv", "get"), ("cut/", "post"), ("rest/", "post")):
        assert hides_from(people.stranger, f"/send/{draft.pk}/{address}", method)
        assert getattr(browser(), method)(f"/send/{draft.pk}/{address}").status_code == 302
