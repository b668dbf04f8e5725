"""The old HTTP interface: every shape of a call, every line of its table byte for byte, nothing charged where it refuses."""

import re
from urllib.parse import urlencode

import pytest
from django.db import connection

from staffetta.accounts.models import Account
from staffetta.api import guessing
from staffetta.billing import ledger
from staffetta.contacts.models import OptOut
from staffetta.lib import clock
from staffetta.messaging.models import Batch, Message
from tests.db.oldclient import FORM, INFORMATIVO, MULTIPART, PASSWORD, PRO, WITH_RECEIPT, OldClient, b64, multipart, sent_text
from tests.people import sms_type

pytestmark = pytest.mark.django_db
QUEUED = re.compile(r"\+01 SMS Queued - ID: [0-9]{19}")


@pytest.fixture
def old(people, connector) -> OldClient:
    return OldClient(people)


def ways(old: OldClient, given: dict[str, str]) -> dict[str, str]:
    """Return what each shape of one call answers."""
    encoded = urlencode(given)
    return {
        "get": old.answer(f"/http/send_sms?{encoded}"),
        "slash": old.answer(f"/http/send_sms/?{encoded}"),
        "query": old.answer(f"/http/send_sms?{encoded}", "post", data=b"", content_type=FORM),
        "form": old.answer("/http/send_sms", "post", data=encoded, content_type=FORM),
        "untyped": old.answer("/http/send_sms/", "post", data=encoded, content_type="text/plain"),
        "multipart": old.answer("/http/send_sms", "post", data=multipart(given), content_type=MULTIPART),
    }


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Costa 5€", "Q29zdGEgNYA="),
        ("Costa 5€", "Q29zdGEgNeKCrA=="),
        ("Costa 5€", "Q29zdGEgNRtl"),
        ("Perché no? @_5$", "UGVyY2jpIG5vPyBAXzUk"),
        ("Perché no? @_5$", "UGVyY2jDqSBubz8gQF81JA=="),
        ("Perche no? @_5$", "UGVyY2hlIG5vPyAAETUC"),
    ],
)
def test_it_works(old, text, body):
    for way, answer in ways(old, old.given(body=body, unknown="1", report_type="C")).items():
        assert QUEUED.fullmatch(answer), way
        assert sent_text() == text, way
    batch = Batch.objects.latest("pk")
    assert (batch.sender, batch.numbers, batch.first_id) == ("BRUNI", ["+393331234567"], int(answer[-19:]))
    assert Message.objects.count() == 6
    assert ledger.wallet(old.people.account.pk).balance_e4 == 10_000_000 - 6 * 15_000


def test_credit(old):
    given = {"authlogin": "owner", "authpasswd": PASSWORD, "report_type": "F"}
    for address in ("/http/get_credit", "/http/get_credit/"):
        assert old.answer(f"{address}?{urlencode(given)}") == "1000.0000"
        assert old.answer(address, "post", data=urlencode(given), content_type=FORM) == "1000.0000"
    ledger.hold(old.people.account.pk, 9_400_001, "half")
    assert old.answer(f"/http/get_credit?{urlencode(given)}") == "59.9999"
    assert old.answer("/http/get_credit?authlogin=owner") == "-5-authpasswd not specified"
    assert old.answer("/http/get_credit?authlogin=owner&authpasswd=other") == "-3-Access denied"


@pytest.mark.parametrize("host", ["sms_gateway:8000", "sms.elsewhere.example", "a b"])
def test_no_host_and_no_language_change_the_answer(old, settings, host):
    settings.ALLOWED_HOSTS = ["sms.bruni.example"]
    query = urlencode({"authlogin": "owner", "authpasswd": "wrong"})
    response = old.client.get(f"/http/get_credit?{query}", headers={"host": host, "accept-language": "it"})
    assert (response.status_code, response.content) == (200, b"-3-Access denied")


def test_who_guesses_is_refused_for_a_while_and_nobody_else(old):
    assert {old.send(authpasswd=f"guess-{n}") for n in range(guessing.BY_ADDRESS_MAX)} == {"-3-Access denied"}
    assert old.send() == "-3-Access denied"
    assert QUEUED.fullmatch(OldClient(old.people).send())


def test_other_addresses_beside_are_pages(old):
    assert old.client.get("/http/other").status_code == 404


@pytest.mark.parametrize(
    "path", ["/http", "/http/", "/http/other", "/http/send_sms.php", "/xmlrpc/", "/xmlrpc/BCP", "/soap/", "/soap/BCP/x"]
)
def test_an_unknown_address_answers_one_line_that_repeats_nothing(old, path):
    for answer in (old.client.get(path, {"authpasswd": "segreta-1"}), old.client.post(path, {"authpasswd": "segreta-1"})):
        assert (answer.status_code, answer.content, answer["Content-Type"]) == (404, b"-13-address unknown", "text/plain")


