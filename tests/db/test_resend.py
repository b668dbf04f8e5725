"""Write again to those whom a send did not reach: who they are, with which fields, on which route."""

import pytest

from staffetta.carriers.models import LinkStatus
from staffetta.contacts import filelist
from staffetta.contacts.models import FileList, FilePerson
from staffetta.lib import clock
from staffetta.messaging import accept, compose, resend
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.errors import EverybodyReached
from staffetta.messaging.models import Batch, Draft, Message, Repeat
from tests.db.line import answer, claim_and_begin, expand_all, work_all
from tests.db.portal import asks_for_login, browser, hides_from, sent, text
from tests.people import People, make_connector, make_people, sms_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def connector():
    return make_connector()


def bound(connector) -> None:
    LinkStatus.objects.create(connector=connector, gateway="gw", state="bound", seen_at=clock.now())


def failed(batch: Batch, *states: str) -> None:
    """Give the first messages of a batch these states."""
    for place, state in enumerate(states):
        Message.objects.filter(pk=batch.first_id + place).update(state=state)
        tally = batch.tally
        tally.delivered -= 1
        setattr(tally, state, getattr(tally, state) + 1)
        tally.save()


def repeated(people: People, batch: Batch) -> Batch:
    listed = resend.again(batch)
    request = SendRequest(people.account.pk, sms_type("PRO"), "Riproviamo, {nome}", "BRUNI", file=listed.pk)
    return accept.accept(compose.prepare(request))


def test_it_works(people, connector):
    batch = sent(people, connector, size=8)
    failed(batch, "failed", "undelivered", "expired", "rejected", "lapsed", "uncertain", "cancelled")
    again = repeated(people, batch)
    expand_all()
    wanted = Message.objects.filter(batch=batch, state__in=resend.FAILED).values_list("number", flat=True)
    assert set(Message.objects.filter(batch=again).values_list("number", flat=True)) == set(wanted)
    assert len(wanted) == 5
    assert Message.objects.filter(batch=again).order_by("number").first().text == "Riproviamo, Nome0"
    assert resend.first_send(again) == batch
    assert resend.first_send(batch) is None


def test_it_takes_another_route_where_there_is_one(people, connector):
    batch = sent(people, connector, size=2)
    failed(batch, "undelivered")
    other = make_connector("other")
    for each in (connector, other):
        bound(each)
    again = repeated(people, batch)
    expand_all()
    chunk = claim_and_begin(other)
    assert [message.number for message in chunk.messages] == ["+393330000001"]
    answer(other, chunk)
    work_all()
    again.refresh_from_db()
    assert again.state == "settled"


def test_a_route_that_is_down_is_no_other_route(people, connector):
    batch = sent(people, connector, size=2)
    failed(batch, "undelivered")
    make_connector("other")
    bound(connector)
    repeated(people, batch)
    expand_all()
    assert claim_and_begin(connector).messages


def test_the_fields_of_a_file_are_kept(people, connector):
    batch = sent(people, connector, size=1)
    failed(batch, "failed")
    listed = resend.again(batch)
    FilePerson.objects.filter(list=listed).update(name="Anna", fields={"codice": "A1"})
    type(listed).objects.filter(pk=listed.pk).update(fields=["codice"])
    request = SendRequest(people.account.pk, sms_type("PRO"), "{nome} {codice}", "BRUNI", file=listed.pk)
    second = accept.accept(compose.prepare(request))
    expand_all()
    chunk = claim_and_begin(connector)
    answer(connector, chunk, "failed")
    work_all()
    second.refresh_from_db()
    third = resend.again(second)
    person = FilePerson.objects.get(list=third)
    assert (person.name, person.fields, third.fields) == ("Anna", {"codice": "A1"}, ["codice"])


def test_where_everybody_was_reached_nothing_is_made(people, connector):
    batch = sent(people, connector)
    with pytest.raises(EverybodyReached):
        resend.again(batch)
    page = text(browser(people.owner).post(f"/sends/{batch.pk}/again/", follow=True))
    assert "Nobody is left to be written to again" in page
    assert not FilePerson.objects.exists()


