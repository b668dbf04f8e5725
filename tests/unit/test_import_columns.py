"""Which column is what, and what a row says."""

import pytest

from staffetta.contacts.columns import Layout, find
from staffetta.contacts.errors import FILE_REFUSALS, NoNumberColumn, NotASpreadsheet, RolesWrong, refusal
from staffetta.contacts.problems import PROBLEMS
from staffetta.contacts.rows import Person, Problem, RowReader
from staffetta.sms.errors import NUMBER_CODES


def layout(*rows: str, country: str = "IT") -> Layout:
    return find([(number, row.split(";")) for number, row in enumerate(rows, 1)], country)


def read(header: str, row: str, add_prefix: bool = True, country: str = "IT") -> Person | Problem:
    return RowReader(layout(header, row, country=country).columns(), country, add_prefix).read(row.split(";"))


@pytest.mark.parametrize(
    ("header", "roles"),
    [
        ("Nome;Cognome;Cellulare", "name surname number"),
        ("CELLULARE;cognome;NOME", "number surname name"),
        ("Last name;First_Name;Mobile phone", "surname name number"),
        ("Surname;Name;Phone", "surname name number"),
        ("Nómè ; Cognome;N. di Cell.", "name surname number"),
        ("Nominativo;Città;Telefono", "name field number"),
        ("Nome;Telefono;Cellulare", "name field number"),
        ("Nome;Telefono fisso;Numero", "name field number"),
        ("Numero civico;Automobile;Tel", "field field number"),
        ("Nome;Tipo telefono;Numero di telefono", "name field number"),
        ("nome;;numero", "name skip number"),
        ("Nome;Nome;Numero_Cellulare", "name field number"),
    ],
)
def test_it_matches_headers(header: str, roles: str) -> None:
    row = ["x", "y", "z"]
    expected = roles.split()
    row[expected.index("number")] = "333 1234567"
    assert layout(header, ";".join(row)).roles == expected


def test_it_skips_titles() -> None:
    found = layout("Telefoni dei clienti", "al 22/11/2026;tel. 06 69821234", "Nome;Cellulare", "Mario;3331234567")
    assert (found.header_row, found.headers, found.roles) == (3, ["Nome", "Cellulare"], ["name", "number"])


def test_it_finds_numbers_without_a_header() -> None:
    found = layout("Mario;Rossi;3331234567;1", "Anna;Bianchi;+39 347 1234567;2")
    assert (found.header_row, found.roles) == (0, ["skip", "skip", "number", "skip"])


def test_it_takes_unknown_words_above_the_numbers_for_a_header() -> None:
    found = layout("Elenco", "Chi;A chi", "Mario;3331234567", "Anna;3471234567")
    assert (found.header_row, found.headers, found.roles) == (2, ["Chi", "A chi"], ["field", "number"])


def test_it_prefers_a_column_with_numbers_to_one_called_so() -> None:
    assert layout("Numero;Nome;Riferimento", "1;Mario;3331234567", "2;Anna;3471234567").roles == ["field", "name", "number"]
    assert layout("Cellulare;Telefono", ";3331234567").roles == ["field", "number"]
    assert layout("Telefono;Cellulare", "3331234567;", "3331234568;3471234567").roles == ["field", "number"]


def test_it_keeps_the_named_column_when_all_its_numbers_are_bad() -> None:
    assert layout("Nome;Cellulare", "Mario;06 69821234").roles == ["name", "number"]


def test_it_does_not_guess_without_numbers() -> None:
    with pytest.raises(NoNumberColumn):
        layout("Nome;Città", "Mario;Roma").columns()
    with pytest.raises(NoNumberColumn):
        find([], "IT").columns()


def test_free_fields_have_names_that_texts_can_use() -> None:
    found = layout("Cellulare;Città;CITTÀ;{Nota|1};Mobile;Telefono mobile;" + "x" * 60, "3331234567;a;b;c;d;e;f").columns()
    assert [column.field for column in found] == ["", "città", "città 2", "nota 1", "mobile 2", "telefono mobile", "x" * 36]


def test_a_person_can_say_what_the_columns_are() -> None:
    found = layout("Mario;Rossi;3331234567;Roma", "Anna;Bianchi;3471234567;Pisa")
    columns = found.columns(["name", "surname", "number", "field"])
    assert [column.field for column in columns] == ["", "", "", "colonna 4"]
    assert columns[3].examples == ("Roma", "Pisa")
    for wrong in (
        ["name"],
        ["name", "name", "number", "skip"],
        ["number", "number", "skip", "skip"],
        ["skip"] * 4,
        ["a", "b", "c", "number"],
    ):
        with pytest.raises(RolesWrong):
            found.columns(wrong)


def test_a_good_row() -> None:
    assert read("Nome;Cognome;Cellulare;Città;Note", "Niccolò;D'Angelo;0039 333 1234567;Forlì;") == Person(
        "+393331234567", "Niccolò", "D'Angelo", {"città": "Forlì"}
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("06 69821234", "number_landline"),
        ("3,93331E+11", "number_lost_digits"),
        ("3.9333123456789e+17", "number_lost_digits"),
        ("393331000000", "number_lost_digits"),
        ("333 12345", "number_too_short"),
        ("333 1234567 / 347 1234567", "number_too_long"),
        ("non ha cellulare", "number_letters"),
        ("", "number_empty"),
    ],
)
def test_a_bad_number(value: str, code: str) -> None:
    assert read("Nome;Cellulare", f"Mario;{value}") == Problem(value, code)


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("+39 333 1234567", True),
        ("0039 333 1234567", True),
        ("393331234567", True),
        ("39 333 123 4567", True),
        ("'+39 3331234567", True),
        ("333 1234567", False),
        ("3931234567", False),
    ],
)
def test_without_adding_the_prefix_it_must_be_there(value: str, good: bool) -> None:
    found = read("Nome;Cellulare", f"Mario;{value}", add_prefix=False)
    assert found == Problem(value, "number_without_prefix") if not good else isinstance(found, Person)


def test_the_prefix_is_that_of_the_account() -> None:
    assert read("Name;Mobile", "Reto;079 123 45 67", country="CH") == Person("+41791234567", "Reto", "", {})


def test_long_texts_are_not_cut_in_silence() -> None:
    assert read("Nome;Cellulare", f"{'a' * 81};3331234567") == Problem("a" * 60 + "…", "text_too_long")
    assert read("Note;Cellulare", f"{'a' * 501};3331234567") == Problem("a" * 60 + "…", "text_too_long")
    assert isinstance(read("Note;Cellulare", f"{'a' * 500};3331234567"), Person)


def test_every_problem_has_a_sentence() -> None:
    assert set(PROBLEMS) == NUMBER_CODES | {"number_without_prefix", "text_too_long"}


@pytest.mark.parametrize("code", sorted(FILE_REFUSALS))
def test_every_refusal_of_a_file_is_a_whole_sentence(code: str) -> None:
    values = {"kind": "html", "size": 30, "limit": 20}
    assert str(refusal({"code": code, "values": values})).endswith(".")
    for kind in NotASpreadsheet.KINDS:
        assert "None" not in str(NotASpreadsheet(kind=kind))
