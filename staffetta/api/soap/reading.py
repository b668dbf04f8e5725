"""Read a SOAP 1.1 call: hardened parser, then the schema; what does not fit is told by its name. Bytes in, values out; knows no request."""

from typing import Final, NamedTuple

from lxml import etree

from staffetta.api.errors import NotReadable, ParameterMissing, ParameterWrong, TooManyRecipients
from staffetta.api.legacy.several import MESSAGES_MAX
from staffetta.api.soap.description import NAMESPACE, schema

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_MUST: Final = f"{{{ENVELOPE}}}mustUnderstand"
_NEEDED: Final = {"get_credit": ("authlogin", "authpasswd"), "send_sms": ("authlogin", "authpasswd", "sms")}
_NEEDED_IN_SMS: Final = ("body", "destination", "id_api")


class Call(NamedTuple):
    """An operation, its own values by name, and those of its messages."""

    operation: str
    given: dict[str, str]
    messages: list[dict[str, str]]


def call(body: bytes) -> Call:
    """Return the call in an envelope. Raises NotReadable, ParameterMissing, ParameterWrong, TooManyRecipients."""
    found = _operation(_envelope(body))
    name = etree.QName(found)
    if name.namespace != NAMESPACE or name.localname not in _NEEDED:
        raise ParameterWrong(name="method")
    _check(found, _NEEDED[name.localname])
    messages = found.findall(f"{{{NAMESPACE}}}sms")
    if len(messages) > MESSAGES_MAX:
        raise TooManyRecipients(recipients=len(messages), limit=MESSAGES_MAX)
    for message in messages:
        _check(message, _NEEDED_IN_SMS)
    _validate(found)
    return Call(name.localname, _values(found), [_values(message) for message in messages])


def _envelope(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise NotReadable(why="it is no XML.") from None
    if root.getroottree().docinfo.doctype:
        raise NotReadable(why="document types are not read.")
    if etree.QName(root).localname != "Envelope":
        raise NotReadable(why="it is no SOAP envelope.")
    if etree.QName(root).namespace != ENVELOPE:
        raise NotReadable(why="it is no SOAP 1.1.", fault="VersionMismatch")
    return root


def _operation(envelope: etree._Element) -> etree._Element:
    for header in envelope.iterfind(f"{{{ENVELOPE}}}Header/*"):
        if header.get(_MUST) in {"1", "true"}:
            raise NotReadable(why="no header is known here.", fault="MustUnderstand")
    body = envelope.find(f"{{{ENVELOPE}}}Body")
    if body is None or len(body) != 1:
        raise NotReadable(why="its body has not one call.")
    return body[0]


def _check(element: etree._Element, needed: tuple[str, ...]) -> None:
    for name in needed:
        if element.find(f"{{{NAMESPACE}}}{name}") is None:
            raise ParameterMissing(name=name)


def _validate(element: etree._Element) -> None:
    # On a copy: within the envelope its root would be judged.
    held = schema()
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    if not held.validate(alone):
        path = held.error_log[0].path or ""
        raise ParameterWrong(name=_name_at(alone, path))


def _name_at(root: etree._Element, path: str) -> str:
    found = root.xpath(path) if path else []
    return etree.QName(found[0]).localname if found else "request"


def _values(element: etree._Element) -> dict[str, str]:
    return {etree.QName(child).localname: (child.text or "").strip() for child in element if not len(child)}
