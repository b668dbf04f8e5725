"""Statements as banks send them: CAMT.053 of two versions, CSV, fixed width; and what is no statement."""

from pathlib import Path

import pytest

from staffetta.billing import reasoncode
from staffetta.billing.bank import camt, mapping, payername, table
from staffetta.billing.bank.errors import NotAStatement, StatementEmpty, StatementUnreadable
from staffetta.billing.bank.movement import Movement, keyed
from staffetta.billing.bank.nearcode import NearCodes, one_mistake
from staffetta.billing.models import StatementMapping
from staffetta.billing.slip import codeline

FILES = Path(__file__).parents[1] / "files" / "bank"


def sample(name: str, **places: str) -> bytes:
    """Return a file with its places filled, in the encoding that it names."""
    content = (FILES / name).read_text()
    for place, value in places.items():
        content = content.replace(f"@{place}@", value)
    return content.encode("latin-1" if "ISO-8859-1" in content[:60] else "utf-8")


CSV = {
    "name": "Banca",
    "source": "bank",
    "kind": "csv",
    "skip_lines": 2,
    "fields": {"date": "data contabile", "amount": "IMPORTO", "reason": "Descrizione", "payer": 4, "reference": "5"},
}
FIXED = {
    "name": "Poste",
    "source": "post",
    "kind": "fixed",
    "skip_lines": 1,
    "date_format": "%Y%m%d",
    "decimals": "cents",
    "fields": {
        "amount": {"from": 3, "length": 10},
        "sign": {"from": 13, "length": 1},
        "date": {"from": 14, "length": 8},
        "reference": {"from": 22, "length": 18},
        "payer": {"from": 40, "length": 40},
    },
}


def test_a_statement_of_version_2_with_a_reason_over_two_lines():
    read = camt.read(sample("intesa.xml", CODE_SPLIT_1="RF42 00", CODE_SPLIT_2="00 1042"), "intesa.xml")
    (movement,) = read.movements
    assert (movement.amount_cents, movement.payer, movement.iban) == (9150, "FERRAMENTA BRUNI SRL", "IT28W8000000292100645211151")
    assert movement.reason == "PAGAMENTO ORDINE RF42 00 00 1042 GRAZIE"
    assert movement.references == ("0306920261120000187",)
    assert [note.code for note in read.notes] == ["debit", "reversal", "currency", "pending"]
    content = sample("intesa.xml")
    assert camt.read(content, "").ibans == ["IT60X0542811101000000123456"]
    inner = content[content.index(b"<Stmt>") : content.index(b"</Stmt>") + len(b"</Stmt>")]
    both = content.replace(inner, inner + inner.replace(b"IT60X0542811101000000123456", b"IT28W8000000292100645211030"), 1)
    assert camt.read(both, "").ibans == ["IT60X0542811101000000123456", "IT28W8000000292100645211030"]


def test_a_collective_entry_of_version_8_is_its_transfers():
    code = reasoncode.of(1042)
    read = camt.read(sample("unicredit.xml", CODE=code, code_lower="rf 18 0000 0007", CODE_3="PAGA 7"), "unicredit.xml")
    assert [each.amount_cents for each in read.movements] == [9150, 9150, 10000]
    assert [each.payer for each in read.movements] == ["NICOLÒ D'ANGELO", "ALTRI SRL", ""]
    assert reasoncode.found(read.movements[0].reason) == [1042]
    assert len({key for key, _movement in keyed(read.movements)}) == 3
    assert not read.notes


def test_a_collective_entry_whose_parts_do_not_add_up_is_told():
    read = camt.read(sample("unicredit.xml").replace(b">283.00<", b">284.00<"), "u.xml")
    assert [note.code for note in read.notes] == ["sums"]


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Document><BkToCstmrStmt>&b;</BkToCstmrStmt></Document>'
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        sample("intesa.xml")[:900],
        BOMB,
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><Document/>',
        sample("unicredit.xml").replace(b"ISO-8859-1", b"UTF-8"),
    ],
)
def test_what_is_not_whole_or_not_harmless_is_refused(content):
    with pytest.raises(StatementUnreadable):
        camt.read(content, "file.xml")


@pytest.mark.parametrize(("tag", "kind"), [("BkToCstmrAcctRpt", "CAMT.052"), ("BkToCstmrDbtCdtNtfctn", "CAMT.054"), ("Altro", "<Altro>")])
def test_another_message_of_the_bank_is_no_statement(tag, kind):
    with pytest.raises(NotAStatement) as refused:
        camt.read(f"<Document><{tag}/></Document>".encode(), "file.xml")
    assert refused.value.values["kind"] == kind


