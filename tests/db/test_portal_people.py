"""Contacts one by one: written, changed, deleted, merged; their free fields; exports that import back unchanged."""

import pytest
from django.core.files.base import ContentFile

from staffetta.contacts import duplicates, fields, importing, jobs
from staffetta.contacts import people as contacts
from staffetta.contacts.errors import FieldNameWrong, NotDuplicates
from staffetta.contacts.models import Contact, Field, Group
from staffetta.reports.models import Report
from tests.db.portal import asks_for_login, browser, hides_from, text
from tests.db.reports import written
from tests.people import People, make_group, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def client(people):
    return browser(people.owner)


def test_it_requires_login(people):
    contact = make_group(people.account, 1).contacts.get()
    for address in ("person/new/", f"person/{contact.pk}/", f"person/{contact.pk}/delete/", "fields/", "duplicates/", "imports/"):
        assert asks_for_login(f"/contacts/{address}"), address


def test_it_hides_other_accounts(people):
    contact = make_group(people.account, 1).contacts.get()
    field = fields.add(people.account, "città")
    for address in (f"person/{contact.pk}/", f"person/{contact.pk}/delete/", f"fields/{field.pk}/rename/", f"fields/{field.pk}/delete/"):
        assert hides_from(people.stranger, f"/contacts/{address}"), address
        assert hides_from(people.stranger, f"/contacts/{address}", "post"), address
    assert "Rossi" not in text(browser(people.stranger).get("/contacts/all/"))
    group = Group.objects.get()
    assert browser(people.stranger).post("/contacts/export/", {"group": group.pk, "form": "csv"}).status_code == 404


def test_a_contact_is_written_changed_and_deleted(client, people):
    fields.add(people.account, "città")
    one, two = (Group.objects.create(account=people.account, name=name) for name in ("Uno", "Due"))
    given = {"number": "333 000 0001", "name": "Anna", "surname": "D’Angelo", "field-0": "Forlì", "groups": [one.pk, two.pk]}
    page = client.post("/contacts/person/new/", given, follow=True)
    assert "+393330000001 is saved" in text(page)
    contact = Contact.objects.get()
    assert (contact.surname, contact.fields, contact.groups.count()) == ("D’Angelo", {"città": "Forlì"}, 2)
    address = f"/contacts/person/{contact.pk}/"
    assert 'value="Forlì"' in text(client.get(address))
    client.post(address, {"number": "+393330000002", "name": "Anna", "field-0": " ", "groups": [two.pk]})
    contact.refresh_from_db()
    assert (contact.number, contact.surname, contact.fields, list(contact.groups.all())) == ("+393330000002", "", {}, [two])
    assert "Delete +393330000002?" in text(client.get(f"{address}delete/"))
    client.post(f"{address}delete/")
    assert not Contact.objects.exists()


def test_bad_numbers_are_refused_and_what_was_typed_stays(client, people):
    make_group(people.account, 1)
    for number, said in (
        ("06 1234567", "“06 1234567”"),
        ("333 0000001", "is another contact&#x27;s number already (Nome0 Rossi)"),
        ("", "“”"),
    ):
        response = client.post("/contacts/person/new/", {"number": number, "name": "Anna"})
        assert response.status_code == 400, number
        assert said in text(response), number
        assert 'value="Anna"' in text(response)
    assert Contact.objects.count() == 1


def test_a_stranger_s_group_is_not_a_choice(client, people):
    foreign = Group.objects.create(account=people.other_account, name="Altrui")
    assert client.post("/contacts/person/new/", {"number": "3330000001", "groups": [foreign.pk]}).status_code == 400
    contacts.save_contact(Contact(account=people.account), "3330000001", "", "", {}, [foreign])
    assert not foreign.contacts.exists()


def test_accents_and_capitals_do_not_matter_to_a_search(client, people, monkeypatch):
    make_group(people.account, 3)
    Contact.objects.filter(number="+393330000002").update(name="Nicolò", surname="D’Angelo")
    for search in ("nicolo", "NICOLÒ d'angelo", "angelo 0002"):
        page = text(client.get("/contacts/all/", {"q": search}))
        assert "Nicolò" in page, search
        assert "Nome0" not in page, search
    assert "Nobody matches" in text(client.get("/contacts/all/", {"q": "100%"}))
    monkeypatch.setattr(contacts, "STRETCH", 1)
    assert "Still looking" in text(client.get("/contacts/all/", {"q": "nicolo"}))


