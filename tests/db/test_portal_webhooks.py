"""The pages of webhooks: made, changed, tried, looked at, repeated; hidden from others; what was typed stays when it is refused."""

import re

import pytest
from django.urls import reverse

from staffetta.accounts import roles
from staffetta.webhooks import endpoints, log
from staffetta.webhooks.models import Delivery, Endpoint
from tests.db.portal import asks_for_login, browser, hides_from, text
from tests.people import People

pytestmark = pytest.mark.django_db
URL = "https://93.184.215.14/sms"
HISTORY = [
    {"at": "2026-11-22T10:00:00.000+00:00", "status": None, "ms": 10_000, "error": "timeout"},
    {"at": "2026-11-22T10:00:15.000+00:00", "status": 500, "ms": 41, "error": "status"},
]
TYPED = {"url": URL, "description": "orders", "kinds": ["message.delivered", "batch.settled"], "batch_max": "50"}


@pytest.fixture
def endpoint(people: People) -> Endpoint:
    return endpoints.create(people.account.pk, URL, ["message.delivered"], description="orders")


def call(people: People, endpoint: Endpoint, **fields) -> Delivery:
    made = log.test(people.account.pk, endpoint.pk)
    Delivery.objects.filter(pk=made.pk).update(**fields)
    return Delivery.objects.get(pk=made.pk)


def addresses(endpoint: Endpoint, made: Delivery) -> list[tuple[str, str]]:
    of_one = [("get", "webhook"), ("get", "webhook-change"), ("get", "webhook-delete")]
    of_one += [("post", f"webhook-{deed}") for deed in ("secret", "active", "test", "repeat-failed")]
    of_call = [("get", "webhook-delivery"), ("post", "webhook-replay"), ("post", "webhook-give-up")]
    found = [(method, reverse(name, args=[endpoint.pk])) for method, name in of_one]
    return found + [(method, reverse(name, args=[made.pk])) for method, name in of_call]


def test_it_works(people):
    client = browser(people.owner)
    assert "No webhook yet" in text(client.get(reverse("webhooks")))
    response = client.post(reverse("webhook-new"), TYPED)
    made = Endpoint.objects.get()
    assert response.headers["Location"] == reverse("webhook", args=[made.pk])
    assert (made.url, made.description, made.kinds, made.batch_max) == (URL, "orders", TYPED["kinds"], 50)
    shown = text(client.get(response.headers["Location"]))
    assert made.secret in shown
    assert "Up to 50 events share a call." in shown
    assert URL in text(client.get(reverse("webhooks")))


def test_it_requires_login(people, endpoint):
    made = call(people, endpoint)
    assert all(asks_for_login(address, method) for method, address in addresses(endpoint, made))
    assert all(asks_for_login(reverse(name)) for name in ("webhooks", "webhook-new"))


def test_it_hides_other_accounts(people, endpoint):
    made = call(people, endpoint)
    assert [address for method, address in addresses(endpoint, made) if not hides_from(people.stranger, address, method)] == []
    assert URL not in text(browser(people.stranger).get(reverse("webhooks")))


def test_only_who_manages_keys_sees_it(people, endpoint):
    people.colleague.role = roles.SENDER
    people.colleague.save()
    assert browser(people.colleague).get(reverse("webhook", args=[endpoint.pk])).status_code == 403
    people.colleague.role = roles.DEVELOPER
    people.colleague.save()
    assert browser(people.colleague).get(reverse("webhook", args=[endpoint.pk])).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "ftp://example.it/x"}, "must begin with https"),
        ({"url": "http://10.0.0.7/x"}, "inside a private network"),
        ({"url": "http://anna:segreta@93.184.215.14/"}, "user name or a password"),
        ({"url": ""}, "The address is empty"),
        ({"kinds": []}, "No kind of event is chosen"),
        ({"batch_max": "501"}, "not possible"),
        ({"batch_max": "many"}, "not a whole number"),
    ],
)
def test_what_was_typed_stays_when_it_is_refused(people, wrong, said):
    response = browser(people.owner).post(reverse("webhook-new"), TYPED | wrong)
    assert response.status_code == 400
    shown = text(response)
    assert said in shown
    assert 'value="orders"' in shown
    assert not Endpoint.objects.exists()


def test_it_is_changed_switched_and_deleted(people, endpoint):
    client, page = browser(people.owner), reverse("webhook", args=[endpoint.pk])
    client.post(reverse("webhook-change", args=[endpoint.pk]), TYPED | {"description": "other"})
    client.post(reverse("webhook-active", args=[endpoint.pk]), {"active": "0"})
    endpoint.refresh_from_db()
    assert (endpoint.description, endpoint.active) == ("other", False)
    assert "Switched off by hand" in text(client.get(page))
    assert "is switched off: switch it on" in text(client.post(reverse("webhook-test", args=[endpoint.pk]), follow=True))
    client.post(reverse("webhook-active", args=[endpoint.pk]), {"active": "1"})
    client.post(reverse("webhook-delete", args=[endpoint.pk]))
    assert not Endpoint.objects.exists()


def test_a_new_secret_is_shown(people, endpoint):
    shown = text(browser(people.owner).post(reverse("webhook-secret", args=[endpoint.pk]), follow=True))
    assert endpoint.secret not in shown
    assert Endpoint.objects.get().secret in shown
    assert "signed with the old secret too" in shown


def test_a_call_shows_what_was_sent_and_answered(people, endpoint):
    made = call(
        people,
        endpoint,
        attempts=3,
        status=500,
        ms=41,
        answer="<b>out of order</b>",
        error="status",
        request_headers={"a": "v1,…"},
        history=HISTORY,
    )
    client = browser(people.owner)
    shown = text(client.get(reverse("webhook-delivery", args=[made.pk])))
    assert "&lt;b&gt;out of order&lt;/b&gt;" in shown
    assert "Will be tried again" in shown
    assert "only an answer with a status from 200 to 299" in shown
    assert shown.index("answer 500") < shown.index("no answer")  # the newest first
    assert "did not answer within 10 seconds" in shown
    client.post(reverse("webhook-give-up", args=[made.pk]))
    assert Delivery.objects.get().state == "given_up"
    client.post(reverse("webhook-replay", args=[made.pk]))
    assert (Delivery.objects.get().state, Delivery.objects.get().attempts) == ("waiting", 0)


def test_failed_ones_are_repeated_together(people, endpoint):
    call(people, endpoint, state="given_up")
    client = browser(people.owner)
    assert "Repeat the failed ones" in text(client.get(reverse("webhook", args=[endpoint.pk])))
    assert "1 call is made again." in text(client.post(reverse("webhook-repeat-failed", args=[endpoint.pk]), follow=True))


def test_the_log_is_read_by_state_and_page_after_page(people, endpoint):
    for n in range(33):
        call(people, endpoint, state="done" if n else "given_up")
    client, page = browser(people.owner), reverse("webhook", args=[endpoint.pk])
    links = r"/developers/webhooks/calls/\d+/"
    assert len(re.findall(links, text(client.get(page)))) == 30
    further = re.search(r"after=(\d+)", text(client.get(page)))
    assert len(re.findall(links, text(client.get(page, {"after": further[1]})))) == 3
    assert len(re.findall(links, text(client.get(page, {"state": "given_up"})))) == 1
