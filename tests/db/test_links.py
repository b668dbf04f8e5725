"""Short links: each recipient's own, counted before as it is sent, led on and counted, shown to the sender alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from staffetta.accounts import operator
from staffetta.contacts.models import Contact, Field
from staffetta.lib import clock
from staffetta.messaging import accept, clicks, compose, cover, links
from staffetta.messaging.errors import LinkMissing, LinkRefused, LinkUnused
from staffetta.messaging.merge import MARK
from staffetta.messaging.models import Batch, Click, Draft, Link, Message
from staffetta.sms import parts
from tests.db.line import expand_all, request
from tests.db.portal import HTMX, accepted, asks_for_login, browser, hides_from, sent, text, typed
from tests.db.reports import report_table
from tests.people import People, make_connector, make_group, make_people

pytestmark = pytest.mark.django_db
TARGET = "https://www.bruni.it/saldi?da=sms"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148"


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def connector():
    return make_connector()


@pytest.fixture
def client(people):
    return browser(people.owner)


def with_link(people: People, connector, **fields) -> tuple[Batch, list[Message]]:
    batch = sent(people, connector, text="Ciao {nome}, vedi {link}.", link=TARGET, **fields)
    return batch, list(Message.objects.filter(batch=batch).order_by("id"))


def opened(message: Message, agent: str = PHONE, **headers):
    return browser().get(f"/l/{links.code(message.id)}", headers={"user-agent": agent} | headers)


def test_each_reads_a_link_of_their_own_of_the_length_that_was_counted(people, connector):
    batch, messages = with_link(people, connector)
    assert [message.text for message in messages] == [
        f"Ciao Nome{n}, vedi {links.address(links.begin(), messages[n].id)}." for n in range(3)
    ]
    assert {len(message.text) for message in messages} == {len(f"Ciao Nome0, vedi {links.sample(links.begin())}.")}
    assert batch.text == "Ciao {nome}, vedi {link}."
    for message in messages:
        answer = opened(message)
        assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (302, TARGET, "no-store")


@pytest.mark.parametrize("room", [160, 161])
def test_a_text_at_the_edge_of_a_part_is_priced_as_it_leaves(people, connector, room):
    filler = "x" * (room - len(links.sample(links.begin())))
    draft = compose.prepare(request(people, make_group(people.account, 2), text=filler + "{link}", link=TARGET))
    batch = accept.accept(draft)
    expand_all()
    found = list(Message.objects.filter(batch=batch))
    assert draft.parts == sum(message.parts for message in found) == 2 * (1 if room == 160 else 2)
    assert [parts.count(message.text).parts for message in found] == [message.parts for message in found]


def test_what_was_counted_stays_when_the_short_domain_changes_before_it_leaves(people, connector):
    operator.change(short_domain="bru.it")
    batch = accepted(people, text="Vedi {link}", link=TARGET)
    operator.change(short_domain="molto-piu-lungo.example")
    expand_all()
    message = Message.objects.filter(batch=batch).first()
    assert message.text == f"Vedi https://bru.it/{links.code(message.id)}"


def test_a_cut_draft_and_a_test_to_oneself_keep_the_link(client, people, connector):
    draft = compose.prepare(request(people, make_group(people.account, 5, "Cinque", 3400000001), text="{nome} {link}", link=TARGET))
    assert cover.cut(draft, 2).link == draft.link
    client.post(
        "/send/test/", typed(people, text="{nome} {link}", link=TARGET, own_number="347 1111111", once="a", name="x") | {"groups": ""}
    )
    expand_all()
    assert Message.objects.get().text.strip().startswith("http")


def test_nobodys_data_is_taken_for_the_link(people, connector):
    group = make_group(people.account, 1)
    Contact.objects.update(name=f"A{MARK}da")
    batch = accept.accept(compose.prepare(request(people, group, text="{nome} {link}", link=TARGET)))
    expand_all()
    assert Message.objects.get(batch=batch).text.startswith("Ada http")


def test_a_text_without_its_address_and_an_address_without_its_place_are_refused(people, connector):
    group = make_group(people.account, 1)
    with pytest.raises(LinkMissing):
        compose.prepare(request(people, group, text="Vedi {link}"))
    with pytest.raises(LinkUnused):
        compose.prepare(request(people, group, text="Vedi qui", link=TARGET))
    assert not Link.objects.exists()


def test_a_field_of_ones_own_named_link_goes_on_working(people, connector):
    group = make_group(people.account, 1)
    Field.objects.create(account=people.account, name="link")
    Contact.objects.update(fields={"link": "suo.it"})
    assert compose.prepare(request(people, group, text="Vedi {link}")).link is None


def test_a_plain_send_is_expanded_with_as_many_queries_as_before(people, connector):
    accepted(people, text="Ciao {nome}")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        expand_all()
    assert not [query["sql"] for query in queries if "messaging_link" in query["sql"] or "messaging_click" in query["sql"]]


def test_clicks_are_counted_once_a_person_and_robots_apart(people, connector):
    batch, (first, second, third) = with_link(people, connector)
    for agent in (PHONE, PHONE, "Mozilla/5.0 (Windows NT 10.0)"):
        opened(first, agent)
    opened(second, "WhatsApp/2.23.20.0 A")
    opened(second, PHONE, **{"sec-purpose": "prefetch;prerender"})
    browser().head(f"/l/{links.code(third.id)}", headers={"user-agent": PHONE})
    result = clicks.result(batch)
    assert (result.people, result.clicks, result.robots) == (1, 3, 3)
    assert result.devices == [("phone", 1)]
    opened(second, "Mozilla/5.0 (Windows NT 10.0)")
    assert clicks.result(batch).devices == [("computer", 1), ("phone", 1)]
    assert {field.name for field in Click._meta.fields} == {"message_id", "batch", "first_at", "last_at", "clicks", "robots", "device"}


def test_the_first_click_stays_the_first(people, connector):
    _batch, (message, *_others) = with_link(people, connector)
    opened(message, "WhatsApp/2")
    assert clicks.of_message(message.id) is None
    opened(message)
    at = clicks.of_message(message.id).first_at
    opened(message)
    click = clicks.of_message(message.id)
    assert (click.first_at, click.clicks) == (at, 2)
    assert click.last_at > at


def test_unknown_codes_and_messages_without_a_link_lead_nowhere(people, connector):
    plain = sent(people, connector)
    for address in ("/l/abc", f"/l/{links.code(202611 * 10**13 + 999)}", f"/l/{links.code(plain.first_id)}"):
        answer = browser(language="it").get(address, headers={"user-agent": PHONE})
        assert answer.status_code == 404
        assert "Questo link non porta da nessuna parte" in text(answer)
    assert not Click.objects.exists()


def test_the_short_domain_answers_links_and_nothing_else(people, connector):
    operator.change(short_domain="bru.it")
    _batch, (message, *_others) = with_link(people, connector)
    host = {"host": "bru.it", "user-agent": PHONE}
    assert browser().get(f"/{links.code(message.id)}", headers=host)["Location"] == TARGET
    for address in ("/", "/login/", "/home/"):
        answer = browser().get(address, headers=host)
        assert answer.status_code == 404
        assert "Set-Cookie" not in answer.headers
    assert browser().get("/login/").status_code == 200


def test_the_page_of_the_send_shows_who_opened_it(client, people, connector):
    batch, (first, *_others) = with_link(people, connector)
    assert "of 3 who got the message" in text(client.get(f"/sends/{batch.pk}/"))
    opened(first)
    opened(first, "WhatsApp/2")
    page = text(client.get(f"/sends/{batch.pk}/"))
    for shown in (TARGET, "33.3 %", "1 click in all", "1 look by a program", "Telephone <b>1</b>"):
        assert shown in page
    only = text(client.get(f"/sends/{batch.pk}/?state=clicked", headers=HTMX))
    assert first.number in only
    assert only.count("+39333") == 1
    assert text(client.get(f"/sends/{batch.pk}/?state=not_clicked", headers=HTMX)).count("+39333") == 2
    assert "Link opened" in text(client.get(f"/sends/{batch.pk}/recipients/{first.id}/"))
    assert "who got the message" in text(client.get(f"/sends/{batch.pk}/clicks/", headers=HTMX))


def test_the_clicks_of_others_are_hidden(people, connector):
    batch, _messages = with_link(people, connector)
    assert asks_for_login(f"/sends/{batch.pk}/clicks/")
    assert hides_from(people.stranger, f"/sends/{batch.pk}/clicks/")


def test_the_report_has_the_time_only_where_there_is_a_link(client, people, connector):
    batch, (first, *_others) = with_link(people, connector)
    opened(first)
    rows = report_table(client, batch)
    assert rows[0][-1] == "Link opened at"
    assert [bool(row[-1]) for row in rows[1:]] == [True, False, False]
    plain = sent(people, connector, name="Altri", first=3370000000)
    assert report_table(client, plain)[0][-1] == "Text"


def test_a_send_without_a_link_shows_nothing_of_clicks(client, people, connector):
    batch = sent(people, connector)
    page = text(client.get(f"/sends/{batch.pk}/"))
    assert "Link opened" not in page
    assert "Who opened the link" not in page


def test_composing_keeps_and_counts_the_link(client, people, connector):
    given = typed(people, text="Vedi {link}", link="bruni.it")
    page = text(client.post("/send/live/", given, headers=HTMX))
    assert f"{5 + len(links.sample(links.begin()))} characters · 1 part" in page
    assert links.sample(links.begin()) in page
    client.post("/send/", given)
    draft = Draft.objects.get()
    assert draft.link.target == "https://bruni.it"
    assert links.sample(draft.link.begins) in text(client.get(f"/send/{draft.pk}/"))
    assert 'value="https://bruni.it"' in text(client.get(f"/send/?draft={draft.pk}"))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": "Vedi {link}", "link": ""}, "no address is written that it shall lead to"),
        ({"text": "Vedi", "link": "bruni.it"}, "The link is not in the text"),
        ({"text": "Vedi {link}", "link": "javascript:alert(1)"}, "only addresses that begin with http"),
    ],
)
def test_what_was_typed_stays_when_the_link_is_refused(client, people, connector, fields, says):
    response = client.post("/send/", typed(people, **fields))
    assert response.status_code == 400
    assert text(response).count(says) == 1
    for typed_in in fields.values():
        assert typed_in in text(response)
    assert not Draft.objects.exists()


def test_a_planned_send_is_not_polled_for_clicks(client, people, connector):
    batch = accepted(people, text="{link}", link=TARGET, send_at=clock.now() + timedelta(days=1))
    assert "every 10s" not in text(client.get(f"/sends/{batch.pk}/"))


def test_a_link_that_nobody_could_open_is_refused_where_real_telephones_get_it(people, connector, settings):
    make_connector("carrier", host="smsc.example")
    group = make_group(people.account, 1)
    wanted = request(people, group, text="Vedi {link}", link=TARGET)
    with pytest.raises(LinkRefused) as refused:
        compose.prepare(wanted)
    assert "indirizzo pubblico" in str(refused.value)
    settings.PUBLIC_URL = "https://sms.example.it"
    assert compose.prepare(wanted).state == "ready"
