"""Groups and contacts as people edit them by hand. Knows nothing of files (importing.py) and of sends (audience.py).

Refused
└── ContactsRefused
    └── GroupNameTaken, NumberRefused     and GroupNameMissing, GroupNameTooLong of errors.py
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account
from staffetta.contacts.errors import ContactsRefused, GroupNameMissing, GroupNameTooLong
from staffetta.contacts.models import Contact, Group, Membership
from staffetta.contacts.problems import PROBLEMS
from staffetta.sms import number as numbers
from staffetta.sms.errors import NumberError

GROUP_NAME_CHARS_MAX = 80
NAME_CHARS_MAX = 80
GROUPS_MAX = 500


class GroupNameTaken(ContactsRefused):
    """Values: name."""

    code = "group_name_taken"
    message = _("There is a group “%(name)s” already: choose another name.")


class NumberRefused(ContactsRefused):
    """Values: number, why (a sentence)."""

    code = "number_refused"
    message = _("“%(number)s”: %(why)s")


@dataclass(frozen=True)
class Page:
    """Some contacts, and the id after which the next ones come (None: there are no more)."""

    contacts: list[Contact]
    after: int | None


def number_of(account: Account, written: str) -> str:
    """Return a number as the line wants it. Raises NumberRefused."""
    try:
        return numbers.parse(written, account.country)
    except NumberError as error:
        raise NumberRefused(number=written.strip(), why=PROBLEMS.get(error.code, PROBLEMS["number_invalid"])) from None


def group_sizes(account: Account, limit: int = GROUPS_MAX) -> list[Group]:
    """Return the account's groups by name, each with `size`, in one query."""
    return list(Group.objects.filter(account=account).annotate(size=Count("membership")).order_by("name")[:limit])


def places_in(groups: Sequence[int]) -> int:
    """Return how many places these groups have; who is in two of them counts twice."""
    return Membership.objects.filter(group__in=groups).count() if groups else 0


def page(account: Account, group: Group | None, search: str, after: int, limit: int) -> Page:
    """Return the next contacts of a group (None: of the account) whose name, surname or number has each word of `search`."""
    found = Contact.objects.filter(account=account, pk__gt=after)
    if group is not None:
        found = found.filter(membership__group=group)
    for word in search.split()[:5]:
        digits = "".join(character for character in word if character.isdigit())
        named = Q(name__icontains=word) | Q(surname__icontains=word)
        found = found.filter(named | Q(number__contains=digits) if len(digits) >= 3 else named)
    rows = list(found.order_by("pk")[: limit + 1])
    return Page(rows[:limit], rows[limit - 1].pk if len(rows) > limit else None)


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


def remove_contact(group: Group, contact_id: int) -> None:
    """Take a person out of a group; the contact stays in the address book. Once more does nothing."""
    Membership.objects.filter(group=group, contact_id=contact_id).delete()
