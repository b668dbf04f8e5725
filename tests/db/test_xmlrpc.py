"""XML-RPC: doubles and structs as programs with types expect them, faults with the numbers of the table, nothing half done."""

import xmlrpc.client
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from staffetta.billing import ledger
from staffetta.messaging.accept import TRANSACTIONAL_RECIPIENTS_MAX
from staffetta.messaging.models import BULK, Batch, Message
from tests.db.oldclient import PASSWORD, OldClient, b64, sent_text

pytestmark = pytest.mark.django_db
ADDRESS = "/xmlrpc/BCP/provisioning.py"
WHO = {"authlogin": "owner", "authpasswd": PASSWORD}


@pytest.fixture
def old(people, connector) -> OldClient:
    return OldClient(people)


def posted(old: OldClient, body: bytes | str, address: str = ADDRESS) -> bytes:
    response = old.client.post(address, data=body, content_type="text/xml")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    return response.content


def called(old: OldClient, method: str, *parameters: Any, address: str = ADDRESS) -> Any:
    """Return what a call answers; raises Fault."""
    body = xmlrpc.client.dumps(parameters, method, allow_none=True, encoding="utf-8").encode()
    ((answer,), _method) = xmlrpc.client.loads(posted(old, body, address))
    return answer


def fault(old: OldClient, method: str, *parameters: Any) -> tuple[int, str]:
    with pytest.raises(xmlrpc.client.Fault) as raised:
        called(old, method, *parameters)
    return raised.value.faultCode, raised.value.faultString


def sms(**changed: Any) -> dict[str, Any]:
    return {"sender": b64("BRUNI"), "body": b64("Ciao"), "destination": "393331234567", "id_api": 59} | changed


def unspent(old: OldClient) -> bool:
    return not Batch.objects.exists() and ledger.wallet(old.people.account.pk).balance_e4 == 10_000_000


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}/"])
def test_credit_is_a_double(old, address):
    assert called(old, "get_credit", WHO, address=address) == 1000.0
    assert b"<double>1000.0</double>" in posted(old, xmlrpc.client.dumps((WHO,), "get_credit"))


def test_it_works(old):
    answers = called(old, "send_sms", WHO | {"sms": [sms(report_type="C"), sms(body=b64("Altra città".encode("cp1252")))]})
    assert [list(each) for each in answers] == [["id_sms"], ["id_sms"]]
    ids = [int(each["id_sms"]) for each in answers]
    assert list(Batch.objects.order_by("pk").values_list("first_id", flat=True)) == ids
    assert all(len(each["id_sms"]) == 19 for each in answers)
    assert sent_text() == "Altra città"


def test_each_message_is_judged_by_itself(old):
    given = [sms(), sms(destination="+39333"), sms(id_api=60), "no struct", sms(body=[]), sms(body=None), sms(destination="393331234568")]
    answers = called(old, "send_sms", WHO | {"sms": given})
    assert [bool(each["id_sms"]) for each in answers] == [True, False, False, False, False, False, True]
    assert [(each["error_code"], each["error"]) for each in answers[1:-1]] == [
        (13, "destination invalid parameter type"),
        (104, "Invalid id_api"),
        (13, "sms invalid parameter type"),
        (13, "body invalid parameter type"),
        (5, "body not specified"),
    ]
    assert Batch.objects.count() == 2


def test_ten_thousand_are_a_call(old):
    ledger.credit(old.people.account.pk, 10**9, "grant", "more", "for the test")
    given = [sms(destination=f"39333{n:07d}", body=b64(f"Ciao {n}, " + "testo " * 20)) for n in range(1, 10_001)]
    answers = called(old, "send_sms", WHO | {"sms": given})
    ids = [int(each["id_sms"]) for each in answers]
    assert len(set(ids)) == 10_000
    assert Message.objects.get(pk=ids[-1]).text.startswith("Ciao 10000, ")
    assert Batch.objects.get().lane == BULK


