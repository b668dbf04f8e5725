"""Files of every kind, read by their content: the test files of tests/files/import and what is wrong with the bad ones."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from staffetta.contacts import cells, csvfile, spreadsheet
from staffetta.contacts.filetype import kind_of
from staffetta.contacts.unreadable import ROWS_MAX, Unreadable

FILES = Path(__file__).resolve().parents[1] / "files/import"


def rows(name: str) -> list[tuple[int, list[str]]]:
    return list(spreadsheet.read((FILES / name).read_bytes()).rows)


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        list(spreadsheet.read(data).rows)
    return f"{refused.value.code} {refused.value.values.get('kind', '')}".strip()


@pytest.mark.parametrize("name", ["dirty.xls", "dirty-office.xls", "dirty-office.xlsx", "dirty-office.ods"])
def test_it_reads_what_other_programs_write(name: str) -> None:
    found = dict(rows(name))
    assert found[4] == ["", "Cognome", "NOME", "", "Tel. Cellulare", "Città", "nato_il", "Fedeltà"]
    assert found[5][:7] == ["", "Rossi", "Mario", "", "3331234567", "Roma", "01/02/1970"]
    assert found[7][1:6] == ["dell’Òlio", "Zoë", "", "+39.333.123.45.69", "Cantù"]
    assert found[9][4:] == ["393331234568", "Aosta (centro)"]
    assert 3 not in found
    assert 8 not in found
    assert max(found) == 18


def test_it_says_which_sheet_it_read_and_which_it_did_not() -> None:
    assert spreadsheet.read((FILES / "dirty.xls").read_bytes()).source == {"kind": "xls", "sheet": "Foglio1", "others": ["Foglio3"]}


@pytest.mark.parametrize(
    ("name", "encoding", "separator"),
    [
        ("utf-8.csv", "utf-8", ";"),
        ("utf-8-bom.csv", "utf-8-sig", ";"),
        ("utf-16.csv", "utf-16", "\t"),
        ("utf-16-no-mark.csv", "utf-16-le", "\t"),
        ("windows-1252.csv", "cp1252", ";"),
        ("dos-850.csv", "cp850", ","),
        ("old-mac.csv", "mac_roman", ";"),
        ("commas.csv", "utf-8", ","),
        ("tabs.csv", "utf-8", "\t"),
        ("bars.csv", "cp1252", "|"),
    ],
)
def test_it_finds_encoding_and_separator(name: str, encoding: str, separator: str) -> None:
    assert spreadsheet.read((FILES / name).read_bytes()).source == {"kind": "csv", "encoding": encoding, "separator": separator}
    found = dict(rows(name))
    assert found[2] == ["Niccolò", "D'Angelo", "3331234567", "Forlì"]
    assert found[3] == ["Perché", "Così", "0039 347 1234567", "Cantù"]
    assert found[4] == ["José", "Müller", "+41 79 123 45 67", "È vero"]
    assert found[5] == ["Anna", "Rossi, Bianchi", "328 1234567", "Roma; centro | nord"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("empty.xlsx", "file_empty"),
        ("cut.xls", "file_damaged"),
        ("cut.xlsx", "file_damaged"),
        ("password.xls", "file_encrypted"),
        ("password.xlsx", "file_encrypted"),
        ("password.ods", "file_encrypted"),
        ("web-page.xls", "file_not_a_spreadsheet html"),
        ("bomb.xlsx", "file_exhausting"),
    ],
)
def test_it_says_what_is_wrong_with_a_file(name: str, expected: str) -> None:
    assert refusal((FILES / name).read_bytes()) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"  \r\n ", "file_empty"),
        (b"%PDF-1.7 ...", "file_not_a_spreadsheet pdf"),
        (b"\x89PNG\r\n\x1a\n", "file_not_a_spreadsheet image"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "file_not_a_spreadsheet xml"),
        (b"\xef\xbb\xbf\n<TABLE><tr><td>1", "file_not_a_spreadsheet html"),
        (b"\x7fELF\x00\x01\x02\x03" * 20, "file_not_a_spreadsheet other"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "file_not_a_spreadsheet document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_damaged"),
    ],
)
def test_it_names_what_is_no_spreadsheet(data: bytes, expected: str) -> None:
    assert refusal(data) == expected


@pytest.mark.parametrize(("entry", "expected"), [("word/document.xml", "document"), ("photo.jpg", "archive"), ("xl/workbook.bin", "xlsb")])
def test_it_looks_into_archives(entry: str, expected: str) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(entry, "x")
    assert refusal(data.getvalue()) == f"file_not_a_spreadsheet {expected}"


def test_it_goes_by_content_and_not_by_name() -> None:
    assert [kind_of((FILES / name).read_bytes()) for name in ("dirty.xls", "dirty-office.xlsx", "dirty-office.ods", "tabs.csv")] == [
        "xls",
        "xlsx",
        "ods",
        "csv",
    ]


def test_it_refuses_too_many_rows_and_columns() -> None:
    assert refusal(b"3331234567\n" * (ROWS_MAX + 1)) == "file_too_many_rows"
    assert refusal(b";".join([b"x"] * 101)) == "file_too_many_columns"
    assert len(list(spreadsheet.read(b"\n".join([b"a;b"] * 10 + [b""] * 300_000)).rows)) == 10


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3331234567.0, "3331234567"),
        (393331234567.0, "393331234567"),
        (3.9333123456789e17, "3.9333123456789e+17"),
        (12.5, "12.5"),
        ("  Anna\u00a0 Maria\r\n", "Anna Maria"),
        ("a\x00b\ud800c", "abc"),
        ("👩‍🍳", "👩‍🍳"),
        (True, "TRUE"),
        (date(2026, 11, 22), "22/11/2026"),
        (datetime(2026, 11, 22), "22/11/2026"),
        (datetime(2026, 11, 22, 14, 30), "22/11/2026 14:30"),
        (time(9, 5), "09:05"),
        (timedelta(hours=30, minutes=5), "30:05"),
        (None, ""),
        ("x" * 5_000, "x" * 1_001),
    ],
)
def test_it_turns_cells_into_text(value: object, expected: str) -> None:
    assert cells.text(value) == expected


def test_an_unclosed_quote_swallows_no_row() -> None:
    text = 'Nome;Cellulare\r\n"Bar "Da Gino"";3331234567\r\n"Ugo;3331234568\r\nAnna";3331234569\r\n'
    assert [row for _, row in spreadsheet.read(text.encode()).rows][1:] == [
        ['Bar "Da Gino"', "3331234567"],
        ["Ugo", "3331234568"],
        ["Anna", "3331234569"],
    ]


def test_a_quoted_cell_may_hold_separators_and_line_ends() -> None:
    assert [row for _, row in spreadsheet.read(b'Nome;Note\n"Rossi; Mario";"uno\ndue ""tre"""\n').rows][1] == [
        "Rossi; Mario",
        'uno due "tre"',
    ]


def test_it_takes_the_hint_of_excel() -> None:
    assert list(spreadsheet.read(b"sep=,\r\nNome,Cellulare\r\n").rows) == [(2, ["Nome", "Cellulare"])]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp850", "mac_roman"])
def test_one_accent_is_enough_to_tell_the_encoding(encoding: str) -> None:
    for letter in "àèéìòù":
        assert csvfile.decode(f"Nome;Nicol{letter}".encode(encoding)) == (f"Nome;Nicol{letter}", encoding)
