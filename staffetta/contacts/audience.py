"""Who shall be written to, frozen: groups, the people of a file and loose numbers, without doubles, read a stretch at a time.

Frozen by the highest membership id at that moment: contacts that enter a group later stay outside, however long the
reading takes. Opted-out people are marked, for the caller to leave out. Knows nothing of texts and prices.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db import connection


class Cursor(NamedTuple):
    """How far an audience has been read: contacts up to this id, then so many loose numbers; between them places of the file."""

    contact: int = 0
    number: int = 0
    file: int = 0


@dataclass(frozen=True)
class Audience:
    """Groups (by id) up to a membership id, less who is in `excluded` ones; a file's list; numbers (E.164) that neither has.

    Who is in a group and in the file is read from the file: its columns are why it was given. `end_contact` and `end_file`,
    where set, are the last ones to be read (`cut`).
    """

    account_id: int
    groups: tuple[int, ...]
    ceiling: int
    numbers: tuple[str, ...]
    excluded: tuple[int, ...] = ()
    file: int | None = None
    end_contact: int | None = None
    end_file: int | None = None


class Person(NamedTuple):
    """One recipient with what texts may be filled in from."""

    number: str
    name: str
    surname: str
    fields: dict[str, Any]
    opted_out: bool


_OPTED_OUT = "EXISTS (SELECT 1 FROM contacts_optout o WHERE o.number = {number} AND (o.account_id = %(account)s OR o.account_id IS NULL))"
_EXCLUDED = (
    "EXISTS (SELECT 1 FROM contacts_membership x WHERE x.group_id = ANY(%(excluded)s) AND x.contact_id = {contact} AND x.id <= %(ceiling)s)"
)
_IN_FILE = "EXISTS (SELECT 1 FROM contacts_fileperson f WHERE f.list_id = %(file)s AND f.number = {number})"

# LATERAL with LIMIT: one look by index for each contact of the page. A join let the planner read a million contacts for each 5,000.
_IN_GROUPS = f"""
SELECT c.id, c.number, c.name, c.surname, {{fields}}, {_OPTED_OUT.format(number="c.number")}{{gone}}
FROM (SELECT DISTINCT m.contact_id
      FROM unnest(%(groups)s::bigint[]) AS g(id), LATERAL (
          SELECT contact_id FROM contacts_membership
          WHERE group_id = g.id AND contact_id > %(after)s AND id <= %(ceiling)s{{end}} ORDER BY contact_id LIMIT %(limit)s) AS m
      ORDER BY m.contact_id LIMIT %(limit)s) AS page
CROSS JOIN LATERAL (
    SELECT id, number, name, surname, fields FROM contacts_contact WHERE id = page.contact_id AND account_id = %(account)s LIMIT 1) AS c
ORDER BY c.id
"""

_FILE_CONTACT = (
    f"(SELECT 1 FROM contacts_contact c WHERE c.account_id = %(account)s AND c.number = p.number AND {_EXCLUDED.format(contact='c.id')})"
)
_IN_LIST = f"""
SELECT p.place, p.number, coalesce(nullif(p.name, ''), k.name, ''), coalesce(nullif(p.surname, ''), k.surname, ''),
    coalesce(k.fields, '{{{{}}}}') || p.fields, {_OPTED_OUT.format(number="p.number")}, EXISTS {_FILE_CONTACT}
FROM contacts_fileperson p JOIN contacts_filelist l ON l.id = p.list_id AND l.account_id = %(account)s
LEFT JOIN contacts_contact k ON k.account_id = %(account)s AND k.number = p.number
WHERE p.list_id = %(file)s AND p.place > %(after)s AND p.place <= %(end)s ORDER BY p.place LIMIT %(limit)s
"""

_LOOSE = f"""
SELECT n.number, coalesce(c.name, ''), coalesce(c.surname, ''), coalesce(c.fields, '{{{{}}}}'), {_OPTED_OUT.format(number="n.number")}
FROM unnest(%(numbers)s::text[]) WITH ORDINALITY AS n(number, place)
LEFT JOIN contacts_contact c ON c.account_id = %(account)s AND c.number = n.number
ORDER BY n.place
"""

# Numbers that are in a group, chosen or excluded, or in the file.
_KNOWN = """
SELECT c.number FROM contacts_contact c WHERE c.account_id = %(account)s AND c.number = ANY(%(numbers)s)
  AND EXISTS (SELECT 1 FROM contacts_membership m WHERE m.contact_id = c.id AND m.group_id = ANY(%(groups)s))
