"""Read what the exchange system (SDI) answers: the six kinds of notification, of public bodies and of others. Pure: knows no invoice.

Namespaces and versions are passed over: 1.0 and 2.0 name the same elements. A signed file (.p7m) is read where its content lies in one piece.
"""

import re
from dataclasses import dataclass, field

from lxml import etree

from staffetta.billing.invoices.errors import AnswerUnreadable

BYTES_MAX = 5_000_000
KINDS = {
    "RicevutaConsegna": "RC",
    "NotificaScarto": "NS",
    "RicevutaScarto": "NS",
    "NotificaMancataConsegna": "MC",
    "RicevutaImpossibilitaRecapito": "MC",
    "NotificaEsito": "NE",
    "NotificaDecorrenzaTermini": "DT",
    "AttestazioneTrasmissioneFattura": "AT",
}


@dataclass(frozen=True)
class Answer:
    """One notification: about which file, and what it says as (code, text), an error or outcome each."""

    kind: str
    file_name: str
    identifier: str = ""
    told: list[dict[str, str]] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """Return the receiver's outcome (EC01, EC02) of an NE; blank where it is none."""
        return self.told[0]["code"] if self.kind == "NE" and self.told else ""


def read(name: str, content: bytes) -> Answer:
    """Return what a file says. Raises AnswerUnreadable."""
    root = _root(name, content)
    kind = KINDS.get(etree.QName(root).localname)
    if kind is None:
        raise AnswerUnreadable(name=name, why=f"<{etree.QName(root).localname}>")
    file_name, identifier = _text(root, "NomeFile"), _text(root, "IdentificativoSdI")
    if not file_name:
        raise AnswerUnreadable(name=name, why="NomeFile?")
    told = _told(root, kind)
    if kind == "NE" and (not told or told[0]["code"] not in {"EC01", "EC02"}):
        raise AnswerUnreadable(name=name, why="Esito?")
    return Answer(kind, without_signature(file_name), identifier[:40], told)


def without_signature(file_name: str) -> str:
    """Return the name of the file that was signed: SDI names the one it got."""
    return re.sub(r"(\.p7m)+$", "", file_name.strip(), flags=re.IGNORECASE)


def _root(name: str, content: bytes) -> etree._Element:
    if len(content) > BYTES_MAX:
        raise AnswerUnreadable(name=name, why=f"{len(content):,} > {BYTES_MAX:,} byte")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(_unsigned(name, content), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise AnswerUnreadable(name=name, why=f"XML: {str(error)[:80]}") from None
    if root.getroottree().docinfo.doctype:
        raise AnswerUnreadable(name=name, why="DOCTYPE")
    return root


def _unsigned(name: str, content: bytes) -> bytes:
    if not name.lower().endswith(".p7m") and not content.startswith(b"\x30"):
        return content
    start, end = content.find(b"<?xml"), content.rfind(b">")
    if start < 0:
        raise AnswerUnreadable(name=name, why=".p7m")
    # The certificates after the content may hold a ">" too: the last closing tag of the first one's name ends the document.
    opened = re.search(rb"<((?:[\w.-]+:)?[A-Za-z]\w*)[\s>]", content[start + 5 :])
    closing = content.rfind(b"</" + opened[1] + b">") if opened else -1
    if opened and closing >= 0:
        end = closing + len(opened[1]) + 2
    return content[start : end + 1]


def _told(root: etree._Element, kind: str) -> list[dict[str, str]]:
    if kind == "NS":
        return [
            {"code": _text(each, "Codice"), "text": " ".join(filter(None, (_text(each, "Descrizione"), _text(each, "Suggerimento"))))}
            for each in root.iter("{*}Errore", "Errore")
        ]
    if kind == "NE":
        return [{"code": _text(root, "Esito"), "text": next(reversed(_texts(root, "Descrizione")), "")}]
    said = next(reversed(_texts(root, "Descrizione")), "") if kind in {"MC", "DT"} else _text(root, "Note")
    return [{"code": "", "text": said}] if said else []


def _texts(root: etree._Element, name: str) -> list[str]:
    return [" ".join((each.text or "").split()) for each in root.iter(f"{{*}}{name}", name)]


def _text(root: etree._Element, name: str) -> str:
    return next(iter(_texts(root, name)), "")