def test_what_is_alike_is_one_batch_and_what_has_a_key_is_by_itself(old):
    alike = [sms(destination=f"39333000{n:04d}") for n in range(TRANSACTIONAL_RECIPIENTS_MAX + 1)]
    others = [sms(client_id="k1"), sms(id_api=84), sms(destination="39333000123x")]
    answers = called(old, "send_sms", WHO | {"sms": [others[0], *alike, *others[1:]]})
    assert [bool(each["id_sms"]) for each in answers] == [True] * 23 + [False]
    assert sorted(Batch.objects.values_list("recipients", flat=True)) == [1, 1, 21]
    assert Message.objects.get(pk=answers[5]["id_sms"]).number == "+393330000004"
    again = called(old, "send_sms", WHO | {"sms": [others[0]]})
    assert again[0] == answers[0]


def test_where_credit_ends_amid_many_the_first_ones_pass(old):
    ledger.hold(old.people.account.pk, 10_000_000 - 25 * 15_000, "other")
    answers = called(old, "send_sms", WHO | {"sms": [sms(destination=f"39333000{n:04d}") for n in range(30)]})
    assert [bool(each["id_sms"]) for each in answers] == [True] * 25 + [False] * 5
    assert {each["error_code"] for each in answers[25:]} == {103}
    assert Batch.objects.get().recipients == 25
    assert ledger.wallet(old.people.account.pk).available_e4 == 0


def test_what_all_share_is_refused_for_each_of_many(old):
    many = [sms(destination=f"39333000{n:04d}", id_api=999) for n in range(30)]
    answers = called(old, "send_sms", WHO | {"sms": [*many, sms()]})
    assert [each.get("error_code") for each in answers] == [104] * 30 + [None]


def test_where_credit_ends_the_first_ones_pass(old):
    ledger.hold(old.people.account.pk, 10_000_000 - 15_000, "other")
    first, second = called(old, "send_sms", WHO | {"sms": [sms(), sms()]})
    assert (bool(first["id_sms"]), second["error_code"], second["error"]) == (True, 103, "Not enough credit")


def test_numbers_may_be_strings_and_strings_numbers(old):
    called(old, "send_sms", WHO | {"sms": [sms(id_api="59")]})
    body = xmlrpc.client.dumps((WHO | {"sms": [sms(destination="WHERE")]},), "send_sms")
    assert b"id_sms" in posted(old, body.replace("<string>WHERE</string>", "<i8>393331234567</i8>"))
    assert Batch.objects.count() == 2


def test_it_is_idempotent(old):
    given = WHO | {"sms": [sms(client_id="a"), sms(client_id="a"), sms(client_id="b")]}
    first, second = called(old, "send_sms", given), called(old, "send_sms", given)
    assert first == second
    assert first[0] == first[1] != first[2]
    assert Batch.objects.count() == 2


@pytest.mark.parametrize(
    ("method", "parameters", "number", "text"),
    [
        ("get_credit", [{"authlogin": "owner", "authpasswd": "wrong"}], 3, "Access denied"),
        ("get_credit", [{"authlogin": "owner"}], 5, "authpasswd not specified"),
        ("get_credit", [{"authpasswd": "x"}], 5, "authlogin not specified"),
        ("get_credit", [{"authlogin": "owner", "authpasswd": []}], 13, "authpasswd invalid parameter type"),
        ("get_credit", [{"authlogin": "owner", "authpasswd": True}], 13, "authpasswd invalid parameter type"),
        ("get_credit", [{"authlogin": "owner", "authpasswd": 1.5}], 13, "authpasswd invalid parameter type"),
        ("get_credit", [], 13, "request invalid parameter type"),
        ("get_credit", [WHO, WHO], 13, "request invalid parameter type"),
        ("get_credit", ["owner", PASSWORD], 13, "request invalid parameter type"),
        ("get_credit", ["owner"], 13, "request invalid parameter type"),
        ("system.multicall", [], 13, "method invalid parameter type"),
        ("send_sms", [WHO], 5, "sms not specified"),
        ("send_sms", [WHO | {"sms": []}], 5, "sms not specified"),
        ("send_sms", [WHO | {"sms": sms()}], 13, "sms invalid parameter type"),
        ("send_sms", [WHO | {"sms": [sms(destination="39")]}], 100, "Invalid destination"),
        ("send_sms", [WHO | {"sms": [sms(id_api=60), sms(body="*")]}], 104, "Invalid id_api"),
        ("send_sms", [WHO | {"sms": [sms(body="*"), sms(id_api=60)]}], 102, "body contains invalid characters or is too long"),
        ("send_sms", [WHO | {"sms": [sms()] * 10_001}], 13, "sms has more messages than a call can carry"),
    ],
)
def test_each_refusal_is_a_fault_and_charges_nothing(old, method, parameters, number, text):
    assert fault(old, method, *parameters) == (number, text)
    assert unspent(old)


_BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_CALL = "<methodCall><methodName>get_credit</methodName><params>%s</params></methodCall>"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no XML",
        "<methodCall>",
        "<methodCall/>",
        "<html><body/></html>",
        _BOMB + _CALL % "<param><value>&b;</value></param>",
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">' + _CALL % "",
        _CALL % "<param><value><int>x</int></value></param>",
        _CALL % "<param><value><int></int></value></param>",
        _CALL % "<param><value><boolean>2</boolean></value></param>",
        _CALL % "<param><value><dateTime.iso8601>x</dateTime.iso8601></value></param>",
        _CALL % "<param><value><base64>x</base64></value></param>",
        _CALL % "<param><value><struct><member><value>1</value></member></struct></value></param>",
        _CALL % "<fault/>",
        _CALL % "<param><value><unknown>1</unknown></value></param>",
        '<?xml version="1.0" encoding="no-such"?>' + _CALL % "",
        _CALL % ("<param><value><int>" + "9" * 5_000 + "</int></value></param>"),
        b"\xff\xfe\x00",
        b"\x1f\x8b\x08\x00",
    ],
)
def test_what_is_no_call_is_a_fault(old, body):
    with pytest.raises(xmlrpc.client.Fault) as raised:
        xmlrpc.client.loads(posted(old, body))
    assert raised.value.faultCode == 13
    assert raised.value.faultString in {"request cannot be read", "request invalid parameter type"}


def test_lists_within_lists_do_no_harm(old):
    deep = 50_000
    body = _CALL % f"<param><value>{'<array><data><value>' * deep}{'</value></data></array>' * deep}</value></param>"
    with pytest.raises(xmlrpc.client.Fault) as raised:
        xmlrpc.client.loads(posted(old, body))
    assert raised.value.faultCode == 13


def test_a_call_beyond_the_limit(old):
    with pytest.raises(xmlrpc.client.Fault) as raised:
        xmlrpc.client.loads(posted(old, _CALL % ("<!--" + "x" * (8 * 2**20) + "-->")))
    assert raised.value.faultCode == 102
    assert unspent(old)


def test_what_is_not_posted_is_a_fault(old):
    response = old.client.get(ADDRESS)
    with pytest.raises(xmlrpc.client.Fault) as raised:
        xmlrpc.client.loads(response.content)
    assert (raised.value.faultCode, raised.value.faultString) == (13, "method must be POST")


def test_tools_are_told_the_methods(old):
    names = called(old, "system.listMethods")
    assert names == ["get_credit", "send_sms", "system.listMethods", "system.methodHelp"]
    assert all(called(old, "system.methodHelp", name).startswith(name) for name in names)
    assert fault(old, "system.methodHelp", "nix")[0] == fault(old, "system.listMethods", 1)[0] == 13


def test_bytes_and_times_are_taken_as_their_own_types(old):
    at = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0, tzinfo=None)
    given = sms(sender=b"BRUNI", body=xmlrpc.client.Binary(b"Ciao"), deliver_timestamp=at)
    (answer,) = called(old, "send_sms", WHO | {"sms": [given]})
    batch = Batch.objects.get(first_id=int(answer["id_sms"]))
    assert (batch.sender, batch.text) == ("BRUNI", "Ciao")
    assert batch.send_at == at.replace(tzinfo=ZoneInfo("Europe/Rome"))
