"""The words of a PDF that reportlab drew with its own fonts, for the tests: no layout, one string for each that is drawn."""

import base64
import re
import zlib


def words(pdf: bytes) -> str:
    """Return all that is written in it, line by line."""
    drawn = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            page = zlib.decompress(base64.a85decode(stream.strip(), adobe=False) if not stream.startswith(b"x\x9c") else stream)
        except (ValueError, zlib.error):
            page = zlib.decompress(base64.a85decode(b"<~" + stream.strip(), adobe=True))
        drawn += re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", page)
    return "\n".join(_plain(each) for each in drawn)


def _plain(drawn: bytes) -> str:
    octal = re.sub(rb"\\(\d{3})", lambda found: bytes([int(found[1], 8)]), drawn)
    return re.sub(rb"\\(.)", rb"\1", octal).decode("cp1252")
