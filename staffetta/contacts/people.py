"""Groups and contacts as people edit them by hand. Knows nothing of files (importing.py) and of sends (audience.py).

Refused
└── ContactsRefused
    └── GroupNameTaken, NumberRefused, NumberTaken     and GroupNameMissing, GroupNameTooLong of errors.py
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account
from staffetta.contacts import folding
from staffetta.contacts.errors import ContactsRefused, GroupNameMissing, GroupNameTooLong
from staffetta.contacts.models import Contact, Field, Group, Membership
from staffetta.contacts.problems import ALONE
from staffetta.sms import number as numbers
from staffetta.sms.errors import NumberError

GROUP_NAME_CHARS_MAX = 80
NAME_CHARS_MAX = 80
GROUPS_MAX = 500
FIELD_CHARS_MAX = 200
STRETCH = 20_000  # of contacts that one search looks through: some 30 ms


class GroupNameTaken(ContactsRefused):
    """Values: name."""

    code = "group_name_taken"
    message = _("There is a group “%(name)s” already: choose another name.")


class NumberRefused(ContactsRefused):
    """Values: number, why (a sentence)."""

    code = "contact_number_refused"
    message = _("“%(number)s”: %(why)s")


class NumberTaken(ContactsRefused):
    """Values: number, name."""

    code = "number_taken"
    message = _("%(number)s is another contact's number already (%(name)s): open that contact, or merge the two.")


@dataclass(frozen=True)
class Page:
    """Some contacts, the id after which the next ones come (None: there are no more), and whether the look ended before the page was full."""

    contacts: list[Contact]
    after: int | None
    all_seen: bool


def number_of(account: Account, written: str) -> str:
    """Return a number as the line wants it. Raises NumberRefused."""
    try:
        return numbers.parse(written, account.country)
    except NumberError as error:
        raise NumberRefused(number=written.strip(), why=ALONE.get(error.code, ALONE["number_invalid"])) from None


def group_sizes(account: Account, limit: int = GROUPS_MAX) -> list[Group]:
    """Return the account's groups by name, each with `size`, in one query."""
    return list(Group.objects.filter(account=account).annotate(size=Count("membership")).order_by("name")[:limit])


def places_in(groups: Sequence[int]) -> int:
    """Return how many places these groups have; who is in two of them counts twice."""
    return Membership.objects.filter(group__in=groups).count() if groups else 0


_STRETCH = """
SELECT c.id, c.number, c.name, c.surname FROM contacts_contact c {members}
WHERE c.account_id = %(account)s AND c.id > %(after)s ORDER BY c.id LIMIT %(stretch)s
"""
_FOUND = """
WITH stretch AS MATERIALIZED ({stretch}), good AS (SELECT id FROM stretch c WHERE {words} ORDER BY id LIMIT %(limit)s)
SELECT array(SELECT id FROM good), max(id), count(*) FROM stretch
"""


def page(account: Account, group: Group | None, search: str, after: int, limit: int) -> Page:
    """Return the next contacts of a group (None: of the account) that have each word of `search` in name, surname or number.

    Accents and capitals do not matter. No more than a stretch of contacts is looked through, however many there are.
    """
    words: list[str] = []
    values: dict[str, Any] = {"account": account.pk, "group": group.pk if group else 0, "after": after, "limit": limit + 1}
    for place, word in enumerate(search.split()[:5]):
        values[f"word{place}"] = folding.pattern(word)
        either = [f"{folding.sql(column)} LIKE %(word{place})s" for column in ("c.name", "c.surname")]
        digits = "".join(character for character in word if character.isdigit())
        if len(digits) >= 3:
            values[f"digits{place}"] = f"%{digits}%"
            either.append(f"c.number LIKE %(digits{place})s")
        words.append(f"({' OR '.join(either)})")
    values["stretch"] = STRETCH if words else limit + 1
    members = "JOIN contacts_membership m ON m.contact_id = c.id AND m.group_id = %(group)s" if group else ""
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(stretch=_STRETCH.format(members=members), words=" AND ".join(words) or "true"), values)
        ids, last, seen = cursor.fetchone()
    known = Contact.objects.in_bulk(ids[:limit])
    contacts = [known[pk] for pk in ids[:limit] if pk in known]
    if len(ids) > limit:
        return Page(contacts, ids[limit - 1], True)
    return Page(contacts, last, False) if seen == values["stretch"] else Page(contacts, None, True)


