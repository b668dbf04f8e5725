"""Groups and contacts by hand, and the pages of an import."""

import io

import pytest

from staffetta.contacts import import_read, import_save, importing
from staffetta.contacts.models import Contact, Group, Import
from tests.db.portal import browser, hides_from, table, text
from tests.people import People, make_group, make_people

pytestmark = pytest.mark.django_db
FILE = "Nome;Cognome;Cellulare;Città\nAnna;Bianchi;333 4000001;Mestre\nLuca;Verdi;041 5550123;Venezia\n=1+1;Neri;abc;Dolo\n"


@pytest.fixture
def people() -> People:
    return make_people(0)


@pytest.fixture
def client(people):
    return browser(people.owner)


def upload(client, content: str = FILE, name: str = "clienti.csv", **fields):
    file = io.BytesIO(content.encode())
    file.name = name
    return client.post("/contacts/import/", {"file": file, "new_group": "Clienti", "with_prefix": "on"} | fields)


def read(client, **fields) -> Import:
    upload(client, **fields)
    record = Import.objects.latest("pk")
    import_read.read(record.pk)
    return record


def test_empty_pages_teach(client):
    assert "There is no group yet" in text(client.get("/contacts/"))


def test_groups_are_made_renamed_and_deleted(client, people):
    made = client.post("/contacts/new-group/", {"name": "  Clienti   di Mestre "})
    group = Group.objects.get()
    assert (made.headers["Location"], group.name, group.account) == (f"/contacts/{group.pk}/", "Clienti di Mestre", people.account)
    client.post(f"/contacts/{group.pk}/rename/", {"name": "Soci"})
    assert "Delete the group “Soci”?" in text(client.get(f"/contacts/{group.pk}/delete/"))
    client.post(f"/contacts/{group.pk}/add/", {"number": "333 1234567", "name": "Ugo"})
    assert client.post(f"/contacts/{group.pk}/delete/").headers["Location"] == "/contacts/"
    assert not Group.objects.exists()
    assert "Ugo" in text(client.get("/contacts/all/"))


@pytest.mark.parametrize(("name", "says"), [("", "need a group"), ("x" * 81, "81 characters"), ("Clienti", "already")])
def test_bad_group_names_are_kept_and_refused(client, people, name, says):
    make_group(people.account, 1)
    response = client.post("/contacts/new-group/", {"name": name})
    assert response.status_code == 400
    assert says in text(response)
    assert Group.objects.count() == 1


def test_a_contact_is_added_once_and_taken_out(client, people):
    group = make_group(people.account, 0)
    for name in ("Ugo", "Ugo", ""):
        client.post(f"/contacts/{group.pk}/add/", {"number": "+39 333 1234567", "name": name, "surname": "Bruni"})
    contact = Contact.objects.get()
    assert (contact.name, contact.surname, group.contacts.count()) == ("Ugo", "Bruni", 1)
    client.post(f"/contacts/{group.pk}/remove/{contact.pk}/")
    assert group.contacts.count() == 0
    assert Contact.objects.exists()


def test_a_number_that_cannot_get_sms_is_kept_and_refused(client, people):
    group = make_group(people.account, 0)
    page = text(client.post(f"/contacts/{group.pk}/add/", {"number": "041 555012", "name": "Ugo"}))
    assert "This is a landline" in page
    assert 'value="041 555012"' in page
    assert 'value="Ugo"' in page


def test_contacts_are_read_by_pages_and_searched(client, people, django_assert_max_num_queries):
    group = make_group(people.account, 120)
    client.get("/contacts/")  # what is read once a process is read
    with django_assert_max_num_queries(10):
        first = text(client.get(f"/contacts/{group.pk}/"))
    assert "Nome49" in first
    assert "Nome50" not in first
    after = group.contacts.order_by("pk")[49].pk
    assert "Nome50" in text(client.get(f"/contacts/{group.pk}/?after={after}"))
    found = text(client.get(f"/contacts/{group.pk}/?q=rossi+nome7", headers={"HX-Request": "true"}))
    assert found.count("<tr>") == 1 + 11
    assert "<html" not in found
    assert "Nobody matches “zzz”" in text(client.get(f"/contacts/{group.pk}/?q=zzz"))
    assert client.get(f"/contacts/{group.pk}/?after=abc").status_code == 200


