"""Make the test files of imports and the sample files: `python tests/files/import/make.py`, from the repository's root.

xlwt writes the .xls files; LibreOffice (office.py, which needs its `soffice` and python3-uno) makes .ods, .xlsx and .xls of
them, and those with a password; msoffcrypto-tool (PyPI) encrypts the .xlsx as Excel does. Made once and kept: tests read them and do not need LibreOffice.
"""

import csv
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import xlwt

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parents[2] / "staffetta/contacts/samples"
sys.path.insert(0, str(HERE))

import tables  # noqa: E402

CSV = {
    "utf-8.csv": ("utf-8", ";"),
    "utf-8-bom.csv": ("utf-8-sig", ";"),
    "utf-16.csv": ("utf-16", "\t"),
    "utf-16-no-mark.csv": ("utf-16-le", "\t"),
    "windows-1252.csv": ("cp1252", ";"),
    "dos-850.csv": ("cp850", ","),
    "old-mac.csv": ("mac_roman", ";"),
    "commas.csv": ("utf-8", ","),
    "tabs.csv": ("utf-8", "\t"),
    "bars.csv": ("cp1252", "|"),
}


def write_xls(path: Path, *sheets: Iterable[list[object]]) -> None:
    """Write one sheet for each table."""
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for number, table in enumerate(sheets, 1):
        sheet = book.add_sheet(f"Foglio{number}")
        for row, cells in enumerate(table):
            for column, value in enumerate(cells):
                if isinstance(value, date):
                    sheet.write(row, column, value, day)
                elif value != "":
                    sheet.write(row, column, value)
    book.save(str(path))


def write_csv(path: Path, table: list[list[str]], encoding: str, separator: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\r" if encoding == "mac_roman" else "\r\n").writerows(table)
    path.write_bytes(text.getvalue().encode(encoding))


def office(*conversions: tuple[Path, Path, str]) -> None:
    """Have LibreOffice save the first file of each as the second, with a password where there is one."""
    subprocess.run(
        ["/usr/bin/python3", str(HERE / "office.py"), *[str(each) for conversion in conversions for each in conversion]], check=True
    )


def make_good(temporary: Path) -> None:
    write_xls(HERE / "dirty.xls", tables.DIRTY, [], [["altro foglio"]])
    write_xls(HERE / "clienti-1000.xls", [["Nome", "Cognome", "Cellulare"], *tables.people(1000)])
    for name, (encoding, separator) in CSV.items():
        write_csv(HERE / name, tables.ACCENTS, encoding, separator)
    write_xls(temporary / "sample.xls", tables.SAMPLE)
    write_csv(SAMPLES / "esempio.csv", tables.SAMPLE, "utf-8-sig", ";")  # the mark, or Excel loses the accents
    office(
        *[(HERE / "dirty.xls", HERE / f"dirty-office.{kind}", "") for kind in ("xls", "xlsx", "ods")],
        *[(temporary / "sample.xls", SAMPLES / f"esempio.{kind}", "") for kind in ("xls", "xlsx", "ods")],
        *[(temporary / "sample.xls", HERE / f"password.{kind}", "segreta") for kind in ("xls", "ods")],
    )
    subprocess.run(["msoffcrypto-tool", "-e", "-p", "segreta", str(SAMPLES / "esempio.xlsx"), str(HERE / "password.xlsx")], check=True)


def make_bad(temporary: Path) -> None:
    write_xls(HERE / "no-rows.xls", [["Nome", "Cognome", "Cellulare"]], [])
    (HERE / "empty.xlsx").write_bytes(b"")
    (HERE / "web-page.xls").write_text(
        '<html><head><meta charset="utf-8"></head><body><table><tr><td>Nome</td><td>3331234567</td></tr></table></body></html>'
    )
    (HERE / "cut.xls").write_bytes((HERE / "clienti-1000.xls").read_bytes()[:20_000])
    (HERE / "cut.xlsx").write_bytes((HERE / "dirty-office.xlsx").read_bytes()[:3_000])
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>3331234567</v></c></row>'
    _change_sheet(HERE / "dirty-office.xlsx", HERE / "far-corner.xlsx", far.encode(), zipfile.ZIP_DEFLATED)
    _change_sheet(HERE / "dirty-office.xlsx", HERE / "bomb.xlsx", b" " * 450 * 2**20, zipfile.ZIP_BZIP2)


def _change_sheet(source: Path, target: Path, data: bytes, method: int) -> None:
    """Copy a workbook with other rows in its first sheet."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                head = content[: content.index(b"<sheetData>")].replace(b'<dimension ref="', b'<dimension ref="A1:XFD1048576" was="')
                after.writestr(entry.filename, head + b"<sheetData>" + data + b"</sheetData></worksheet>", method)
            else:
                after.writestr(entry.filename, content)


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        make_good(Path(temporary))
        make_bad(Path(temporary))


if __name__ == "__main__":
    main()