UNION ALL SELECT number FROM contacts_fileperson WHERE list_id = %(file)s AND number = ANY(%(numbers)s)
"""


def _loaded(fields: str | None) -> dict[str, Any]:
    # Django's cursors give jsonb as text.
    return json.loads(fields) if fields and fields != "{}" else {}


def freeze(
    account_id: int, groups: Iterable[int], numbers: Iterable[str], excluded: Iterable[int] = (), file: int | None = None
) -> Audience:
    """Return the audience as it is now. Only the account's own groups and files count; who is in several places is kept once."""
    once, wanted, out = list(dict.fromkeys(numbers)), list(groups), list(excluded)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM contacts_group WHERE account_id = %s AND id = ANY(%s) ORDER BY id", [account_id, wanted + out])
        own = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT coalesce(max(id), 0) FROM contacts_membership")
        (ceiling,) = cursor.fetchone()
        if file is not None:
            cursor.execute("SELECT 1 FROM contacts_filelist WHERE id = %s AND account_id = %s AND dropped_at IS NULL", [file, account_id])
            file = file if cursor.fetchone() else None
        if (own or file) and once:
            cursor.execute(_KNOWN, {"account": account_id, "numbers": once, "groups": own, "file": file})
            known = {row[0] for row in cursor.fetchall()}
            once = [number for number in once if number not in known]
    chosen, left = set(wanted), set(out)
    return Audience(
        account_id,
        tuple(group for group in own if group in chosen),
        ceiling,
        tuple(once),
        tuple(group for group in own if group in left),
        file,
    )


def size(audience: Audience) -> int:
    """Return how many people at most the audience has (opted-out ones included)."""
    gone = ""
    if audience.excluded:
        gone += f" AND NOT {_EXCLUDED.format(contact='m.contact_id')}"
    if audience.file is not None:
        gone += f" AND NOT EXISTS (SELECT 1 FROM contacts_contact c WHERE c.id = m.contact_id AND {_IN_FILE.format(number='c.number')})"
    if audience.end_contact is not None:
        gone += " AND m.contact_id <= %(end)s"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT m.contact_id) FROM contacts_membership m"
            f" WHERE m.group_id = ANY(%(groups)s) AND m.id <= %(ceiling)s{gone}",
            _values(audience) | {"end": audience.end_contact},
        )
        people = int(cursor.fetchone()[0])
        if audience.file is not None:
            cursor.execute(
                f"SELECT count(*) FROM contacts_fileperson p WHERE p.list_id = %(file)s AND p.place <= %(end)s AND NOT EXISTS {_FILE_CONTACT}",
                _values(audience) | {"end": _end_of_file(audience)},
            )
            people += int(cursor.fetchone()[0])
    return people + len(audience.numbers)