def test_it_hides_other_accounts(client, people):
    group = make_group(people.account, 1)
    contact = group.contacts.get()
    record = read(client)
    for address in ("add/", f"remove/{contact.pk}/", "rename/", "delete/"):
        assert hides_from(people.stranger, f"/contacts/{group.pk}/{address}", "post")
    for address in ("", "progress/", "bad-rows.csv"):
        assert hides_from(people.stranger, f"/contacts/import/{record.pk}/{address}")
    for address in ("confirm/", "drop/", "columns/"):
        assert hides_from(people.stranger, f"/contacts/import/{record.pk}/{address}", "post")
    assert "Nome0" not in text(browser(people.stranger).get("/contacts/all/"))
    foreign = upload(browser(people.stranger), group=group.pk, new_group="")
    assert foreign.status_code == 400


def test_an_import_works_from_file_to_group(client, people):
    assert upload(client).headers["Location"] == f"/contacts/import/{Import.objects.get().pk}/"
    record = Import.objects.get()
    address = f"/contacts/import/{record.pk}/"
    assert 'hx-trigger="every 1s"' in text(client.get(address))
    import_read.read(record.pk)
    assert client.get(f"{address}progress/").headers["HX-Refresh"] == "true"
    page = text(client.get(address))
    assert "Save 1 contact" in page
    assert "This is a landline" in page
    assert "Mestre" in page
    assert table(client.get(f"{address}bad-rows.csv"))[1:] == [
        ["3", "041 5550123", "This is a landline: SMS reach mobiles only."],
        ["4", "abc", "There are letters in the number: leave only the number in this column."],
    ]
    assert not Contact.objects.exists()
    client.post(f"{address}confirm/")
    client.post(f"{address}confirm/")
    import_save.save(record.pk)
    assert "The contacts are saved" in text(client.get(address))
    assert Group.objects.get(account=people.account).contacts.get().name == "Anna"
    assert client.post(f"{address}drop/").status_code == 400


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"content": ""}, "file is empty"), ({"file": ""}, "Choose a file")],
)
def test_bad_uploads_are_refused(client, fields, says):
    response = upload(client, **fields)
    assert response.status_code == 400
    assert says in text(response)
    assert not Import.objects.exists()


def test_a_file_without_numbers_asks_which_column_they_are(client):
    record = read(client, content="Chi;Dove\nAnna;Mestre\nLuca;Venezia\n")
    address = f"/contacts/import/{record.pk}/"
    page = text(client.get(address))
    assert "tell us which column it is" in page
    assert "<select" in page
    assert client.post(f"{address}columns/", {"role": ["skip", "skip"]}).status_code == 400
    assert client.post(f"{address}columns/", {"role": ["name", "number"]}).headers["Location"] == address


def test_an_import_is_dropped(client):
    record = read(client)
    assert client.post(f"/contacts/import/{record.pk}/drop/").headers["Location"] == "/contacts/"
    assert "was dropped" in text(client.get(f"/contacts/import/{record.pk}/"))
    importing.drop(record)


@pytest.mark.parametrize("extension", ["xls", "xlsx", "ods", "csv"])
def test_samples_can_be_downloaded(client, extension):
    response = client.get(f"/contacts/import/sample.{extension}")
    assert len(b"".join(response.streaming_content)) > 50
    assert "attachment" in response.headers["Content-Disposition"]


def test_there_is_no_other_sample(client):
    assert client.get("/contacts/import/sample.exe").status_code == 404


def test_a_group_without_a_name_takes_that_of_the_file(client, people):
    upload(client, new_group="")
    assert Import.objects.get().group_name == "clienti"
