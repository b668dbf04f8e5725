"""Lookups in the back office: the rules, who is asked, what stands still; secrets are written and never shown."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from staffetta.accounts.models import AuditLine
from staffetta.billing.models import Hold
from staffetta.lib import clock
from staffetta.lookup import rules
from staffetta.lookup.models import LookupBatch, LookupResult, Provider
from tests.db.lookups import listed, number, work_all
from tests.db.office import office
from tests.db.portal import browser, text

pytestmark = pytest.mark.django_db
RULES, PROVIDERS, LOOKUPS = "/office/lookups/rules/", "/office/lookup/provider/", "/office/lookup/lookupbatch/"
ERASE = "/office/lookups/erase/"
GIVEN = {
    "price_e4": "0,75", "fresh_days": "14", "reuse_free": "on", "account_hour_max": "1000", "account_day_max": "5000", "number_day_max": "3",
}  # fmt: skip
HTTP = {
    "name": "hlr", "kind": "http", "active": "on", "priority": "1", "in_flight_max": "50", "rate": "20", "timeout_ms": "5000",
    "attempts_max": "4", "method": "GET", "url": "https://hlr.example/{number}", "headers": "Authorization = Bearer {secret:token}",
    "body": "", "number": "digits", "answer": "json", "fields_": "operator = net\nreach = st", "pattern": "",
    "reach": "on = reachable\noff = absent", "ported": "1 = true\n0 = false", "codes": "", "statuses": "", "secrets": "token = geheim=123",
    "try_number": "",
}  # fmt: skip


def test_the_rules_are_kept_and_written_down():
    page = office("owner").post(RULES, GIVEN)
    assert (page.status_code, page.headers["Location"]) == (302, RULES)
    now = rules.current()
    assert (now.price_e4, now.fresh_days, now.reuse_free, now.account_hour_max, now.number_day_max) == (7_500, 14, True, 1_000, 3)
    line = AuditLine.objects.get(target="settings of lookups")
    assert (line.before["price_e4"], line.after["price_e4"], line.user.username) == (5_000, 7_500, "gestore")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("price_e4", "x", "is not a number of credits"),
        ("price_e4", "101", "between 0 and 100"),
        ("account_day_max", "10", "is below that of an hour"),
    ],
)
def test_wrong_rules_are_refused_with_what_was_typed(name, value, sentence):
    page = office("owner").post(RULES, GIVEN | {name: value})
    assert page.status_code == 400
    assert sentence in text(page)
    assert f'value="{value}"' in text(page)
    assert rules.current().price_e4 == 5_000


@pytest.mark.parametrize("address", [RULES, PROVIDERS, f"{PROVIDERS}add/", LOOKUPS, ERASE])
def test_it_requires_login_and_the_owner(address):
    assert office("accounts").get(address).status_code in {302, 403}
    assert office("owner").get(address).status_code == 200


def test_a_provider_is_described_and_its_secret_is_never_shown_again():
    client = office("owner")
    assert client.post(f"{PROVIDERS}add/", HTTP).status_code == 302
    row = Provider.objects.get()
    assert row.secrets == {"token": "geheim=123"}
    assert row.options["fields"] == {"operator": "net", "reach": "st"}
    assert row.options["ported"] == {"1": True, "0": False}
    here = f"{PROVIDERS}{row.pk}/change/"
    page = text(client.get(here))
    assert "Kept: token." in page
    assert "geheim" not in page
    assert client.post(here, HTTP | {"secrets": "", "rate": "5"}).status_code == 302
    row.refresh_from_db()
    assert (row.secrets, row.rate) == ({"token": "geheim=123"}, 5)
    assert "geheim" not in json.dumps([[line.before, line.after] for line in AuditLine.objects.all()])
    assert client.post(here, HTTP | {"secrets": "token =", "headers": ""}).status_code == 302
    row.refresh_from_db()
    assert row.secrets == {}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("url", "hlr.example", "cannot be called"),
        ("url", "https://hlr.example/", "has {number}"),
        ("fields_", "net", "Each line must be NAME = VALUE"),
        ("fields_", "mcc = a", "Neither “operator” nor “reach”"),
        ("reach", "on = there", "is unknown"),
        ("secrets", "geheim", "Each line must be NAME = VALUE"),
        ("timeout_ms", "0", "is too low"),
        ("headers", "Authorization = {secret:other}", "which is not there"),
    ],
)
def test_a_wrong_description_says_what_to_do_and_keeps_what_was_typed(name, value, sentence):
    page = office("owner").post(f"{PROVIDERS}add/", HTTP | {name: value})
    assert page.status_code == 400
    assert sentence in text(page).replace("&quot;", '"')
    assert 'value="hlr"' in text(page)
    assert not Provider.objects.exists()


def test_a_name_that_is_taken_is_refused():
    client = office("owner")
    client.post(f"{PROVIDERS}add/", HTTP)
    page = client.post(f"{PROVIDERS}add/", HTTP)
    assert page.status_code == 400
    assert "already" in text(page)


class Handler(BaseHTTPRequestHandler):
    """A provider that repeats the secret it was given."""

    def do_GET(self) -> None:
        body = json.dumps({"net": "Iliad", "st": "on", "you": self.headers["Authorization"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_description_is_tried_out_and_not_saved(address):
    given = HTTP | {"url": address + "/{number}", "try_number": "333 1234567", "try": "1"}
    page = office("owner").post(f"{PROVIDERS}add/", given)
    assert page.status_code == 200
    shown = text(page)
    assert "+393331234567" in shown
    assert "Iliad" in shown
    assert "reachable" in shown
    assert "Bearer •••" in shown
    assert not Provider.objects.exists()


def test_one_that_cannot_be_reached_says_so():
    page = office("owner").post(f"{PROVIDERS}add/", HTTP | {"url": "http://127.0.0.1:1/{number}", "try_number": "3331234567", "try": "1"})
    assert "not_connected" in text(page)
    page = office("owner").post(f"{PROVIDERS}add/", HTTP | {"try_number": "06 698", "try": "1"})
    assert page.status_code == 400


def test_the_simulator_is_described_by_its_times():
    given = HTTP | {"kind": "simulator", "answer_ms": "1", "slow_ms": "2000", "late_ms": "3000", "secrets": ""}
    assert office("owner").post(f"{PROVIDERS}add/", given).status_code == 302
    assert Provider.objects.get().options == {"answer_ms": 1}


def test_lookups_that_stand_still_are_found(people):
    still, ended = listed(people, 2), work_all(listed(people, 1, key="b", first=9))
    fresh = listed(people, 1, key="c", first=20)
    LookupBatch.objects.filter(pk__in=[still.pk, ended.pk]).update(created_at=clock.now() - timedelta(hours=1))
    client = office("owner")
    page = text(client.get(f"{LOOKUPS}?progress=stuck"))
    assert f"/{still.pk}/change/" in page
    assert f"/{fresh.pk}/change/" not in page
    assert f"/{ended.pk}/change/" not in page
    assert "stands still at 0 %" in page
    assert f"/{fresh.pk}/change/" in text(client.get(f"{LOOKUPS}?progress=moving"))
    assert client.get(f"{LOOKUPS}{still.pk}/change/").status_code == 200
    still.refresh_from_db()
    LookupBatch.objects.filter(pk=still.pk).update(state="paused")
    assert f"/{still.pk}/change/" not in text(client.get(f"{LOOKUPS}?progress=stuck"))


def test_a_number_is_erased_from_all_lookups_and_the_log_does_not_keep_it(people):
    batch = work_all(listed(people, 2))
    client = office("owner")
    wrong = client.post(ERASE, {"number": "06 698"})
    assert wrong.status_code == 400
    assert 'value="06 698"' in text(wrong)
    assert client.post(ERASE, {"number": number(1).removeprefix("+39")}).headers["Location"] == ERASE
    assert "erased from 1 lookup." in text(client.get(ERASE))
    assert set(LookupResult.objects.filter(batch=batch).values_list("number", flat=True)) == {number(2)}
    line = AuditLine.objects.get(action="erase lookups")
    assert (line.target, line.after, line.user.username) == ("number …001", {"lookups": 1}, "gestore")
    assert not office("accounts").post(ERASE, {"number": number(2)}).headers["Location"].endswith(ERASE)
    assert LookupResult.objects.filter(batch=batch).exists()


def test_no_trace_of_a_number_asked_for_on_the_page_stays(people):
    client = browser(people.owner)
    client.post("/lookups/", {"number": number(7), "choice": "anew", "once": "a" * 32, "confirmed_e4": "5000"})
    batch = work_all(LookupBatch.objects.get())
    office("owner").post(ERASE, {"number": number(7)})
    row = LookupBatch.objects.values().get(pk=batch.pk)
    assert number(7)[1:] not in str(row)
    assert number(7)[1:] not in str(list(Hold.objects.values()))


def test_the_list_says_how_many_numbers_a_lookup_has_and_names_none(people):
    batch = work_all(listed(people, 7))
    for address in (LOOKUPS, f"{LOOKUPS}{batch.pk}/change/"):
        page = text(office("owner").get(address))
        assert number(1) not in page
        assert re.search(r">\s*7\s*<", page)
