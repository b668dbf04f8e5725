"""An import taken back: what it made, joined and wrote over; another sheet of the file; contacts that are to stay as they are."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.base import ContentFile

from staffetta.contacts import import_save, importing, jobs, states
from staffetta.contacts.errors import ImportMoved, SheetUnknown, UndoTooLate
from staffetta.contacts.models import Contact, Group, Import, ImportChange
from staffetta.lib import clock
from staffetta.messaging import control
from tests.db.line import work_all
from tests.db.portal import accepted, browser, hides_from, text
from tests.people import People, make_connector, make_group, make_people

pytestmark = pytest.mark.django_db
CSV = "Cellulare;Nome;Cognome;Città\n3330000001;Maria;;Forlì\n3470000009;Anna;Neri;Bologna\n"


@pytest.fixture
def people() -> People:
    return make_people()


def imported(people: People, data: bytes = CSV.encode(), name: str = "clienti.csv", keep_known: bool = False) -> Import:
    record = importing.begin(people.account, people.owner, ContentFile(data, name), "Nuovi", keep_known=keep_known)
    jobs.read_import(record.pk)
    record.refresh_from_db()
    return record


def saved(people: People, **fields: object) -> Import:
    record = imported(people, **fields)
    importing.confirm(record)
    jobs.save_import(record.pk)
    record.refresh_from_db()
    assert record.state == "saved"
    return record


def undone(record: Import) -> Import:
    importing.undo(record)
    jobs.undo_import(record.pk)
    record.refresh_from_db()
    return record


def book(people: People) -> set[tuple[object, ...]]:
    """Return all that the account's address book says."""
    rows = Contact.objects.filter(account=people.account).prefetch_related("groups")
    return {(c.number, c.name, c.surname, str(sorted(c.fields.items())), *sorted(g.name for g in c.groups.all())) for c in rows}


def test_it_works(people):
    make_group(people.account, 2)
    before = book(people)
    record = saved(people)
    assert ("+393330000001", "Maria", "Rossi", "[('città', 'Forlì')]", "Clienti", "Nuovi") in book(people)
    assert undone(record).state == "undone"
    assert book(people) == before
    assert not ImportChange.objects.exists()


def test_it_is_idempotent(people):
    record = undone(saved(people))
    importing.undo(record)
    jobs.undo_import(record.pk)
    record.refresh_from_db()
    assert record.state == "undone"


def test_what_was_changed_since_stays(people):
    make_group(people.account, 1)
    record = saved(people)
    Contact.objects.filter(number="+393330000001").update(surname="Bianchi")
    other = Group.objects.create(account=people.account, name="Altro")
    other.contacts.add(Contact.objects.get(number="+393470000009"))
    undone(record)
    assert {row[:3] for row in book(people)} == {("+393330000001", "Maria", "Bianchi"), ("+393470000009", "Anna", "Neri")}


def test_a_group_joined_before_the_import_is_not_left(people):
    make_group(people.account, 1, "Nuovi")
    undone(saved(people))
    assert {row[-1] for row in book(people)} == {"Nuovi"}
    assert len(book(people)) == 1


def test_a_run_that_died_in_the_middle_is_done_again(people, monkeypatch):
    make_group(people.account, 2)
    before = book(people)
    record = saved(people)
    importing.undo(record)
    with monkeypatch.context() as patch:
        patch.setattr("staffetta.contacts.import_undo._PUT_BACK", "SELECT 1 / 0")
        with pytest.raises(Exception, match="division by zero"):
            jobs.undo_import(record.pk)
    jobs.undo_import(record.pk)
    assert book(people) == before


def test_it_cannot_be_undone_for_ever(people):
    record = saved(people)
    Import.objects.update(saved_at=clock.now() - importing.UNDO_WITHIN * 2)
    record.refresh_from_db()
    with pytest.raises(UndoTooLate):
        importing.undo(record)
    jobs.forget_imports(0)
    assert not ImportChange.objects.exists()


def test_what_is_not_saved_cannot_be_undone(people):
    with pytest.raises(ImportMoved):
        importing.undo(imported(people))


def test_a_saving_that_went_on_after_a_death_is_undone_whole(people, monkeypatch):
    monkeypatch.setattr("staffetta.contacts.reader.ROWS_PER_LINE", 1)
    record = saved(people)
    Import.objects.filter(pk=record.pk).update(state="saving")
    with pytest.raises(states.TakenOver):  # what an earlier run still tries
        import_save._save_piece(record, 0, 1)
    Import.objects.filter(pk=record.pk).update(state="saved")
    undone(record)
    assert book(people) == set()


