"""The free fields of an account's contacts: make, rename, delete one. A field's name is what texts write between braces."""

import re

from django.db import IntegrityError, connection, transaction

from staffetta.accounts.models import Account
from staffetta.contacts.columns import FIELD_NAME_CHARS_MAX, FIXED
from staffetta.contacts.errors import FieldNameWrong
from staffetta.contacts.models import Field

_WITH = "SELECT count(*) FROM contacts_contact WHERE account_id = %s AND fields ? %s"
_RENAME = """
UPDATE contacts_contact SET fields = (fields - %(old)s) || jsonb_build_object(%(new)s::text, fields->%(old)s)
WHERE account_id = %(account)s AND fields ? %(old)s
"""
_DROP = "UPDATE contacts_contact SET fields = fields - %(old)s WHERE account_id = %(account)s AND fields ? %(old)s"


def names(account: Account) -> list[str]:
    """Return the names of the account's fields, in order."""
    return list(Field.objects.filter(account=account).order_by("name").values_list("name", flat=True))


def used_by(field: Field) -> int:
    """Return how many contacts have something in the field."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH, [field.account_id, field.name])
        return int(cursor.fetchone()[0])


def add(account: Account, name: str) -> Field:
    """Make a field. Raises FieldNameWrong."""
    return _named(Field(account=account), name)


@transaction.atomic
def rename(field: Field, name: str) -> Field:
    """Give a field another name, in all contacts too. Raises FieldNameWrong. Texts that use the old name must be changed by hand."""
    old = field.name
    _named(field, name)
    if field.name != old:
        with connection.cursor() as cursor:
            cursor.execute(_RENAME, {"account": field.account_id, "old": old, "new": field.name})
    return field


@transaction.atomic
def delete(field: Field) -> None:
    """Delete a field with what all contacts have in it."""
    with connection.cursor() as cursor:
        cursor.execute(_DROP, {"account": field.account_id, "old": field.name})
    field.delete()


def _named(field: Field, name: str) -> Field:
    tidy = " ".join(name.split()).casefold()
    if not tidy or len(tidy) > FIELD_NAME_CHARS_MAX or re.search(r"[{}|]", tidy) or tidy in FIXED:
        raise FieldNameWrong(name=name.strip(), limit=FIELD_NAME_CHARS_MAX)
    field.name = tidy
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError:
        raise FieldNameWrong(name=tidy, limit=FIELD_NAME_CHARS_MAX) from None
    return field
