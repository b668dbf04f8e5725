"""The description of the SOAP service (WSDL), and the schema within it that calls are held against. Knows no request."""

from pathlib import Path
from typing import Final

from lxml import etree

NAMESPACE: Final = "urn:staffetta:bcp"
_WSDL: Final = (Path(__file__).parent / "templates" / "bcp.wsdl").read_bytes()
_SOAP_ADDRESS: Final = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
# Written out by itself it takes the prefixes along that stand around it.
_SCHEMA: Final = etree.tostring(next(etree.fromstring(_WSDL).iter("{http://www.w3.org/2001/XMLSchema}schema")))


def wsdl(address: str) -> bytes:
    """Return the description of the service at this address."""
    root = etree.fromstring(_WSDL)
    next(root.iter(_SOAP_ADDRESS)).set("location", address)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def schema() -> etree.XMLSchema:
    """Return the schema of calls and answers. Not to be shared between threads: it keeps its last errors."""
    return etree.XMLSchema(etree.fromstring(_SCHEMA))