def test_the_portal_does_not_repeat_the_query_of_an_unknown_address(old):
    page = old.client.get("/nothing/here", {"authpasswd": "segreta-1"})
    assert page.status_code == 404
    assert b"segreta-1" not in page.content
    assert b"segreta-1" not in old.client.get("/contact/", {"page": "/nothing?authpasswd=segreta-1"}).content


def test_the_login_may_have_its_realm(old):
    assert QUEUED.fullmatch(old.send(authlogin="owner@staffetta.example"))
    assert old.send(authlogin="owner@elsewhere.example") == "-3-Access denied"


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"authpasswd": "wrong"}, "-3-Access denied"),
        ({"authlogin": "nobody"}, "-3-Access denied"),
        ({"authlogin": "nul\0"}, "-3-Access denied"),
        ({"authlogin": None}, "-5-authlogin not specified"),
        ({"authlogin": ""}, "-5-authlogin not specified"),
        ({"authpasswd": None}, "-5-authpasswd not specified"),
        ({"body": None}, "-5-body not specified"),
        ({"body": ""}, "-5-body not specified"),
        ({"destination": None}, "-5-destination not specified"),
        ({"id_api": None}, "-5-id_api not specified"),
        ({"sender": None}, "-5-sender not specified"),
        ({"sender": ""}, "-5-sender not specified"),
        ({"body": None, "authpasswd": "wrong"}, "-3-Access denied"),
        ({"destination": "+393331234567"}, "-13-destination invalid parameter type"),
        ({"destination": "393331234567,393331234568"}, "-13-destination invalid parameter type"),
        ({"destination": "٣٩٣٣٣١٢٣٤٥٦٧"}, "-13-destination invalid parameter type"),
        ({"id_api": "PRO"}, "-13-id_api invalid parameter type"),
        ({"id_api": "59.0"}, "-13-id_api invalid parameter type"),
        ({"deliver_timestamp": "domani"}, "-13-deliver_timestamp invalid parameter type"),
        ({"deliver_timestamp": "2020-01-01 10:00:00"}, "-13-deliver_timestamp has passed"),
        ({"deliver_timestamp": "2900-01-01 10:00:00"}, "-13-deliver_timestamp is more than a year ahead"),
        ({"client_id": "a" * 101}, "-13-client_id invalid parameter type"),
        ({"client_id": "a\0b"}, "-13-client_id invalid parameter type"),
        ({"destination": "39"}, "-100-Invalid destination"),
        ({"destination": "00393331234567"}, "-100-Invalid destination"),
        ({"destination": "3331234567"}, "-100-Invalid destination"),
        ({"destination": "39061234567"}, "-100-Invalid destination"),
        ({"destination": "9" * 4000}, "-100-Invalid destination"),
        ({"destination": "8613800138000"}, "-101-Destination not allowed"),
        ({"body": "Q29z*"}, "-102-body contains invalid characters or is too long"),
        ({"body": "Q29zd"}, "-102-body contains invalid characters or is too long"),
        ({"body": b64(" \n")}, "-102-body contains invalid characters or is too long"),
        ({"body": b64(b"\x01\xe9")}, "-102-body contains invalid characters or is too long"),
        ({"body": b64(b"\x81")}, "-102-body contains invalid characters or is too long"),
        ({"body": b64("a" * 700)}, "-102-body contains invalid characters or is too long"),
        ({"id_api": "60"}, "-104-Invalid id_api"),
        ({"id_api": "-1"}, "-104-Invalid id_api"),
        ({"id_api": "9" * 5000}, "-104-Invalid id_api"),
        ({"sender": b64("DODICILETTER")}, "-105-sender contains invalid characters or is too long"),
        ({"sender": b64("+" + "1" * 21)}, "-105-sender contains invalid characters or is too long"),
        ({"sender": "BRUNI!"}, "-105-sender contains invalid characters or is too long"),
    ],
)
def test_each_refusal_has_its_line_and_charges_nothing(old, changed, line):
    given = old.given(**changed)
    assert set(ways(old, given).values()) == {line}
    assert not Batch.objects.exists()
    assert ledger.wallet(old.people.account.pk).balance_e4 == 10_000_000


def test_who_opted_out(old):
    OptOut.objects.create(number="+393331234567", account=old.people.account)
    assert old.send() == "-101-Destination not allowed"


def test_no_credit(old):
    ledger.hold(old.people.account.pk, 10_000_000 - 14_999, "other")
    assert old.send() == "-103-Not enough credit"
    assert QUEUED.fullmatch(old.send(id_api=INFORMATIVO))


def test_a_closed_account(old):
    Account.objects.filter(pk=old.people.account.pk).update(closed_at=clock.now())
    assert old.send() == "-3-Access denied"


def test_no_carrier(old, connector):
    connector.route_set.all().delete()
    assert old.send() == "-32-No carrier for this destination at the moment, try again later"


def test_an_internal_error_is_told_logged_and_charges_nothing(old, caplog):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE messaging_chunk RENAME TO messaging_elsewhere")
    assert set(ways(old, old.given()).values()) == {"-32-Internal error"}
    assert 'relation "messaging_chunk" does not exist' in caplog.text
    assert not Batch.objects.exists()
    assert ledger.wallet(old.people.account.pk).balance_e4 == 10_000_000


