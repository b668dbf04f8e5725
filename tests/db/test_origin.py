"""Where a send came from: each door is written down and shown; programs and people are kept apart; another one like it can be written."""

import pytest

from staffetta.accounts.models import ApiKey
from staffetta.messaging import offer, origin
from staffetta.messaging.models import Batch
from tests.db.oldclient import OldClient
from tests.db.portal import accepted, browser, text
from tests.db.rest import owner, read
from tests.people import make_group, sms_type

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_offer():
    offer.forget()
    yield
    offer.forget()


def by_rest(people, **fields) -> Batch:
    kind = sms_type("PRO con notifica").api_id
    given = {"type": kind, "to": "3331234567", "text": "Ordine {7} pronto", "sender": "BRUNI"} | fields
    read(owner(people).post("/messages", given), 202)
    return Batch.objects.latest("pk")


def by_rest_to_many(people, *texts: str) -> Batch:
    kind = sms_type("PRO con notifica").api_id
    recipients = [{"to": f"333123456{place}", "text": said} for place, said in enumerate(texts)]
    answer = read(owner(people).post("/batches", {"type": kind, "sender": "BRUNI", "recipients": recipients}), 202)
    assert answer["accepted"] == len(texts), answer
    return Batch.objects.get(pk=answer["batch"])


def test_each_door_is_written_down(people, connector):
    assert accepted(people).via == origin.PORTAL
    single, many = by_rest(people), by_rest_to_many(people, "uno", "due")
    group = make_group(people.account, 2, "Rest", 3390000001)
    given = {"type": sms_type("PRO con notifica").api_id, "sender": "BRUNI", "groups": [group.pk], "text": "Ciao"}
    grouped = Batch.objects.get(pk=read(owner(people).post("/batches", given), 202)["batch"])
    for batch in (single, many, grouped):
        assert batch.via == origin.REST
        assert ApiKey.objects.get(pk=batch.via_key).account_id == people.account.pk
    OldClient(people).send()
    assert (Batch.objects.latest("pk").via, Batch.objects.latest("pk").via_key) == (origin.HTTP, 0)


def test_the_send_says_which_program_it_was(people, connector):
    single = by_rest(people)
    ApiKey.objects.filter(pk=single.via_key).update(name="Cassa del negozio")
    client = browser(people.owner)
    assert "by a program with the key “Cassa del negozio”" in text(client.get(f"/sends/{single.pk}/"))
    OldClient(people).send()
    assert "by a program with the API password (HTTP)" in text(client.get(f"/sends/{Batch.objects.latest('pk').pk}/"))
    assert "by a program" not in text(client.get(f"/sends/{accepted(people).pk}/"))


def test_the_archive_is_filtered_by_where_sends_came_from(people, connector):
    program, person = by_rest(people), accepted(people)
    client = browser(people.owner)
    for query, shown in (("", {program, person}), ("origin=programs", {program}), ("origin=portal", {person})):
        page = text(client.get(f"/sends/?{query}"))
        assert {batch for batch in (program, person) if f'href="/sends/{batch.pk}/"' in page} == shown
    assert "by a program" in text(client.get("/sends/?origin=programs"))
    assert "by a program" not in text(client.get("/sends/?origin=portal"))


def test_programs_do_not_push_people_from_the_home_page(people, connector):
    person = accepted(people)
    for number in range(3):
        by_rest(people, to=f"333123456{number}")
    page = text(browser(people.owner).get("/home/"))
    assert f"/sends/{person.pk}/" in page
    assert page.count("Ordine {7}") == 0
    assert "3 messages by programs today" in page
    assert "/sends/?origin=programs" in page
    assert "by programs today" not in text(browser(people.stranger).get("/home/"))


def test_texts_of_their_own_are_called_that(people, connector):
    client = browser(people.owner)
    personal, same = by_rest_to_many(people, "Ciao Anna", "Ciao Ugo"), by_rest_to_many(people, "Uguale", "Uguale")
    assert (personal.personal, same.personal) == (True, False)
    assert "Personal texts, for example: Ciao" in text(client.get(f"/sends/{personal.pk}/"))
    assert "Personal texts" not in text(client.get(f"/sends/{same.pk}/"))


def test_another_one_like_a_programs_is_filled_in(people, connector):
    client = browser(people.owner)
    single, many = by_rest(people), by_rest_to_many(people, "Ciao Anna", "Ciao Ugo")
    assert f"?like={single.pk}" in text(client.get(f"/sends/{single.pk}/"))
    page = text(client.get(f"/send/?like={single.pk}"))
    assert "Ordine {7} pronto" in page
    assert "+393331234567" in page
    assert "BRUNI" in page
    assert "braces" in page  # here they would stand for fields
    page = text(client.get(f"/send/?like={many.pk}"))
    assert "+393331234560" in page
    assert "+393331234561" in page
    assert "a text of their own" in page
    assert "+393331234567" not in text(browser(people.stranger).get(f"/send/?like={single.pk}"))


def test_a_message_of_a_program_is_said_to_be_charged(people, connector):
    client = browser(people.owner)
    single, person = by_rest(people), accepted(people)
    assert "were charged when it was accepted" in text(client.get(f"/sends/{single.pk}/"))
    assert "set aside" not in text(client.get(f"/sends/{single.pk}/")).partition('class="page-help"')[0]
    assert "are set aside" in text(client.get(f"/sends/{person.pk}/"))