def shared(groups: Iterable[int], excluded: Iterable[int], limit: int) -> int:
    """Return how many members of the excluded groups are in the chosen ones; at most `limit` are looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT contact_id FROM contacts_membership WHERE group_id = ANY(%s) LIMIT %s) AS x"
            " WHERE EXISTS (SELECT 1 FROM contacts_membership m WHERE m.group_id = ANY(%s) AND m.contact_id = x.contact_id)",
            [list(excluded), limit, list(groups)],
        )
        return int(cursor.fetchone()[0])


def read(audience: Audience, after: Cursor, limit: int, with_fields: bool) -> tuple[list[Person], Cursor | None]:
    """Return the next people (`limit` at most; free fields only where asked for) and where to go on; None at the end.

    There may be fewer than `limit`, even none, before the end: excluded ones are passed over.
    """
    with connection.cursor() as cursor:
        if audience.groups and not after.number and not after.file:
            rows = _group_rows(cursor, audience, after.contact, limit, with_fields)
            if rows:
                reached = Cursor(rows[-1][0])
                if audience.excluded or audience.file is not None:
                    rows = [row for row in rows if not row[6]]
                return [Person(row[1], row[2], row[3], _loaded(row[4]), row[5]) for row in rows], reached
        if audience.file is not None and not after.number:
            values = _values(audience) | {"after": after.file, "end": _end_of_file(audience), "limit": limit}
            cursor.execute(_IN_LIST.format(), values)
            if rows := cursor.fetchall():
                people = [Person(row[1], row[2], row[3], _loaded(row[4]), row[5]) for row in rows if not row[6]]
                return people, Cursor(after.contact, 0, rows[-1][0])
        page = audience.numbers[after.number : after.number + limit]
        if not page:
            return [], None
        cursor.execute(_LOOSE.format(), {"account": audience.account_id, "numbers": list(page)})
        people = [Person(row[0], row[1], row[2], _loaded(row[3]), row[4]) for row in cursor.fetchall()]
    place = after.number + len(page)
    return people, Cursor(after.contact, place, after.file) if place < len(audience.numbers) else None


def _group_rows(cursor: Any, audience: Audience, after: int, limit: int, with_fields: bool) -> list[tuple[Any, ...]]:
    gone = [_EXCLUDED.format(contact="c.id")] if audience.excluded else []
    if audience.file is not None:
        gone.append(_IN_FILE.format(number="c.number"))
    sql = _IN_GROUPS.format(
        fields="c.fields" if with_fields else "NULL",
        gone=f", ({' OR '.join(gone)})" if gone else "",
        end="" if audience.end_contact is None else " AND contact_id <= %(end)s",
    )
    cursor.execute(sql, _values(audience) | {"after": after, "limit": limit, "end": audience.end_contact})
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def first(audience: Audience) -> Person | None:
    """Return the first person of an audience with all fields; None where there is nobody."""
    cursor: Cursor | None = Cursor()
    while cursor is not None:
        people, cursor = read(audience, cursor, 1 if cursor == Cursor() else 500, True)
        if people:
            return people[0]
    return None


def where(audience: Audience, number: str) -> Cursor:
    """Return the cursor right behind the person with this number, who is in the audience."""
    if number in audience.numbers:
        return Cursor(number=audience.numbers.index(number) + 1)
    with connection.cursor() as cursor:
        if audience.file is not None:
            cursor.execute("SELECT place FROM contacts_fileperson WHERE list_id = %s AND number = %s", [audience.file, number])
            if row := cursor.fetchone():
                return Cursor(file=row[0])
        cursor.execute("SELECT id FROM contacts_contact WHERE account_id = %s AND number = %s", [audience.account_id, number])
        (contact,) = cursor.fetchone()
    return Cursor(contact=contact)


def cut(audience: Audience, last: Cursor) -> Audience:
    """Return the audience up to a place, that one included."""
    if last.number:
        return replace(audience, numbers=audience.numbers[: last.number])
    if last.file:
        return replace(audience, numbers=(), end_file=last.file)
    # The file stays named, with nobody of it: its people are still passed over in the groups.
    return replace(audience, numbers=(), end_file=0, end_contact=last.contact)


def _end_of_file(audience: Audience) -> int:
    return 2**31 - 1 if audience.end_file is None else audience.end_file


def _values(audience: Audience) -> dict[str, Any]:
    return {
        "account": audience.account_id,
        "groups": list(audience.groups),
        "excluded": list(audience.excluded),
        "ceiling": audience.ceiling,
        "file": audience.file,
    }