@pytest.mark.parametrize("sender", [None, "", "not base64!", b64("BRUNI"), b64("MOLTO TROPPO LUNGO")])
def test_a_fixed_sender_stands_whatever_is_given(old, sender):
    assert QUEUED.fullmatch(old.send(id_api=INFORMATIVO, sender=sender))
    assert Batch.objects.latest("pk").sender == sms_type("INFORMATIVO").fixed_sender


@pytest.mark.parametrize("sender", ["+393331234567", "BRUNI 2026", "12345", "  BRUNI\n"])
def test_free_senders(old, sender):
    assert QUEUED.fullmatch(old.send(sender=b64(sender)))
    assert Batch.objects.latest("pk").sender == sender.strip()


def test_a_receipt_comes_where_the_type_has_one(old):
    for kind, receipts in ((PRO, False), (WITH_RECEIPT, True)):
        old.send(id_api=kind, report_type="F")
        assert Batch.objects.latest("pk").receipts is receipts


def test_the_password_and_base64_may_have_a_plus_that_is_not_escaped(old):
    body = b64(">>>>~~~ x")
    assert "+" in body
    query = f"authlogin=owner&authpasswd={PASSWORD}&sender=QlJVTkk=&body={body}&destination=393331234567&id_api=59"
    assert QUEUED.fullmatch(old.answer(f"/http/send_sms?{query}"))
    assert sent_text() == ">>>>~~~ x"
    assert QUEUED.fullmatch(old.answer("/http/send_sms", "post", data=query, content_type=FORM))
    assert sent_text() == ">>>>~~~ x"


@pytest.mark.parametrize("key", ["ordine-7", "a b"])
def test_it_is_idempotent(old, key):
    first, second = old.send(client_id=key), old.send(client_id=key)
    assert first == second
    assert QUEUED.fullmatch(first)
    assert old.send(client_id=key, body=b64("Altro")) == "-13-client_id was used before for another message"
    assert old.send(client_id=key, destination="393331234568").startswith("-13-client_id")
    assert ledger.wallet(old.people.account.pk).balance_e4 == 10_000_000 - 15_000


def test_a_later_time_is_in_the_accounts_zone(old):
    Account.objects.filter(pk=old.people.account.pk).update(time_zone="America/New_York")
    at = clock.now().replace(microsecond=0, hour=12).astimezone().replace(tzinfo=None)
    day = f"{at.year + 1}-01-15" if at.month > 1 else f"{at.year}-12-15"
    assert QUEUED.fullmatch(old.send(deliver_timestamp=f"{day} 18:00:00"))
    assert Batch.objects.latest("pk").send_at.isoformat() == f"{day}T23:00:00+00:00"


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods(old, method):
    assert old.answer("/http/send_sms?" + urlencode(old.given()), method) == "-13-method must be GET or POST"


def test_head_sends_nothing(old):
    response = old.client.head("/http/send_sms?" + urlencode(old.given()))
    assert (response.status_code, response.content) == (200, b"")
    assert not Batch.objects.exists()


@pytest.mark.parametrize("size", [2**20, 6 * 2**20])
def test_a_body_beyond_the_limit(old, size):
    data = multipart(old.given(padding="x" * size))
    answer = old.answer("/http/send_sms", "post", data=data, content_type=MULTIPART)
    assert answer == "-102-body contains invalid characters or is too long"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"x", "multipart/form-data"),
        (b"x", "multipart/form-data; boundary=\xe9"),
        (multipart({f"p{n}": "" for n in range(1_100)}), MULTIPART),
        (b"&".join(b"p%d=1" % n for n in range(300)), FORM),
    ],
)
def test_a_body_that_cannot_be_read(old, data, content_type):
    assert old.answer("/http/send_sms", "post", data=data, content_type=content_type) == "-13-request cannot be read"


def test_a_multipart_body_that_is_cut_has_what_came(old):
    data = multipart(old.given())
    cut = data[: data.index(b'name="destination"')]
    assert old.answer("/http/send_sms", "post", data=cut, content_type=MULTIPART) == "-5-destination not specified"


def test_the_last_value_counts_and_the_body_above_the_query(old):
    query = urlencode(old.given(body=b64("primo")) | {"x": "1"}) + "&body=" + b64("secondo")
    assert QUEUED.fullmatch(old.answer(f"/http/send_sms?{query}"))
    assert sent_text() == "secondo"
    assert QUEUED.fullmatch(old.answer(f"/http/send_sms?{query}", "post", data=f"body={b64('terzo')}", content_type=FORM))
    assert sent_text() == "terzo"


def test_it_hides_other_accounts(old):
    old.send(client_id="mine")
    assert set(Batch.objects.values_list("account_id", flat=True)) == {old.people.account.pk}
    assert old.send(authlogin="stranger") == "-3-Access denied"
