"""SOAP: zeep speaks to it by its own description; faults have the numbers of the table; nothing half done."""

import re
from typing import Any

import pytest
import zeep
from lxml import etree
from requests import Response
from zeep.exceptions import Fault
from zeep.transports import Transport

from staffetta.billing import ledger
from staffetta.messaging.models import Batch
from tests.db.oldclient import PASSWORD, OldClient, b64, sent_text

pytestmark = pytest.mark.django_db
ADDRESS = "/soap/BCP"
WHO = {"authlogin": "owner", "authpasswd": PASSWORD}


class InProcess(Transport):
    """Carries zeep's calls to Django's test client."""

    def __init__(self, old: OldClient) -> None:
        super().__init__()
        self._old = old

    def load(self, url: str) -> bytes:
        return self._old.client.get(url.removeprefix("http://testserver")).content

    def post(self, address: str, message: bytes, headers: dict[str, str]) -> Response:
        answered = self._old.client.post(address.removeprefix("http://testserver"), data=message, content_type=headers["Content-Type"])
        response = Response()
        response.status_code, response._content = answered.status_code, answered.content
        response.headers.update(answered.headers)
        return response


@pytest.fixture
def old(people, connector) -> OldClient:
    return OldClient(people)


@pytest.fixture
def service(old) -> Any:
    return zeep.Client(f"http://testserver{ADDRESS}?wsdl", transport=InProcess(old)).service


def sms(**changed: Any) -> dict[str, Any]:
    return {"sender": b64("BRUNI"), "body": b64("Ciao"), "destination": "393331234567", "id_api": 59} | changed


def fault(old: OldClient, body: str | bytes, status: int = 500) -> tuple[str, int, str]:
    """Return code, number and text of the fault that a body is answered with."""
    response = old.client.post(ADDRESS, data=body, content_type="text/xml")
    assert (response.status_code, response.headers["Content-Type"]) == (status, "text/xml; charset=utf-8")
    root = etree.fromstring(response.content)
    assert root.findtext(".//{*}error") == root.findtext(".//faultstring") or root.findtext(".//{*}error/{*}error")
    return root.findtext(".//faultcode"), int(root.findtext(".//{*}error_code")), root.findtext(".//faultstring")


def enveloped(call: str, header: str = "", namespace: str = "http://schemas.xmlsoap.org/soap/envelope/") -> str:
    return f'<s:Envelope xmlns:s="{namespace}" xmlns="urn:staffetta:bcp">{header}<s:Body>{call}</s:Body></s:Envelope>'


def sending(message: str) -> str:
    return enveloped(f"<send_sms><authlogin>owner</authlogin><authpasswd>{PASSWORD}</authpasswd>{message}</send_sms>")


def test_the_description_names_the_host_that_was_asked(old, settings):
    for address in (f"{ADDRESS}?wsdl", f"{ADDRESS}?WSDL", f"{ADDRESS}/?wsdl", ADDRESS):
        wsdl = old.client.get(address, headers={"host": "sms.bruni.example:8080"}).content.decode()
        assert 'location="http://sms.bruni.example:8080/soap/BCP"' in wsdl
    settings.PUBLIC_URL = "https://sms.bruni.example"
    wsdl = old.client.get(ADDRESS, headers={"host": "sms.bruni.example"}).content.decode()
    assert 'location="https://sms.bruni.example/soap/BCP"' in wsdl


def test_it_works(old, service):
    assert str(service.get_credit(**WHO)) == "1000.0000"
    [only] = service.send_sms(**WHO, sms=sms(body=b64("Città"), report_type="F"))
    assert re.fullmatch(r"[0-9]{19}", only.id_sms)
    assert (only.error_code, only.error) == (None, None)
    assert Batch.objects.get().first_id == int(only.id_sms)
    assert sent_text() == "Città"


def test_each_message_is_judged_by_itself(old, service):
    results = service.send_sms(**WHO, sms=[sms(), sms(destination="39"), sms(id_api=60), sms(client_id="x")])
    assert [bool(each.id_sms) for each in results] == [True, False, False, True]
    assert [(each.error_code, each.error) for each in results[1:3]] == [(100, "Invalid destination"), (104, "Invalid id_api")]


