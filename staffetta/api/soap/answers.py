"""What SOAP answers: envelopes of results and of faults. Pure."""

from collections.abc import Sequence
from typing import Final

from lxml import etree

from staffetta.api.legacy import answers
from staffetta.api.operations import Sent
from staffetta.api.soap.description import NAMESPACE
from staffetta.api.soap.reading import ENVELOPE
from staffetta.lib.errors import Refused

_INTERNAL: Final = 32


def credit(available_e4: int) -> bytes:
    """Return the answer of get_credit."""
    answer = _element("get_creditResponse")
    _put(answer, "credit", answers.credit(available_e4))
    return _enveloped(answer)


def sent(results: Sequence[Sent | Refused]) -> bytes:
    """Return the answer of send_sms."""
    answer = _element("send_smsResponse")
    for result in results:
        told = etree.SubElement(answer, f"{{{NAMESPACE}}}result")
        if isinstance(result, Refused):
            number, text = answers.told(result)
            _put(told, "id_sms", "")
            _put(told, "error_code", str(number))
            _put(told, "error", text)
        else:
            _put(told, "id_sms", str(result.message_id))
    return _enveloped(answer)


def fault(refusal: Refused) -> bytes:
    """Return a fault, with the number of the old interfaces in its detail."""
    number, text = answers.told(refusal)
    element = etree.Element(f"{{{ENVELOPE}}}Fault", nsmap={"soap": ENVELOPE})
    etree.SubElement(element, "faultcode").text = f"soap:{_fault_code(refusal, number)}"
    etree.SubElement(element, "faultstring").text = text
    detail = etree.SubElement(element, "detail")
    error = etree.SubElement(detail, f"{{{NAMESPACE}}}error", nsmap={"bcp": NAMESPACE})
    _put(error, "error_code", str(number))
    _put(error, "error", text)
    return _enveloped(element)


def _fault_code(refusal: Refused, number: int) -> str:
    otherwise = "Server" if number == _INTERNAL else "Client"
    return str(refusal.values.get("fault", otherwise))


def _element(name: str) -> etree._Element:
    return etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={"bcp": NAMESPACE})


def _put(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = text


def _enveloped(element: etree._Element) -> bytes:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soap": ENVELOPE})
    etree.SubElement(envelope, f"{{{ENVELOPE}}}Body").append(element)
    written: bytes = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
    return written
