"""Imports from upload to saved: what is shown is what is saved, once, and for nobody else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from procrastinate.contrib.django.models import ProcrastinateJob

from staffetta.contacts import errors, import_read, import_save, importing, jobs, pieces, states
from staffetta.contacts.models import Contact, Field, Group, Import, ImportPiece
from staffetta.contacts.reading import Limits
from tests.people import People, make_group, make_people

pytestmark = pytest.mark.django_db

FILES = Path(__file__).resolve().parents[1] / "files/import"
SAMPLES = Path(__file__).resolve().parents[2] / "staffetta/contacts/samples"


@pytest.fixture
def people() -> People:
    return make_people()


def begin(people: People, data: bytes | str | Path, group: Group | str = "Clienti", add_prefix: bool = True) -> Import:
    name = data.name if isinstance(data, Path) else "clienti.csv"
    content = data.read_bytes() if isinstance(data, Path) else data.encode() if isinstance(data, str) else data
    return importing.begin(people.account, people.owner, ContentFile(content, name), group, add_prefix)


def read(people: People, data: bytes | str | Path, group: Group | str = "Clienti", add_prefix: bool = True) -> Import:
    record = begin(people, data, group, add_prefix)
    jobs.read_import(record.pk)
    record.refresh_from_db()
    return record


def save(record: Import) -> Import:
    assert importing.confirm(record)
    jobs.save_import(record.pk)
    record.refresh_from_db()
    return record


def jobs_of(record: Import) -> list[str]:
    found = ProcrastinateJob.objects.filter(args={"import_id": record.pk}).order_by("id")
    return [job.task_name.rpartition(".")[2] for job in found]


def test_it_works(people: People) -> None:
    record = begin(people, FILES / "dirty.xls")
    assert (record.state, record.file_name, jobs_of(record)) == ("waiting", "dirty.xls", ["read_import"])
    jobs.read_import(record.pk)
    record.refresh_from_db()
    assert (record.state, record.progress, record.rows, record.good, record.merged, record.bad) == ("ready", 100, 13, 6, 1, 6)
    assert record.source == {"kind": "xls", "sheet": "Foglio1", "others": ["Foglio3"]}
    assert [(column["header"], column["role"], column["field"]) for column in record.columns] == [
        ("", "skip", ""),
        ("Cognome", "surname", ""),
        ("NOME", "name", ""),
        ("", "skip", ""),
        ("Tel. Cellulare", "number", ""),
        ("Città", "field", "città"),
        ("nato_il", "field", "nato_il"),
        ("Fedeltà", "field", "fedeltà"),
    ]
    assert record.columns[2]["examples"] == ["Mario", "Niccolò", "Zoë"]
    assert record.sample[1] == {"row": 6, "number": "+393471234567", "name": "Niccolò", "surname": "D'Angelo", "fields": {"città": "Forlì"}}
    bad = [
        (11, "06 6982 1234", "number_landline"),
        (13, "", "number_empty"),
        (14, "3,93331E+11", "number_lost_digits"),
        (15, "333 12345", "number_too_short"),
        (16, "non ha cellulare", "number_letters"),
        (18, "393331000000", "number_lost_digits"),
    ]
    assert [(problem["row"], problem["value"], problem["code"]) for problem in record.problems] == bad
    assert [tuple(row) for row in importing.bad_rows(record)] == bad
    assert not Contact.objects.exists()
    assert not Group.objects.exists()

    record = save(record)
    assert (record.state, record.progress, jobs_of(record)) == ("saved", 100, ["read_import", "save_import"])
    assert record.group == Group.objects.get(account=people.account, name="Clienti")
    assert dict(record.group.contacts.values_list("number", "surname")) == {
        "+393331234567": "Rossi",
        "+393471234567": "D'Angelo",
        "+393331234569": "dell’Òlio",
        "+393331234568": "Bianchi",
        "+393331234570": "Verdi",
        "+41791234567": "Müller",
    }
    mario = Contact.objects.get(number="+393331234567")
    assert (mario.name, mario.fields) == ("Mario G.", {"città": "Roma", "nato_il": "01/02/1970", "fedeltà": "FALSE"})
    assert set(Field.objects.values_list("account_id", "name")) == {(people.account.pk, name) for name in ("città", "nato_il", "fedeltà")}
    assert set(ImportPiece.objects.values_list("kind", flat=True)) == {"bad"}


@pytest.mark.parametrize("kind", ["xls", "xlsx", "ods", "csv"])
def test_the_sample_files_import_cleanly(people: People, kind: str) -> None:
    record = save(read(people, SAMPLES / f"esempio.{kind}"))
    assert (record.good, record.merged, record.bad) == (3, 0, 0)
    assert list(Contact.objects.order_by("id").values_list("number", "name", "surname", "fields")) == [
        ("+393291122334", "Anna Maria", "De Rossi", {"città": "L'Aquila"}),
        ("+393331234567", "Mario", "Rossi", {"città": "Roma"}),
        ("+393477654321", "Niccolò", "D'Angelo", {"città": "Forlì"}),
    ]


def test_a_thousand_rows_of_numbers(people: People) -> None:
    record = save(read(people, FILES / "clienti-1000.xls"))
    assert (record.rows, record.good, record.bad, record.group and record.group.contacts.count()) == (1000, 1000, 0, 1000)


def test_it_hides_other_accounts(people: People) -> None:
    theirs = Contact.objects.create(account=people.other_account, number="+393331234567", name="Loro", fields={"città": "Bari"})
    group = Group.objects.create(account=people.other_account, name="Clienti")
    save(read(people, SAMPLES / "esempio.csv"))
    theirs.refresh_from_db()
    assert (theirs.name, theirs.fields, group.contacts.count(), Field.objects.filter(account=people.other_account).count()) == (
        "Loro",
        {"città": "Bari"},
        0,
        0,
    )
    with pytest.raises(errors.GroupNameMissing):
        begin(people, "Cellulare\n3331234567\n", group)


def test_the_same_file_twice_changes_nothing(people: People) -> None:
    first = save(read(people, SAMPLES / "esempio.csv"))
    before = list(Contact.objects.order_by("id").values())
    second = save(read(people, SAMPLES / "esempio.csv"))
    assert (second.good, second.group, list(Contact.objects.order_by("id").values())) == (3, first.group, before)
    assert second.group
    assert second.group.contacts.count() == 3


def test_merging_deletes_nothing_and_later_wins(people: People) -> None:
    Contact.objects.create(
        account=people.account, number="+393331234567", name="Mario", surname="Rossi", fields={"città": "Roma", "tessera": "7"}
    )
    save(read(people, "Cellulare;Nome;Cognome;Città;Note\n3331234567;;;Pisa;\n+393331234567;Marione;;;a\n"))
    contact = Contact.objects.get()
    assert (contact.name, contact.surname, contact.fields) == ("Marione", "Rossi", {"città": "Pisa", "tessera": "7", "note": "a"})


def test_duplicates_far_apart_are_merged_in_order(people: People) -> None:
    rows = ["Cellulare;Nome", *[f"333{n:07};A" for n in range(1, 2_501)], "3330000001;B"]
    record = save(read(people, "\n".join(rows)))
    assert (record.rows, record.good, record.merged) == (2_501, 2_500, 1)
    assert Contact.objects.get(number="+393330000001").name == "B"


def test_without_adding_the_prefix_the_others_are_bad(people: People) -> None:
    record = read(people, "Cellulare\n3331234567\n+393331234568\n00393331234569\n393331234560\n", add_prefix=False)
    assert (record.good, record.problems) == (3, [{"row": 2, "value": "3331234567", "code": "number_without_prefix"}])


def test_all_bad_rows_are_counted_and_kept_but_not_all_shown(people: People) -> None:
    record = read(people, "Cellulare\n" + "06 69821234\n" * 3_000 + "3331234567\n")
    assert (record.bad, len(record.problems), len(list(importing.bad_rows(record)))) == (3_000, import_read.PROBLEMS_SHOWN, 3_000)


def test_it_joins_a_group_that_is_there(people: People) -> None:
    group = make_group(people.account, 2, "VIP")
    record = read(people, "Cellulare\n3331234567\n3330000001\n", group)
    group.name = "VIP 2026"
    group.save()
    assert save(record).group == group
    assert group.contacts.count() == 3


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (FILES / "password.xlsx", "file_encrypted"),
        (FILES / "cut.xls", "file_damaged"),
        (FILES / "bomb.xlsx", "file_exhausting"),
        (FILES / "far-corner.xlsx", "file_exhausting"),
        (FILES / "web-page.xls", "file_not_a_spreadsheet"),
        (FILES / "no-rows.xls", "file_no_rows"),
        ("Nome;Città\nMario;Roma\n", "no_number_column"),
        ("3331234567\n" * 200_001, "file_too_many_rows"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(people: People, file: str | Path, code: str) -> None:
    record = read(people, file)
    assert (record.state, record.reason and record.reason["code"]) == ("refused", code)
    assert "." in str(errors.refusal(record.reason or {}))
    assert not ImportPiece.objects.exclude(kind="file").exists()
    assert ImportPiece.objects.exists() == (code == "no_number_column")
    with pytest.raises(errors.ImportMoved):
        importing.confirm(record)


@pytest.mark.parametrize("limits", [Limits(wall_s=0), Limits(memory_mib=40), Limits(cpu_s=0)], ids=["time", "memory", "cpu"])
def test_a_child_that_is_killed_is_a_refusal(people: People, limits: Limits) -> None:
    rows = "Cellulare;Nome\n" + "".join(f"333{n:07};{'x' * 200}\n" for n in range(1, 60_000))
    record = begin(people, rows)
    import_read.read(record.pk, limits)
    record.refresh_from_db()
    assert (record.state, record.reason) == ("refused", {"code": "file_exhausting", "values": {}})


def test_begin_refuses_what_cannot_be_an_import(people: People, settings: object) -> None:
    settings.IMPORT_FILE_BYTES_MAX = 2**20  # type: ignore[attr-defined]
    for data, group, refused in (
        ("", "A", errors.FileEmpty),
        ("x" * (2**20 + 1), "A", errors.FileTooLarge),
        ("x", "  ", errors.GroupNameMissing),
        ("x", "g" * 81, errors.GroupNameTooLong),
    ):
        with pytest.raises(refused):
            begin(people, data, group)
    assert not Import.objects.exists()


def test_a_person_can_say_what_the_columns_are(people: People) -> None:
    record = read(people, "Mario;Rossi;3331234567\nAnna;Verdi;3471234567\n")
    assert [column["role"] for column in record.columns] == ["skip", "skip", "number"]
    importing.remap(record, ["name", "surname", "number"])
    jobs.read_import(record.pk)
    record = save(record)
    assert set(Contact.objects.values_list("name", "surname")) == {("Mario", "Rossi"), ("Anna", "Verdi")}
    with pytest.raises(errors.ImportMoved):
        importing.remap(record, ["skip", "surname", "number"])


def test_a_file_without_a_number_column_can_be_mapped(people: People) -> None:
    record = read(people, "Chi;Dove\nMario;06 69821234\n")
    assert [column["examples"] for column in record.columns] == [["Chi", "Mario"], ["Dove", "06 69821234"]]
    importing.remap(record, ["name", "number"])
    jobs.read_import(record.pk)
    record.refresh_from_db()
    assert (record.state, record.good) == ("ready", 0)
    with pytest.raises(errors.NothingToSave):
        importing.confirm(record)


def test_a_refused_file_cannot_be_mapped(people: People) -> None:
    record = read(people, FILES / "cut.xls")
    record.columns = [{}]
    with pytest.raises(errors.ImportMoved):
        importing.remap(record, ["number"])


def test_it_is_idempotent(people: People) -> None:
    record = begin(people, SAMPLES / "esempio.xls")
    for _ in range(2):
        jobs.read_import(record.pk)
    record.refresh_from_db()
    assert (record.state, record.run, pieces.count(record.pk, "good")) == ("ready", 1, 1)
    assert importing.confirm(record) is True
    assert importing.confirm(record) is False
    for _ in range(2):
        jobs.save_import(record.pk)
    assert importing.confirm(record) is False
    assert (Contact.objects.count(), jobs_of(record).count("save_import")) == (3, 1)


def test_a_reading_that_died_is_done_again(people: People) -> None:
    record = begin(people, SAMPLES / "esempio.xls")
    dead = states.begin_run(record.pk, "reading")
    pieces.put_rows(record.pk, "good", 0, [["+393330000009", "Metà", "", {}]])
    jobs.read_import(record.pk)
    assert dead
    with pytest.raises(states.TakenOver):  # should it live after all, it can write nothing more
        states.keep(dead, progress=50)
    save(Import.objects.get(pk=record.pk))
    assert not Contact.objects.filter(name="Metà").exists()


def test_a_saving_that_died_goes_on_where_it_was(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    record = read(people, "Cellulare\n" + "".join(f"333{n:07}\n" for n in range(1, 2_501)))
    importing.confirm(record)
    group_of, calls = import_save._group, iter(range(10))

    def dies(record: Import) -> Group:
        if next(calls) == 1:
            raise OSError("out of reach")
        return group_of(record)

    monkeypatch.setattr(import_save, "_group", dies)
    with pytest.raises(OSError):
        jobs.save_import(record.pk)
    record.refresh_from_db()
    assert (record.state, record.pieces_saved, Contact.objects.count()) == ("saving", 1, 1_999)
    monkeypatch.undo()
    jobs.save_import(record.pk)
    record.refresh_from_db()
    assert (record.state, Contact.objects.count(), record.group and record.group.contacts.count()) == ("saved", 2_500, 2_500)


def test_a_group_removed_meanwhile_is_made_again(people: People) -> None:
    group = make_group(people.account, 1, "VIP")
    record = read(people, SAMPLES / "esempio.csv", group)
    group.delete()
    assert [contact.name for contact in save(record).group.contacts.order_by("number")] == ["Anna Maria", "Mario", "Niccolò"]  # type: ignore[union-attr]


def test_dropping_forgets_everything(people: People) -> None:
    for make in (begin, read):
        record = make(people, SAMPLES / "esempio.csv")
        importing.drop(record)
        importing.drop(record)
        jobs.read_import(record.pk)
        record.refresh_from_db()
        assert (record.state, record.sample, ImportPiece.objects.count()) == ("dropped", [], 0)
        with pytest.raises(errors.ImportMoved):
            importing.confirm(record)
    saved = save(read(people, SAMPLES / "esempio.csv"))
    with pytest.raises(errors.ImportMoved):
        importing.drop(saved)


def test_dropped_while_it_is_read(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    record = begin(people, SAMPLES / "esempio.csv")
    found: Callable[..., object] = import_read.find

    def drop_first(*arguments: object) -> object:
        importing.drop(record)
        return found(*arguments)

    monkeypatch.setattr(import_read, "find", drop_first)
    jobs.read_import(record.pk)
    record.refresh_from_db()
    assert (record.state, ImportPiece.objects.count()) == ("dropped", 0)