def test_it_is_idempotent(old, service):
    assert service.send_sms(**WHO, sms=sms(client_id="x")) == service.send_sms(**WHO, sms=sms(client_id="x"))
    assert Batch.objects.count() == 1


def test_faults_come_with_their_number(old, service):
    with pytest.raises(Fault) as raised:
        service.get_credit(authlogin="owner", authpasswd="wrong")
    assert (raised.value.code, raised.value.message) == ("soap:Client", "Access denied")
    assert raised.value.detail.findtext(".//{urn:staffetta:bcp}error_code") == "3"


_SMS = "<sms><body>Q2lhbw==</body><destination>393331234567</destination><id_api>59</id_api></sms>"


@pytest.mark.parametrize(
    ("body", "code", "number", "text"),
    [
        ("", "Client", 13, "request cannot be read"),
        ("no XML", "Client", 13, "request cannot be read"),
        ("<a/>", "Client", 13, "request cannot be read"),
        (enveloped(""), "Client", 13, "request cannot be read"),
        (enveloped("<get_credit/><get_credit/>"), "Client", 13, "request cannot be read"),
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + enveloped("<get_credit/>"), "Client", 13, "request cannot be read"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd">' + enveloped("<get_credit/>"), "Client", 13, "request cannot be read"),
        (enveloped("<get_credit/>", namespace="http://www.w3.org/2003/05/soap-envelope"), "VersionMismatch", 13, "request cannot be read"),
        (enveloped("<get_credit/>", '<s:Header><x s:mustUnderstand="1"/></s:Header>'), "MustUnderstand", 13, "request cannot be read"),
        (enveloped("<other/>"), "Client", 13, "method invalid parameter type"),
        (enveloped('<get_credit xmlns="urn:other"/>'), "Client", 13, "method invalid parameter type"),
        (enveloped("<get_credit/>"), "Client", 5, "authlogin not specified"),
        (enveloped("<get_credit><authlogin>a</authlogin></get_credit>"), "Client", 5, "authpasswd not specified"),
        (enveloped("<get_credit><authpasswd/><authlogin/></get_credit>"), "Client", 13, "authpasswd invalid parameter type"),
        (enveloped("<get_credit><authlogin/><authpasswd/></get_credit>"), "Client", 5, "authlogin not specified"),
        (sending(""), "Client", 5, "sms not specified"),
        (sending("<sms/>"), "Client", 5, "body not specified"),
        (sending(_SMS.replace("59", "PRO")), "Client", 13, "id_api invalid parameter type"),
        (sending(_SMS.replace("59", "<x>59</x>")), "Client", 13, "id_api invalid parameter type"),
        (sending(_SMS.replace("</sms>", "<other/></sms>")), "Client", 13, "other invalid parameter type"),
        (sending(_SMS), "Client", 5, "sender not specified"),
        (sending(_SMS.replace("Q2lhbw==", "*")), "Client", 102, "body contains invalid characters or is too long"),
        (sending(_SMS * 10_001), "Client", 13, "sms has more messages than a call can carry"),
        ("x" * (8 * 2**20 + 1), "Client", 102, "body contains invalid characters or is too long"),
    ],
)
def test_each_refusal_is_a_fault_and_charges_nothing(old, body, code, number, text):
    assert fault(old, body) == (f"soap:{code}", number, text)
    assert not Batch.objects.exists()
    assert ledger.wallet(old.people.account.pk).balance_e4 == 10_000_000


def test_a_bomb_of_entities_is_not_opened(old):
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    assert fault(old, f'<!DOCTYPE x [<!ENTITY e0 "x">{entities}]>' + sending("&e11;"))[1] == 13


def test_an_internal_error_is_the_servers_fault(old, connector):
    connector.route_set.all().delete()
    code, number, _text = fault(old, sending(_SMS.replace("59", "106")))
    assert (code, number) == ("soap:Server", 32)