def test_fields_are_made_renamed_and_deleted_in_all_contacts(client, people):
    group = make_group(people.account, 2)
    page = text(client.post("/contacts/fields/", {"name": " Città  di nascita "}, follow=True))
    assert "{città di nascita}" in page
    group.contacts.update(fields={"città di nascita": "Forlì", "altro": "x"})
    field = Field.objects.get()
    client.post(f"/contacts/fields/{field.pk}/rename/", {"name": "Città"})
    assert [each.fields for each in Contact.objects.all()] == [{"città": "Forlì", "altro": "x"}] * 2
    assert "2 contacts have something" in text(client.get(f"/contacts/fields/{field.pk}/delete/"))
    client.post(f"/contacts/fields/{field.pk}/delete/")
    assert [each.fields for each in Contact.objects.all()] == [{"altro": "x"}] * 2
    assert not Field.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "nome", "Cellulare", "a{b", "a|b", "x" * 41, "città"])
def test_names_that_texts_could_not_use_are_refused(client, people, name):
    fields.add(people.account, "città")
    response = client.post("/contacts/fields/", {"name": name})
    assert response.status_code == 400
    assert "cannot be the name of a field" in text(response)
    assert Field.objects.count() == 1
    with pytest.raises(FieldNameWrong):
        fields.add(people.account, name)


def test_duplicates_are_found_by_name_and_merged(client, people):
    group = make_group(people.account, 3)
    other = Group.objects.create(account=people.account, name="Altri")
    first, second, third = group.contacts.order_by("pk")
    Contact.objects.filter(pk=first.pk).update(name="Nicolò", fields={"città": "", "sconto": "10"})
    Contact.objects.filter(pk=second.pk).update(name="NICOLO", fields={"città": "Forlì", "sconto": "20"})
    other.contacts.add(second)
    assert [[each.pk for each in found] for found in duplicates.find(people.account)] == [[first.pk, second.pk]]
    assert duplicates.find(people.other_account) == []
    page = text(client.get("/contacts/duplicates/"))
    assert first.number in page
    assert third.number not in page
    page = text(client.post("/contacts/duplicates/merge/", {"contact": [first.pk, second.pk], "kept": first.pk}, follow=True))
    assert f"Merged into {first.number}" in page
    assert "No duplicates" in page
    first.refresh_from_db()
    assert (first.fields, first.groups.count(), Contact.objects.count()) == ({"città": "Forlì", "sconto": "10"}, 2, 2)


def test_only_duplicates_are_merged(client, people):
    first, second, third = make_group(people.account, 3).contacts.order_by("pk")
    foreign = make_group(people.other_account, 1, first=3350000001).contacts.get()
    Contact.objects.filter(pk=foreign.pk).update(name=first.name)
    for kept, others in ((first.pk, [second.pk]), (first.pk, [first.pk]), (first.pk, []), (first.pk, [foreign.pk]), (0, [first.pk])):
        with pytest.raises(NotDuplicates):
            duplicates.merge(people.account, kept, others)
    page = text(client.post("/contacts/duplicates/merge/", {"contact": [first.pk, third.pk], "kept": "x"}, follow=True))
    assert "do not have the same name any more" in page
    assert Contact.objects.count() == 4


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_an_export_imports_back_unchanged(people, form, language):
    client = browser(people.owner, language)
    group = make_group(people.account, 3)
    for name in ("città", "colonna strana"):
        fields.add(people.account, name)
    group.contacts.filter(number="+393330000001").update(name="", surname="=1+1", fields={"città": "L’Aquila", "colonna strana": "+39"})
    group.contacts.filter(number="+393330000002").update(name="-Anna", surname="Rossi; Bianchi", fields={"città": '"Forlì"'})
    before = list(Contact.objects.order_by("number").values("number", "name", "surname", "fields"))
    client.post("/contacts/export/", {"group": group.pk, "form": form})
    report = Report.objects.get()
    content = written(report)
    Contact.objects.all().delete()
    Field.objects.all().delete()
    record = importing.begin(people.account, people.owner, ContentFile(content, report.file_name), "Tornati")
    jobs.read_import(record.pk)
    record.refresh_from_db()
    assert (record.state, record.bad) == ("ready", 0), record.reason or record.problems
    importing.confirm(record)
    jobs.save_import(record.pk)
    assert list(Contact.objects.order_by("number").values("number", "name", "surname", "fields")) == before


def test_all_contacts_are_exported(client, people):
    make_group(people.account, 2)
    make_group(people.account, 2, "Altri", 3350000001)
    client.post("/contacts/export/", {"form": "csv"})
    assert written(Report.objects.get()).decode().count("\n") == 5
    assert "There is no report" in text(client.post("/contacts/export/", {"form": "zip"}, follow=True))
