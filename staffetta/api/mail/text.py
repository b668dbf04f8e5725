"""The text of a mail as an SMS: its plain part, else its HTML made into text, up to the signature. Pure."""

import re
from email.message import EmailMessage
from html.parser import HTMLParser

_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_LINES_APART = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table", "blockquote"})
_UNSEEN = frozenset({"style", "script", "head", "title"})


def text(mail: EmailMessage, with_subject: bool) -> str:
    """Return the text that is sent; empty where a mail has none."""
    part = mail.get_body(("plain", "html"))
    said = _content(part) if isinstance(part, EmailMessage) else ""
    subject = " ".join(str(mail.get("Subject", "")).split()) if with_subject else ""
    return "\n".join(each for each in (subject, _SIGNATURE.split(said, maxsplit=1)[0].strip()) if each)


def _content(part: EmailMessage) -> str:
    try:
        found = part.get_content()
    except (LookupError, UnicodeError):  # a charset that nobody knows: what can be read of it
        found = (part.get_payload(decode=True) or b"").decode("latin-1")  # type: ignore[union-attr]
    said = _from_html(found) if part.get_content_type() == "text/html" else found
    return said.replace("\r\n", "\n").replace("\0", "")


def _from_html(source: str) -> str:
    reader = _Reader()
    reader.feed(source)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


class _Reader(HTMLParser):
    """Collects what is seen, with line breaks where a browser has them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _LINES_APART:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag == "p":
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data.replace("\n", " ").replace("\r", " "))
