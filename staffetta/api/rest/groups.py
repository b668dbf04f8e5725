"""Groups of contacts: list, make, rename, delete; put people in by number, take them out."""

from datetime import datetime
from typing import Annotated, Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Path, Router, Schema
from pydantic import Field as Limits

from staffetta.api.errors import NotFound
from staffetta.api.rest.contacts import ContactShown, shown
from staffetta.api.rest.cursors import LIMIT, Cursor, Limit, Page, first, page
from staffetta.api.rest.shapes import Given, Id, Number, Words, account_of, caller, own
from staffetta.contacts import people
from staffetta.contacts.models import Group
from staffetta.messaging import control

router = Router()
MEMBERS_MAX = 500


class GroupShown(Schema):
    """A group with the number of its contacts."""

    id: int
    name: str
    size: int
    created_at: datetime


class Named(Given):
    """A group's name."""

    name: Words


class Member(Given):
    """A person to put into a group; a contact with this number is kept, and renamed where a name is given."""

    number: Number
    name: Words = ""
    surname: Words = ""


class Members(Given):
    """People to put into a group: all or none."""

    members: Annotated[list[Member], Limits(min_length=1, max_length=MEMBERS_MAX)]


def _shown(group: Group) -> dict[str, Any]:
    return {"id": group.pk, "name": group.name, "size": getattr(group, "size", 0), "created_at": group.created_at}


def _own(request: HttpRequest, group_id: int) -> Group:
    who, _key = caller(request)
    who.must("contacts")
    found: Group = own(Group.objects.select_related("account").annotate(size=Count("membership")), who, _("group"), pk=group_id)
    return found


@router.get("/groups", response=Page[GroupShown], operation_id="listGroups", summary="List groups")
def listed(request: HttpRequest, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """List groups in the order they were made."""
    who, _key = caller(request)
    who.must("contacts")
    found = people.groups_after(account_of(who), first(cursor), limit + 1)
    return page([_shown(group) for group in found[:limit]], found[limit - 1].pk if len(found) > limit else None)


@router.post("/groups", response={201: GroupShown}, operation_id="createGroup", summary="Make a group")
def create(request: HttpRequest, given: Named) -> dict[str, Any]:
    """Make an empty group."""
    who, _key = caller(request)
    who.must("contacts")
    return _shown(people.create_group(account_of(who), given.name))


@router.get("/groups/{group_id}", response=GroupShown, operation_id="getGroup", summary="Read a group")
def read(request: HttpRequest, group_id: Id) -> dict[str, Any]:
    """Return a group with its size."""
    return _shown(_own(request, group_id))


@router.patch("/groups/{group_id}", response=GroupShown, operation_id="renameGroup", summary="Rename a group")
def rename(request: HttpRequest, group_id: Id, given: Named) -> dict[str, Any]:
    """Give a group another name."""
    return _shown(people.rename_group(_own(request, group_id), given.name))


@router.delete("/groups/{group_id}", response={204: None}, operation_id="deleteGroup", summary="Delete a group")
def delete(request: HttpRequest, group_id: Id) -> None:
    """Delete a group that no running send reads from; its contacts stay."""
    group = _own(request, group_id)
    control.check_unused(group)
    people.delete_group(group)


@router.get("/groups/{group_id}/members", response=Page[ContactShown], operation_id="listMembers", summary="List a group's contacts")
def members(request: HttpRequest, group_id: Id, limit: Limit = LIMIT, cursor: Cursor = "") -> dict[str, Any]:
    """List the contacts of a group."""
    group = _own(request, group_id)
    found = people.page(group.account, group, "", first(cursor), limit)
    return page([shown(each) for each in found.contacts], found.after)


@router.post("/groups/{group_id}/members", response=GroupShown, operation_id="addMembers", summary="Put people into a group")
def add(request: HttpRequest, group_id: Id, given: Members) -> dict[str, Any]:
    """Put up to 500 people into a group by their numbers; who is in it already stays once."""
    group = _own(request, group_id)
    people.add_contacts(group, [(each.number, each.name, each.surname) for each in given.members])
    return _shown(_own(request, group_id))


@router.delete(
    "/groups/{group_id}/members/{number}", response={204: None}, operation_id="removeMember", summary="Take a person out of a group"
)
def remove(request: HttpRequest, group_id: Id, number: Annotated[Number, Path(description="The contact's number.")]) -> None:
    """Take a person out of a group; the contact stays in the address book."""
    group = _own(request, group_id)
    contact = people.with_number(group.account, number)
    if contact is None or not group.contacts.filter(pk=contact.pk).exists():
        raise NotFound(what=_("contact"))
    people.remove_contact(group, contact.pk)