def test_known_contacts_stay_as_they_are_where_asked(people):
    make_group(people.account, 1)
    record = saved(people, keep_known=True)
    assert ("+393330000001", "Nome0", "Rossi", "[]", "Clienti", "Nuovi") in book(people)
    assert ("+393470000009", "Anna", "Neri", "[('città', 'Bologna')]", "Nuovi") in book(people)
    undone(record)
    assert {row[0] for row in book(people)} == {"+393330000001"}


def two_sheets() -> bytes:
    workbook, file = openpyxl.Workbook(), io.BytesIO()
    workbook.active.append(["Solo", "testo"])
    second = workbook.create_sheet("Clienti 2026")
    for row in (["Cellulare", "Nome"], ["3330000001", "Anna"]):
        second.append(row)
    workbook.save(file)
    return file.getvalue()


def test_another_sheet_is_read(people):
    client = browser(people.owner)
    record = imported(people, data=two_sheets(), name="due.xlsx")
    assert record.reason["code"] == "no_number_column"
    page = f"/contacts/import/{record.pk}/"
    assert "Clienti 2026" in text(client.get(page))
    assert "The file has no sheet “Altro”" in text(client.post(f"{page}sheet/", {"sheet": "Altro"}))
    client.post(f"{page}sheet/", {"sheet": "Clienti 2026"})
    jobs.read_import(record.pk)
    record.refresh_from_db()
    assert (record.state, record.good, record.source["sheet"]) == ("ready", 1, "Clienti 2026")
    with pytest.raises(SheetUnknown):
        importing.choose_sheet(record, "Altro")


def test_the_pages_lead_to_it_and_hide_it_from_others(people):
    client, record = browser(people.owner), saved(people)
    assert "clienti.csv" in text(client.get("/contacts/imports/"))
    assert "clienti.csv" not in text(browser(people.stranger).get("/contacts/imports/"))
    for address in ("undo/", "sheet/"):
        assert hides_from(people.stranger, f"/contacts/import/{record.pk}/{address}", "post")
    assert "Undo this import" in text(client.get(f"/contacts/import/{record.pk}/"))
    assert "Undoing the import" in text(client.post(f"/contacts/import/{record.pk}/undo/", follow=True))
    jobs.undo_import(record.pk)
    assert "This import was undone" in text(client.get(f"/contacts/import/{record.pk}/"))


def test_whom_a_later_import_named_stays_as_that_one_left_them(people):
    make_group(people.account, 1)
    first = saved(people, data=CSV.encode() + b"3470000010;Ivo;Gallo;Rimini\n")
    saved(people)
    undone(first)
    assert book(people) == {
        ("+393330000001", "Maria", "Rossi", "[('città', 'Forlì')]", "Clienti", "Nuovi"),
        ("+393470000009", "Anna", "Neri", "[('città', 'Bologna')]", "Nuovi"),
    }


def test_a_later_import_into_another_group_keeps_the_people_and_not_the_place(people):
    first = saved(people)
    second = saved(people)
    other = Group.objects.create(account=people.account, name="Altri")
    Import.objects.filter(pk=second.pk).update(group=other)
    undone(first)
    assert {row[4:] for row in book(people)} == {()}
    assert len(book(people)) == 2


def test_an_import_undone_meanwhile_keeps_nobody(people):
    first = saved(people)
    undone(saved(people))
    assert len(book(people)) == 2
    undone(first)
    assert book(people) == set()


@pytest.mark.parametrize("change", [{"surname": "Verdi"}, {"number": "+393470000011"}, {"fields": {}}])
def test_who_was_made_and_corrected_by_hand_stays_where_he_is(people, change):
    record = saved(people)
    Contact.objects.filter(name="Anna").update(**change)
    undone(record)
    assert [(row[1], row[-1]) for row in book(people)] == [("Anna", "Nuovi")]


def test_a_planned_send_to_the_group_is_not_emptied(people):
    make_connector()
    record = saved(people)
    batch = accepted(people, groups=(record.group_id,), send_at=clock.now() + timedelta(days=1), name="Altri", first=3480000001)
    client, page = browser(people.owner), f"/contacts/import/{record.pk}/"
    response = client.post(f"{page}undo/")
    assert response.status_code == 400
    assert "“Nuovi” has a send that has not left yet" in text(response)
    assert len(book(people)) == 5
    control.cancel(batch)
    work_all()
    assert "Undoing the import" in text(client.post(f"{page}undo/", follow=True))