def test_two_equal_movements_are_two_and_have_the_same_keys_in_every_file():
    one, other = Movement(*_DAY, 100, "A", "", "x"), Movement(*_DAY, 200, "B", "", "y")
    keys = [key for key, _each in keyed([one, other, one])]
    assert len(set(keys)) == 3
    assert [key for key, _each in keyed([one, one])] == [keys[0], keys[2]]


_DAY = (camt.date(2026, 11, 20),)


def test_a_csv_by_headings_and_numbers():
    read = table.read(sample("banca.csv", CODE="RF42 0000 1042"), "banca.csv", StatementMapping(**CSV))
    assert [(each.amount_cents, each.payer, each.references) for each in read.movements] == [
        (109150, "FERRAMENTA BRUNI", ("A1",)),
        (9150, "PERUCCÀ SNC", ("A5",)),
    ]
    assert [(note.code, note.place) for note in read.notes] == [("debit", 5), ("no_date", 6), ("no_amount", 7)]


def test_a_fixed_width_file_of_the_post_office():
    read = table.read(sample("poste.txt", CLIENT=codeline.client_code(1042)), "poste.txt", StatementMapping(**FIXED))
    (movement,) = read.movements
    assert (movement.amount_cents, movement.payer, codeline.order_of(movement.references[0])) == (9150, "BRUNI MARIA", 1042)
    assert [note.code for note in read.notes] == ["debit", "no_date"]


def test_a_file_that_the_mapping_does_not_fit_is_refused():
    with pytest.raises(StatementUnreadable, match="Giorno"):
        table.read(sample("banca.csv"), "b.csv", StatementMapping(**CSV | {"fields": {"date": "Giorno", "amount": "Importo"}}))
    with pytest.raises(StatementUnreadable):
        table.read("à".encode("cp1252"), "b.csv", StatementMapping(**CSV))
    with pytest.raises(StatementEmpty):
        table.read(sample("banca.csv"), "b.csv", StatementMapping(**CSV | {"date_format": "%Y-%m-%d"}))


def test_a_mapping_is_judged_field_by_field():
    assert mapping.problems(StatementMapping(**CSV)) == {}
    assert mapping.problems(StatementMapping(**FIXED)) == {}
    wrong = StatementMapping(name=" ", kind="csv", delimiter="", encoding="klingon", date_format="%d/%m", fields={"colour": 1, "amount": 0})
    assert set(mapping.problems(wrong)) == {"name", "delimiter", "encoding", "date_format", "date", "amount", "colour"}
    assert set(mapping.problems(StatementMapping(**FIXED | {"fields": {"date": 3, "amount": {"from": 0, "length": 2}}}))) == {
        "date",
        "amount",
    }


RIGHT = reasoncode.of(1042)


@pytest.mark.parametrize(
    "written",
    [
        RIGHT[:-1] + "3",
        RIGHT[:-1],
        RIGHT + "7",
        RIGHT[:4] + "O" + RIGHT[5:],
        RIGHT[1:],
        "F" + RIGHT[0] + RIGHT[2:],
        RIGHT[:-3] + RIGHT[-2] + RIGHT[-3] + RIGHT[-1],
        reasoncode.shown(1042)[:-1] + "9",
    ],
)
def test_a_code_with_one_mistake_is_found(written):
    assert NearCodes([7, 1042, 9999]).found(f"bonifico del 20/11/2026 {written.lower()} grazie") == [1042]


@pytest.mark.parametrize("written", ["RF99" + RIGHT[4:-1] + "9", "RF", "IT60X0542811101000000123456", "00001042", ""])
def test_more_than_one_mistake_is_not_a_code(written):
    assert NearCodes([7, 1042, 9999]).found(written) == []


def test_one_mistake():
    assert not one_mistake("abc", "abc")
    assert one_mistake("abc", "acb")
    assert not one_mistake("abcd", "badc")
    assert one_mistake("ab", "abc")
    assert not one_mistake("ab", "abcd")


def test_names_are_compared_without_case_accents_and_form():
    assert payername.folded("Ferramenta Bruni S.r.l.") == payername.folded("BRUNI FERRAMENTA SRL") == "BRUNI FERRAMENTA"
    assert payername.folded("Nicolò D’Angelo") == payername.folded("DANGELO NICOLO")
    assert payername.of(payername.shown("BRUNI (MARIA)", "IT28W8000000292100645211151")) == "BRUNI (MARIA)"
    assert payername.of("BRUNI (MARIA)") == "BRUNI (MARIA)"
