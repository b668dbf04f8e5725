"""A file of contacts, of a group or all, that imports back unchanged. Reads only."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from staffetta.contacts import fields
from staffetta.contacts.models import Contact, Group
from staffetta.reports.models import Report
from staffetta.reports.sheet import Cell, Column, Sheet

_PAGE = 5_000


def sheet(report: Report) -> Sheet:
    """Return the contacts of the group `subject`, or of the account. Raises Group.DoesNotExist."""
    group = Group.objects.get(pk=report.subject, account_id=report.account_id) if report.subject else None
    free = fields.names(report.account)
    columns = [Column(_("Mobile"), 16, 3), Column(_("Name"), 18, 3), Column(_("Surname"), 18, 3), *(Column(name, 16, 3) for name in free)]
    found = Contact.objects.filter(account_id=report.account_id)
    if group:
        found = found.filter(membership__group=group)
    title = group.name if group else _("All contacts")
    return Sheet(title=title, stem=_("contacts"), columns=columns, rows=_rows(found, free), expected=found.count())


def _rows(found: QuerySet[Contact], free: list[str]) -> Iterator[list[Cell]]:
    after = 0
    while page := list(found.filter(pk__gt=after).order_by("pk")[:_PAGE]):
        for contact in page:
            yield [contact.number, contact.name, contact.surname, *(str(contact.fields.get(name, "")) for name in free)]
        after = page[-1].pk
