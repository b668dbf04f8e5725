"""What a file is by its content; its name is not asked. Knows no rows and no Django."""

import io
import re
import zipfile
import zlib
from typing import Final, Literal

from staffetta.contacts.unreadable import UNPACKED_BYTES_MAX, Unreadable

Kind = Literal["xls", "xlsx", "ods", "csv"]

_CFB: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of Office 97–2003, and of encrypted newer files
# The first record of an .xls, and right after it the one that says how the rest is encrypted.
_FILEPASS: Final = re.compile(rb"\x09\x08(?:\x10\0\0\x06\x05\0.{12}|\x08\0\0\x05\x05\0.{4})(?:\x86\0\0\0)?\x2f\0", re.DOTALL).search
_OTHERS: Final = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"{\\rtf", "document"),
    (b"\x1f\x8b", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
)
_ODF: Final = b"application/vnd.oasis.opendocument."
_MARKUP: Final = re.compile(rb"\s*<(?:(!doctype\s+html|html|head|body|table|meta|style|div)|[?!a-z])", re.IGNORECASE).match
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def kind_of(data: bytes) -> Kind:
    """Return how a file is to be read, whatever its name says. Raises Unreadable for all that is no spreadsheet."""
    if not data.strip():
        raise Unreadable("file_empty")
    if data.startswith(_CFB):
        return _in_cfb(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_zip(data)
    for start, what in _OTHERS:
        if data.startswith(start):
            raise Unreadable("file_not_a_spreadsheet", kind=what)
    return _text(data)


def _in_cfb(data: bytes) -> Kind:
    if _utf16("EncryptedPackage") in data or _FILEPASS(data):
        raise Unreadable("file_encrypted")
    if _utf16("WordDocument") in data:
        raise Unreadable("file_not_a_spreadsheet", kind="document")
    return "xls"


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _in_zip(data: bytes) -> Kind:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = set(archive.namelist())
        # A few KiB can unpack to gigabytes. Who lies about the size here is stopped by the child's limits.
        if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_BYTES_MAX:
            raise Unreadable("file_exhausting")
        if any(entry.flag_bits & 1 for entry in archive.infolist()):
            raise Unreadable("file_encrypted")
        if "xl/workbook.xml" in names:
            return "xlsx"
        if "mimetype" in names and (mimetype := _begin(archive, "mimetype")).startswith(_ODF):
            return _in_odf(archive, names, mimetype)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, zlib.error) as error:
        raise Unreadable("file_damaged") from error
    if "xl/workbook.bin" in names:
        raise Unreadable("file_not_a_spreadsheet", kind="xlsb")
    raise Unreadable("file_not_a_spreadsheet", kind="document" if names & {"word/document.xml", "ppt/presentation.xml"} else "archive")


def _in_odf(archive: zipfile.ZipFile, names: set[str], mimetype: bytes) -> Kind:
    if not mimetype.startswith(_ODF + b"spreadsheet"):
        raise Unreadable("file_not_a_spreadsheet", kind="document")
    if "encrypted-package" in names or b"encryption-data" in _begin(archive, "META-INF/manifest.xml"):
        raise Unreadable("file_encrypted")
    return "ods"


def _begin(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        return entry.read(2**20)


def _text(data: bytes) -> Kind:
    start = data[:4096]
    if data.startswith(_BOMS[1:]) or utf16_order(start):
        return "csv"
    # Old management programs write a web page and call it .xls; Excel 2003 also had a form of its own in XML.
    if markup := _MARKUP(start.removeprefix(_BOMS[0])):
        raise Unreadable("file_not_a_spreadsheet", kind="html" if markup[1] or b"<html" in start.lower() else "xml")
    if b"\0" in start or len(re.findall(rb"[\x01-\x08\x0e-\x1f]", start)) > len(start) // 50:
        raise Unreadable("file_not_a_spreadsheet", kind="other")
    return "csv"


def utf16_order(start: bytes) -> Literal["utf-16-le", "utf-16-be"] | None:
    """Return the byte order of UTF-16 text without a mark: every second byte of Latin text is zero; None where it is not that."""
    half = len(start) // 2
    if start[1::2].count(0) > half * 0.7 and not start[0::2].count(0):
        return "utf-16-le"
    if start[0::2].count(0) > half * 0.7 and not start[1::2].count(0):
        return "utf-16-be"
    return None