def test_the_page_leads_to_a_new_send_with_all_filled_in(people, connector):
    batch = sent(people, connector, text="Saldi per {nome}")
    failed(batch, "undelivered")
    client = browser(people.owner)
    assert "Write again to 1 who was not reached" in text(client.get(f"/sends/{batch.pk}/"))
    page = text(client.post(f"/sends/{batch.pk}/again/", follow=True))
    assert "not reached by “Saldi per {nome}”" in page
    assert "Saldi per {nome}</textarea>" in page
    listed = page.split('name="listed" value="')[1].split('"')[0]
    given = {"listed": listed, "sender": "BRUNI", "text": "Ciao", "type": sms_type("PRO").pk, "when": "now"}
    assert client.post("/send/", given).status_code == 302
    assert Draft.objects.latest("pk").recipients == 1


def test_it_requires_login_and_hides_other_accounts(people, connector):
    batch = sent(people, connector)
    assert asks_for_login(f"/sends/{batch.pk}/again/", "post")
    assert hides_from(people.stranger, f"/sends/{batch.pk}/again/", "post")


def test_a_second_click_gives_the_same_list_until_a_send_has_used_it(people, connector):
    batch = sent(people, connector, size=3)
    failed(batch, "failed")
    first = resend.again(batch)
    assert resend.again(batch) == first
    failed(batch, "delivered", "undelivered")  # another one than before
    second = resend.again(batch)
    assert second != first
    accept.accept(compose.prepare(SendRequest(people.account.pk, sms_type("PRO"), "Ciao", "BRUNI", file=second.pk)))
    assert resend.again(batch) not in (first, second)


def test_the_page_says_that_it_was_written_again_already(people, connector):
    batch = sent(people, connector, size=2)
    failed(batch, "failed")
    page, client = f"/sends/{batch.pk}/", browser(people.owner)
    resend.again(batch)
    assert "was written to again" not in text(client.get(page))
    again = repeated(people, batch)
    assert "was written to again" in text(client.get(page))
    assert f'href="/sends/{again.pk}/"' in text(client.get(page))


def test_more_than_can_be_copied_at_once_are_refused_with_another_way(people, connector, monkeypatch):
    monkeypatch.setattr(resend, "PEOPLE_MAX", 1)
    batch = sent(people, connector)
    failed(batch, "failed", "failed")
    page = text(browser(people.owner).post(f"/sends/{batch.pk}/again/", follow=True))
    assert "2 were not reached, and at most 1 can be written to again" in page
    assert not FilePerson.objects.exists()


def file_list(people: People) -> FileList:
    return filelist.one(people.account, "+393470000009", "Anna", "", {"codice": "A1"})


def test_where_the_file_was_forgotten_the_new_send_says_what_is_missing(people, connector):
    listed = file_list(people)
    request = SendRequest(people.account.pk, sms_type("PRO"), "{nome} {codice} {cellulare}", "BRUNI", file=listed.pk)
    batch = accept.accept(compose.prepare(request))
    expand_all()
    answer(connector, claim_and_begin(connector), "failed")
    work_all()
    client, address = browser(people.owner), f"/sends/{batch.pk}/again/"
    assert "was forgotten" not in text(client.post(address, follow=True))
    filelist.forget(listed)
    Repeat.objects.all().delete()
    page = text(client.post(address, follow=True))
    assert "has no {codice}, {nome}." in page
    assert FileList.objects.latest("pk").fields == []


def test_nothing_is_missing_where_a_group_was_written_to(people, connector):
    batch = sent(people, connector, size=2)
    failed(batch, "failed")
    again = repeated(people, batch)
    expand_all()
    filelist.forget(again.file)
    assert resend.forgotten_fields(Batch.objects.get(pk=again.pk)) == []
