"""REST: contacts, groups and saved texts are made, read, changed and deleted; another account's are not there."""

import pytest

from staffetta.contacts.models import Contact, Field, Group, Membership
from staffetta.messaging.models import SavedText
from tests.db.portal import accepted
from tests.db.rest import owner, read, refused, stranger
from tests.people import make_group

pytestmark = pytest.mark.django_db


def test_a_contact_lives(people):
    Field.objects.create(account=people.account, name="citta")
    program, group = owner(people), make_group(people.account, 1)
    given = {"number": "320 1234567", "name": " Anna ", "surname": "Bruni", "fields": {"citta": "Asti"}, "groups": [group.pk]}
    made = read(program.post("/contacts", given), 201)
    assert (made["number"], made["name"], made["fields"], made["groups"]) == ("+393201234567", "Anna", {"citta": "Asti"}, [group.pk])
    assert read(program.get(f"/contacts/{made['id']}")) == made
    changed = read(program.call("patch", f"/contacts/{made['id']}", {"surname": "Verdi", "groups": []}))
    assert changed == made | {"surname": "Verdi", "groups": []}
    assert program.call("delete", f"/contacts/{made['id']}").status_code == 204
    refused(program.get(f"/contacts/{made['id']}"), 404, "not_found")


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"number": "x"}, 422, "contact_number_refused"),
        ({"number": "3330000001"}, 409, "number_taken"),
        ({"fields": {"nix": "x"}}, 422, "value_wrong"),
        ({"fields": {"citta": 1}}, 422, "parameter_wrong"),
        ({"groups": [999_999]}, 404, "not_found"),
        ({"groups": [2**63]}, 422, "value_wrong"),
        ({"name": "x" * 201}, 422, "value_wrong"),
        ({"name": "a\0"}, 422, "value_wrong"),
    ],
)
def test_a_bad_contact_is_not_made(people, fields, status, code):
    make_group(people.account, 1)
    refused(owner(people).post("/contacts", {"number": "3201234567"} | fields), status, code)
    assert Contact.objects.count() == 1


def test_contacts_are_listed_and_searched(people):
    make_group(people.account, 5)
    program = owner(people)
    assert [each["name"] for each in program.everything("/contacts?limit=2")] == [f"Nome{n}" for n in range(5)]
    assert [each["name"] for each in program.everything("/contacts?search=nome3%20rossi")] == ["Nome3"]


def test_a_group_lives(people):
    program = owner(people)
    group = read(program.post("/groups", {"name": " Amici  cari "}), 201)
    assert (group["name"], group["size"]) == ("Amici cari", 0)
    given = {"members": [{"number": "3330000001", "name": "Anna"}, {"number": "+39 333 0000002"}, {"number": "3330000001"}]}
    assert read(program.post(f"/groups/{group['id']}/members", given))["size"] == 2
    assert [each["name"] for each in program.everything(f"/groups/{group['id']}/members?limit=1")] == ["Anna", ""]
    assert program.call("delete", f"/groups/{group['id']}/members/+393330000002").status_code == 204
    refused(program.call("delete", f"/groups/{group['id']}/members/+393330000002"), 404, "not_found")
    refused(program.call("delete", f"/groups/{group['id']}/members/x"), 422, "contact_number_refused")
    renamed = read(program.call("patch", f"/groups/{group['id']}", {"name": "Pochi"}))
    assert (renamed["name"], renamed["size"]) == ("Pochi", 1)
    assert program.call("delete", f"/groups/{group['id']}").status_code == 204
    assert Contact.objects.count() == 2


def test_members_enter_all_or_none(people):
    program, group = owner(people), make_group(people.account, 0)
    refused(
        program.post(f"/groups/{group.pk}/members", {"members": [{"number": "3330000001"}, {"number": "x"}]}), 422, "contact_number_refused"
    )
    refused(program.post(f"/groups/{group.pk}/members", {"members": [{"number": "3330000001"}] * 501}), 422, "value_wrong")
    refused(program.post(f"/groups/{group.pk}/members", {"members": []}), 422, "value_wrong")
    assert (Membership.objects.count(), Contact.objects.count()) == (0, 0)


def test_a_group_in_use_stays(people, connector):
    batch = accepted(people)
    refused(owner(people).call("delete", f"/groups/{batch.groups[0]}"), 409, "group_in_use")
    assert Group.objects.count() == 1


def test_groups_are_listed(people):
    for n in range(3):
        make_group(people.account, n, f"G{n}", 3330000001 + 10 * n)
    assert [(each["name"], each["size"]) for each in owner(people).everything("/groups?limit=2")] == [("G0", 0), ("G1", 1), ("G2", 2)]


def test_a_text_lives(people):
    program = owner(people)
    saved = read(program.post("/texts", {"name": "Promo", "text": "Sconto {nome}"}), 201)
    refused(program.post("/texts", {"name": "Promo", "text": "x"}), 409, "text_name_taken")
    assert read(program.call("patch", f"/texts/{saved['id']}", {"text": "Saldi"})) == saved | {"text": "Saldi"}
    read(program.post("/texts", {"name": "Due", "text": "x"}), 201)
    assert [each["name"] for each in program.everything("/texts?limit=1")] == ["Promo", "Due"]
    assert program.call("delete", f"/texts/{saved['id']}").status_code == 204
    refused(program.get(f"/texts/{saved['id']}"), 404, "not_found")
    refused(program.post("/texts", {"name": "Lungo", "text": "x" * 4_001}), 422, "text_too_long_to_save")


def test_another_accounts_rows_are_hidden(people):
    group = make_group(people.account, 1)
    contact, text = Contact.objects.get(), SavedText.objects.create(account=people.account, name="x", text="x")
    program = stranger(people)
    for kind, row in (("contacts", contact), ("groups", group), ("texts", text)):
        assert program.everything(f"/{kind}") == []
        for method, body in (("get", None), ("patch", {"name": "y"}), ("delete", None)):
            refused(program.call(method, f"/{kind}/{row.pk}", body), 404, "not_found")
    refused(program.get(f"/groups/{group.pk}/members"), 404, "not_found")
    refused(program.post(f"/groups/{group.pk}/members", {"members": [{"number": "3330000009"}]}), 404, "not_found")
    refused(program.call("delete", f"/groups/{group.pk}/members/+393330000001"), 404, "not_found")
    assert (Contact.objects.count(), Membership.objects.count(), SavedText.objects.count()) == (1, 1, 1)