def create_group(account: Account, name: str) -> Group:
    """Make a group. Raises GroupNameMissing, GroupNameTooLong, GroupNameTaken."""
    return _named(Group(account=account), name)


def rename_group(group: Group, name: str) -> Group:
    """Give a group another name. Raises GroupNameMissing, GroupNameTooLong, GroupNameTaken."""
    return _named(group, name)


def _named(group: Group, name: str) -> Group:
    tidy = " ".join(name.split())
    if not tidy:
        raise GroupNameMissing
    if len(tidy) > GROUP_NAME_CHARS_MAX:
        raise GroupNameTooLong(name=tidy, length=len(tidy), limit=GROUP_NAME_CHARS_MAX)
    group.name = tidy
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError:
        raise GroupNameTaken(name=tidy) from None
    return group


def delete_group(group: Group) -> None:
    """Delete a group; its contacts stay in the address book."""
    group.delete()


@transaction.atomic
def add_contact(group: Group, written: str, name: str = "", surname: str = "") -> Contact:
    """Put a person into a group; one with this number already is kept, and renamed where a name is given. Raises NumberRefused."""
    number = number_of(group.account, written)
    contact, _made = Contact.objects.get_or_create(account=group.account, number=number)
    given = {"name": " ".join(name.split())[:NAME_CHARS_MAX], "surname": " ".join(surname.split())[:NAME_CHARS_MAX]}
    for field, value in given.items():
        if value:
            setattr(contact, field, value)
    contact.save()
    Membership.objects.get_or_create(group=group, contact=contact)
    return contact


@transaction.atomic
def save_contact(contact: Contact, written: str, name: str, surname: str, fields: dict[str, str], groups: Iterable[Group]) -> Contact:
    """Write a contact, a new one or one that is there: its number, names, free fields and groups. Raises NumberRefused, NumberTaken.

    A free field that is left blank is taken away; only fields and groups of the contact's account count.
    """
    contact.number = number_of(contact.account, written)
    contact.name, contact.surname = (" ".join(value.split())[:NAME_CHARS_MAX] for value in (name, surname))
    own = Field.objects.filter(account=contact.account).values_list("name", flat=True)
    kept = {key: value for key, value in contact.fields.items() if key not in own}
    contact.fields = kept | {key: fields[key].strip()[:FIELD_CHARS_MAX] for key in own if fields.get(key, "").strip()}
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError:
        other = Contact.objects.get(account=contact.account, number=contact.number)
        shown = f"{other.name} {other.surname}".strip() or other.number
        raise NumberTaken(number=contact.number, name=shown) from None
    chosen = [group for group in groups if group.account_id == contact.account_id]
    Membership.objects.filter(contact=contact).exclude(group__in=chosen).delete()
    Membership.objects.bulk_create([Membership(group=group, contact=contact) for group in chosen], ignore_conflicts=True)
    return contact


@transaction.atomic
def add_contacts(group: Group, people: Iterable[tuple[str, str, str]]) -> list[Contact]:
    """Put people (number, name, surname) into a group, all or none, as `add_contact` does. Raises NumberRefused."""
    return [add_contact(group, *person) for person in people]


def with_number(account: Account, written: str) -> Contact | None:
    """Return the account's contact with a number; None where there is none. Raises NumberRefused."""
    return Contact.objects.filter(account=account, number=number_of(account, written)).first()


def groups_after(account: Account, after: int, limit: int) -> list[Group]:
    """Return the account's next groups in the order they were made, each with `size`."""
    return list(Group.objects.filter(account=account, pk__gt=after).annotate(size=Count("membership")).order_by("pk")[:limit])


def delete_contact(contact: Contact) -> None:
    """Delete a contact, out of all its groups too; what was sent to it stays in the archive."""
    contact.delete()


def remove_contact(group: Group, contact_id: int) -> None:
    """Take a person out of a group; the contact stays in the address book. Once more does nothing."""
    Membership.objects.filter(group=group, contact_id=contact_id).delete()
