"""Contacts of the account: list, make, read, change, delete."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field as Limits

from staffetta.accounts.models import Account
from staffetta.api.errors import NotFound, ValueWrong
from staffetta.api.rest.cursors import LIMIT, Cursor, Limit, Page, first, page
from staffetta.api.rest.shapes import Given, Id, Number, SomeId, Words, WordsSought, account_of, caller, own
from staffetta.contacts import fields, people
from staffetta.contacts.models import Contact, Group

router = Router()
GroupIds = Annotated[list[SomeId], Limits(max_length=500)]
Fields = dict[Words, Words]


class ContactShown(Schema):
    """A person of the address book. `fields` are the account's own fields."""

    id: int
    number: str
    name: str
    surname: str
    fields: dict[str, str]
    created_at: datetime


class ContactWithGroups(ContactShown):
    """A person with the groups they are in."""

    groups: list[int]


class NewContact(Given):
    """A person to be made."""

    number: Number
    name: Words = ""
    surname: Words = ""
    fields: Fields = {}
    groups: GroupIds = []


class ContactChange(Given):
    """What is to change of a person; what is left out stays. `fields` and `groups` replace all of them."""

    number: Number | None = None
    name: Words | None = None
    surname: Words | None = None
    fields: Fields | None = None
    groups: GroupIds | None = None


def shown(contact: Contact) -> dict[str, Any]:
    """Return a contact as lists show it."""
    return {
        "id": contact.pk,
        "number": contact.number,
        "name": contact.name,
        "surname": contact.surname,
        "fields": {name: str(value) for name, value in contact.fields.items()},
        "created_at": contact.created_at,
    }


def _whole(contact: Contact) -> dict[str, Any]:
    return shown(contact) | {"groups": sorted(contact.groups.values_list("pk", flat=True))}


@router.get("/contacts", response=Page[ContactShown], operation_id="listContacts", summary="List contacts")
def listed(
    request: HttpRequest,
    search: WordsSought = "",
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """List the address book in the order it grew."""
    who, _key = caller(request)
    who.must("contacts")
    found = people.page(account_of(who), None, search, first(cursor), limit)
    return page([shown(each) for each in found.contacts], found.after)


@router.post("/contacts", response={201: ContactWithGroups}, operation_id="createContact", summary="Make a contact")
def create(request: HttpRequest, given: NewContact) -> dict[str, Any]:
    """Make a contact. One with its number already is not touched: that is refused."""
    who, _key = caller(request)
    who.must("contacts")
    account = account_of(who)
    return _saved(Contact(account=account), account, given.number, given.name, given.surname, given.fields, given.groups)


@router.get("/contacts/{contact_id}", response=ContactWithGroups, operation_id="getContact", summary="Read a contact")
def read(request: HttpRequest, contact_id: Id) -> dict[str, Any]:
    """Return a contact with its groups."""
    who, _key = caller(request)
    who.must("contacts")
    return _whole(own(Contact.objects.all(), who, _("contact"), pk=contact_id))


@router.patch("/contacts/{contact_id}", response=ContactWithGroups, operation_id="changeContact", summary="Change a contact")
def change(request: HttpRequest, contact_id: Id, given: ContactChange) -> dict[str, Any]:
    """Change what is given of a contact."""
    who, _key = caller(request)
    who.must("contacts")
    contact = own(Contact.objects.select_related("account"), who, _("contact"), pk=contact_id)
    return _saved(
        contact,
        contact.account,
        contact.number if given.number is None else given.number,
        contact.name if given.name is None else given.name,
        contact.surname if given.surname is None else given.surname,
        contact.fields if given.fields is None else given.fields,
        list(contact.groups.values_list("pk", flat=True)) if given.groups is None else given.groups,
    )


@router.delete("/contacts/{contact_id}", response={204: None}, operation_id="deleteContact", summary="Delete a contact")
def delete(request: HttpRequest, contact_id: Id) -> None:
    """Delete a contact; what was sent to it stays."""
    who, _key = caller(request)
    who.must("contacts")
    people.delete_contact(own(Contact.objects.all(), who, _("contact"), pk=contact_id))


def _saved(
    contact: Contact, account: Account, number: str, name: str, surname: str, free: dict[str, str], groups: list[int]
) -> dict[str, Any]:
    known = [*fields.names(account), *contact.fields]
    if unknown := next((each for each in free if each not in known), None):
        raise ValueWrong(name=f"fields.{unknown}", why=_("the account has no such field: make it in the portal first."))
    found = list(Group.objects.filter(account=account, pk__in=groups))
    if missing := sorted(set(groups) - {group.pk for group in found}):
        raise NotFound(what=_("group %(id)s") % {"id": missing[0]})
    return _whole(people.save_contact(contact, number, name, surname, free, found))
