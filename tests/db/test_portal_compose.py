"""New send: the form, what is refused of it, and what moves while someone writes."""

import pytest

from staffetta.contacts.models import Field
from staffetta.messaging.models import Draft
from staffetta.portal import live
from tests.db.portal import HTMX, browser, draft_of, hides_from, text, typed
from tests.people import People, make_connector, make_people, sms_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    make_connector()
    return make_people()


@pytest.fixture
def client(people):
    return browser(people.owner)


def test_it_works(client, people):
    draft = draft_of(client, people, numbers="347 1234567, 3471234568 3491234567\n+39 333 0000001")
    assert (draft.state, draft.recipients, draft.user) == ("ready", 7, people.owner)
    page = text(client.get(f"/send/{draft.pk}/"))
    for shown in ("Ciao Nome0", "Clienti", "BRUNI", "11.2", "988.8", "3 numbers"):
        assert shown in page
    assert page.count("Ciao Nome") == 3


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": ""}, "The text is empty"),
        ({"text": "Ciao {colore}"}, "{colore} is not a field of your contacts"),
        ({"text": "x" * 5000}, "5000 characters"),
        ({"text": "è" * 700}, "carries at most 4"),
        ({"sender": "BRUNI FERRAMENTA"}, "The sender “BRUNI FERRAMENTA” cannot be used"),
        ({"numbers": "041 555012"}, "“041 555012”: this is a landline"),
        ({"groups": []}, "There is nobody to send to"),
        ({"groups": 999999}, "999999"),
        ({"type": ""}, "Choose a type"),
        ({"when": "later", "send_at": ""}, "Choose the date and time"),
        ({"when": "later", "send_at": "domani"}, "“domani” is not a date and time"),
        ({"when": "later", "send_at": "2020-01-01T10:00"}, "has already passed"),
        ({"when": "later", "send_at": "2027-03-28T02:30"}, "does not exist: that night the clocks go forward. Choose 28/03/2027 03:30"),
        ({"when": "later", "send_at": "2027-10-31T02:30"}, "that hour comes twice"),
    ],
)
def test_bad_input_is_kept_and_refused(client, people, fields, says):
    given = typed(people, **({"text": "Sconti"} | fields))
    response = client.post("/send/", given)
    page = text(response).replace("&#x27;", "'")
    assert response.status_code == 400
    assert says in page
    assert str(given["sender"]) in page
    assert given["text"] in page
    assert str(given.get("send_at", "")) in page
    assert not Draft.objects.exclude(state="refused").exists()


def test_all_that_is_wrong_is_said_at_once(client, people):
    page = text(client.post("/send/", typed(people, text="", sender="", numbers="abc", when="later", send_at="x")))
    for says in ("The text is empty", "The sender “”", "letters in it", "not a date and time"):
        assert says in page


def test_a_type_with_a_fixed_sender_wants_none(client, people):
    draft = draft_of(client, people, sender="", type=sms_type("INFORMATIVO").pk)
    assert draft.sender == sms_type("INFORMATIVO").fixed_sender


def test_a_time_is_read_in_the_account_s_zone_and_planned(client, people):
    people.account.time_zone = "America/New_York"
    people.account.save()
    draft = draft_of(client, people, when="later", send_at="2027-06-01T09:30")
    assert draft.send_at.isoformat() == "2027-06-01T13:30:00+00:00"
    page = text(client.get(f"/send/{draft.pk}/"))
    assert "01/06/2027 09:30" in page
    assert "Confirm and plan" in page
    again = text(client.get(f"/send/?draft={draft.pk}"))
    assert 'value="2027-06-01T09:30"' in again
    assert "Ciao {nome}" in again


def test_it_hides_other_accounts(client, people):
    draft = draft_of(client, people)
    assert hides_from(people.stranger, f"/send/{draft.pk}/")
    assert hides_from(people.stranger, f"/send/{draft.pk}/progress/")
    assert hides_from(people.stranger, f"/send/{draft.pk}/accept/", "post")
    assert "Ciao {nome}" not in text(browser(people.stranger).get(f"/send/?draft={draft.pk}"))
    foreign = browser(people.stranger).post("/send/", {"groups": draft.groups[0], "sender": "X1", "text": "Ciao", "type": draft.type_id})
    assert foreign.status_code == 400


def test_the_live_part_counts_shows_and_prices(client, people):
    Field.objects.create(account=people.account, name="città")
    page = text(client.post("/send/live/", typed(people, text="Sconti −30% {nome}{città}" + "x" * 60), headers=HTMX))
    assert "77 characters · 2 parts (Unicode)" in page
    assert "<mark>−</mark>" in page
    assert "2 parts instead of 1" in page
    assert "<b>Nome0</b>" in page
    assert "12.8" in page
    assert "end of part 1" in page
    assert "≈" not in page
    assert page.count('hx-swap-oob="true"') == 3


def test_the_live_part_takes_whatever_is_written_so_far(client, people):
    for fields in ({}, {"text": "Ciao {"}, {"text": "Ciao {x}"}, {"type": "zz", "numbers": "??", "send_at": "?"}, {"groups": "x"}):
        assert client.post("/send/live/", fields).status_code == 200


def test_a_large_audience_is_estimated_and_the_page_says_so(client, people, monkeypatch):
    monkeypatch.setattr(live, "EXACT_MAX", 2)
    page = text(client.post("/send/live/", typed(people)))
    assert "≈ 6.4" in page
    assert "(estimate)" in page


def test_a_text_is_repaired_with_its_fields_untouched(client, people):
    given = typed(people, text="“Ciao” {nome} − 30% 😀")
    fragment = text(client.post("/send/repair/", given, headers=HTMX))
    assert "&quot;Ciao&quot; {nome} - 30% " in fragment
    assert "<html" not in fragment
    assert "&quot;Ciao&quot; {nome} - 30% " in text(client.post("/send/repair/", given))
    assert not Draft.objects.exists()


def test_a_new_send_begins_with_the_last_sender_and_type_and_the_chosen_group(client, people):
    draft = draft_of(client, people)
    client.post(f"/send/{draft.pk}/accept/")
    page = text(client.get(f"/send/?group={draft.groups[0]}"))
    assert 'value="BRUNI"' in page
    assert f'value="{draft.type_id}" checked' in page
    assert f'value="{draft.groups[0]}" checked' in page
