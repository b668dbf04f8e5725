"""People who are in the address book more than once, with several numbers: find them by name, merge them into one."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Min

from staffetta.accounts.models import Account
from staffetta.contacts import folding
from staffetta.contacts.errors import NotDuplicates
from staffetta.contacts.models import Contact, Membership

SHOWN = 50
_FOUND = f"""
SELECT array_agg(id ORDER BY id) FROM contacts_contact
WHERE account_id = %s AND name <> '' AND surname <> ''
GROUP BY {folding.sql("name")}, {folding.sql("surname")} HAVING count(*) > 1 ORDER BY min(id) LIMIT %s
"""


def find(account: Account, limit: int = SHOWN) -> list[list[Contact]]:
    """Return people with the same name and surname (accents and capitals apart), the oldest contact of each first."""
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [account.pk, limit])
        sets = [row[0] for row in cursor.fetchall()]
    known = Contact.objects.prefetch_related("groups").in_bulk([pk for ids in sets for pk in ids])
    return [[known[pk] for pk in ids if pk in known] for ids in sets]


@transaction.atomic
def merge(account: Account, kept: int, others: Sequence[int]) -> Contact:
    """Merge contacts into the one whose number is kept: it gets their groups, and their fields where its own are blank.

    Raises NotDuplicates where one is gone, or has another name meanwhile.
    """
    found = {each.pk: each for each in Contact.objects.select_for_update().filter(account=account, pk__in=[kept, *others])}
    if kept not in found or kept in others or len(found) != len(set(others)) + 1 or not others:
        raise NotDuplicates
    if len({(folding.folded(each.name), folding.folded(each.surname)) for each in found.values()}) > 1:
        raise NotDuplicates
    contact, rest = found[kept], [found[pk] for pk in others]
    for other in rest:
        contact.fields = other.fields | {key: value for key, value in contact.fields.items() if value}
    contact.save()
    _move_places(list(found), contact)
    Contact.objects.filter(pk__in=[other.pk for other in rest]).delete()
    return contact


def _move_places(contacts: list[int], kept: Contact) -> None:
    """Give one of several contacts their places in groups, in each group the oldest: by its id a send knows who was there in time."""
    places = Membership.objects.filter(contact__in=contacts)
    oldest = list(places.values("group").annotate(place=Min("pk")).values_list("place", flat=True))
    places.exclude(pk__in=oldest).delete()
    Membership.objects.filter(pk__in=oldest).update(contact=kept)
