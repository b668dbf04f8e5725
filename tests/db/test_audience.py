"""To whom: groups less groups, the people of a file, loose numbers; each once, and what is frozen stays."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from staffetta.contacts import audience as audiences
from staffetta.contacts import duplicates, filelist
from staffetta.contacts.audience import Cursor
from staffetta.contacts.errors import FileRefused, NoNumberColumn
from staffetta.contacts.filelist import ListTooLong, NobodyInFile
from staffetta.contacts.models import Contact, FileList, Group, Membership
from staffetta.lib import clock
from staffetta.messaging import accept, compose, control, jobs
from staffetta.messaging.errors import FileGone, GroupGone, GroupInUse, NobodyToSendTo, UnknownField
from staffetta.messaging.models import Batch, Draft, Message
from tests.db.line import expand_all, request
from tests.people import make_group

pytestmark = pytest.mark.django_db


def listed(people, content: str, name: str = "elenco.csv") -> FileList:
    return filelist.take(people.account, SimpleUploadedFile(name, content.encode()))


def into(group: Group, *numbers: str) -> None:
    for number in numbers:
        contact = Contact.objects.get_or_create(account=group.account, number=number)[0]
        Membership.objects.create(group=group, contact=contact)


def texts(batch: Batch) -> dict[str, str]:
    expand_all()
    return {message.number[-4:]: message.text or batch.text for message in Message.objects.filter(batch=batch)}


def everyone(audience, limit: int) -> list[str]:
    found, cursor = [], Cursor()
    while cursor is not None:
        people, cursor = audiences.read(audience, cursor, limit, True)
        found += [person.number for person in people]
    return found


def test_a_union_of_groups_less_others(people, connector):
    one, two = make_group(people.account, 4, "Uno"), make_group(people.account, 3, "Due", 3340000001)
    into(two, "+393330000001")
    out = Group.objects.create(account=people.account, name="Fuori")
    into(out, "+393330000002", "+393340000003", "+393350000001")
    draft = compose.prepare(
        request(people, groups=(one.pk, two.pk), excluded=(out.pk,), numbers=("+393350000001", "+393350000002"), text="Ciao")
    )
    assert (draft.expected, draft.recipients) == (6, 6)
    assert set(texts(accept.accept(draft))) == {"0001", "0003", "0004", "0002"}
    assert Message.objects.count() == 6
    assert not Message.objects.filter(number__in=["+393330000002", "+393340000003", "+393350000001"]).exists()


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_of_any_size_read_the_same(people, limit):
    one = make_group(people.account, 5, "Uno")
    out = Group.objects.create(account=people.account, name="Fuori")
    into(out, "+393330000001", "+393330000002", "+393330000005", "+393470000002")
    of_file = listed(people, "Cellulare\n3330000003\n3470000001\n3470000002\n3470000003\n")
    audience = audiences.freeze(people.account.pk, [one.pk], ["+393480000001", "+393470000001", "+393330000001"], [out.pk], of_file.pk)
    assert everyone(audience, limit) == ["+393330000004", "+393330000003", "+393470000001", "+393470000003", "+393480000001"]
    assert audiences.size(audience) == 5
    assert audiences.first(audience).number == "+393330000004"


def test_who_is_left_out_is_frozen_with_the_audience(people, connector):
    one, out = make_group(people.account, 3, "Uno"), Group.objects.create(account=people.account, name="Fuori")
    into(out, "+393330000001")
    draft = compose.prepare(request(people, one, excluded=(out.pk,)))
    into(out, "+393330000002")
    assert set(texts(accept.accept(draft))) == {"0002", "0003"}


def test_all_left_out_is_nobody(people, connector):
    one = make_group(people.account, 3, "Uno")
    with pytest.raises(NobodyToSendTo):
        compose.prepare(request(people, one, excluded=(one.pk,)))


def test_a_group_left_out_is_not_deleted_under_a_send(people, connector):
    one, out = make_group(people.account, 3, "Uno"), make_group(people.account, 1, "Fuori", 3340000001)
    first = compose.prepare(request(people, one, excluded=(out.pk,)))
    accept.accept(first)
    with pytest.raises(GroupInUse):
        control.check_unused(out)
    second = compose.prepare(request(people, one, excluded=(out.pk,)))
    out.delete()
    with pytest.raises(GroupGone):
        accept.accept(second)


def test_a_plain_send_to_a_group_asks_the_database_no_more_than_before(people, connector):
    group = make_group(people.account, 5)
    audience = audiences.freeze(people.account.pk, [group.pk], [])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        audiences.read(audience, Cursor(), 10, False)
    (query,) = asked.captured_queries
    assert "contacts_file" not in query["sql"]
    assert query["sql"].count("contacts_membership") == 1


def test_a_files_columns_fill_the_text_and_nobody_is_saved(people, connector):
    of_file = listed(people, "Nome;Cellulare;Importo\nAda;347 0000001;12,50\nUgo;3470000002;8\n")
    batch = accept.accept(compose.prepare(request(people, file=of_file.pk, text="{nome|cliente}: {importo} euro")))
    assert texts(batch) == {"0001": "Ada: 12,50 euro", "0002": "Ugo: 8 euro"}
    assert not Contact.objects.exists()


def test_a_file_wins_over_the_group_and_is_filled_up_from_the_contact(people, connector):
    group = make_group(people.account, 2)
    of_file = listed(people, "Cellulare;Importo\n3330000001;5\n")
    batch = accept.accept(compose.prepare(request(people, group, file=of_file.pk, text="{nome} {importo|0}")))
    assert texts(batch) == {"0001": "Nome0 5", "0002": "Nome1 0"}
    with pytest.raises(UnknownField):
        compose.prepare(request(people, group, text="{importo}"))


def test_a_files_doubles_are_joined_and_its_bad_rows_told(people):
    of_file = listed(people, "Nome;Cellulare\nAda;3470000001\nAda B;3470000001\nFisso;041555012\n")
    assert (of_file.people, of_file.merged, of_file.bad) == (1, 1, 1)
    assert of_file.problems == [{"row": 4, "value": "041555012", "code": "number_landline"}]


@pytest.mark.parametrize(
    ("content", "refusal"),
    [("", FileRefused), ("Nome;Città\nAda;Mira\n", NoNumberColumn), ("Cellulare\n041555012\n", NobodyInFile), ("%PDF-1.4", FileRefused)],
)
def test_a_file_that_cannot_be_used_is_refused(people, content, refusal):
    with pytest.raises(refusal):
        listed(people, content)
    assert not FileList.objects.exists()


def test_a_file_has_so_many_rows_at_most(people, monkeypatch):
    monkeypatch.setattr(filelist, "ROWS_MAX", 2)
    with pytest.raises(ListTooLong):
        listed(people, "Cellulare\n3470000001\n3470000002\n3470000003\n")


def test_another_accounts_file_is_nobody(people, connector):
    of_file = filelist.take(people.other_account, SimpleUploadedFile("x.csv", b"Cellulare\n3470000001\n"))
    with pytest.raises(NobodyToSendTo):
        compose.prepare(request(people, file=of_file.pk, text="Ciao"))


def test_files_are_forgotten_after_a_week_but_not_under_a_send(people, connector):
    waiting, old, used = (listed(people, f"Cellulare\n347000000{n}\n") for n in (1, 2, 3))
    batch = accept.accept(compose.prepare(request(people, file=waiting.pk, text="Ciao")))
    draft = compose.prepare(request(people, file=old.pk, text="Ciao"))
    FileList.objects.update(created_at=clock.now() - jobs.FORGOTTEN_AFTER * 2)
    compose.prepare(request(people, file=used.pk, text="Ciao"))
    Draft.objects.filter(pk=draft.pk).update(created_at=clock.now() - jobs.FORGOTTEN_AFTER * 2)
    jobs.forget_files(timestamp=0)
    assert set(FileList.objects.filter(dropped_at=None)) == {waiting, used}
    assert not old.fileperson_set.exists()
    with pytest.raises(FileGone):
        accept.accept(Draft.objects.get(pk=draft.pk))
    assert set(texts(batch)) == {"0001"}


@pytest.mark.parametrize("kept_is_member", [True, False])
@pytest.mark.parametrize("left_out", [True, False])
def test_contacts_merged_before_a_planned_send_leaves_keep_their_place(people, connector, left_out, kept_is_member):
    group = make_group(people.account, 2, "Uno")
    named = Group.objects.create(account=people.account, name="Fuori") if left_out else group
    first, second = group.contacts.order_by("pk")
    Contact.objects.update(name="Ivo", surname="Gallo")
    kept = second if kept_is_member else Contact.objects.create(account=people.account, number="+393470000001", name="Ivo", surname="Gallo")
    other = first
    if left_out:
        named.contacts.add(other)
        group.contacts.add(kept)
    planned = accept.accept(
        compose.prepare(
            request(people, groups=(group.pk,), excluded=(named.pk,) if left_out else (), numbers=("+393480000009",), text="Ciao")
        )
    )
    if kept_is_member:  # a place taken after the send was confirmed must not win over the older one
        named.contacts.remove(kept)
        named.contacts.add(kept)
    duplicates.merge(people.account, kept.pk, [other.pk])
    assert kept.groups.filter(pk=group.pk).exists()
    assert (kept.number[-4:] in texts(planned)) is not left_out
