"""Which column is what: found from the header row, else from what stands in the columns; or as the person says. Knows no tables."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from staffetta.contacts import headers
from staffetta.contacts.errors import NoNumberColumn, RolesWrong
from staffetta.sms.errors import NumberError
from staffetta.sms.number import parse

ROLES = ("number", "name", "surname", "field", "skip")
FIELD_NAME_CHARS_MAX = 40
_HEADER_AMONG = 20  # rows: titles, logos and dates stand above some headers
_JUDGED = 200  # rows
_SURE = 0.5  # of the cells of a column without a header must be mobile numbers
_EXAMPLES = 3
# What texts call the fixed fields (`messaging/merge.py`): a free field of that name could never be used.
FIXED = ("nome", "name", "cognome", "surname", "cellulare", "mobile")
_LIKE_A_NUMBER = re.compile(r"[\s'’`(\[]*\+?[\d\s./()\[\]\-–]{6,30}").fullmatch

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Column:
    """A column of a file: its header, its role, and for role `field` the free field's name as texts use it."""

    header: str
    role: str
    field: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """How a file is laid out: people stand in the rows after number `header_row`."""

    header_row: int
    headers: list[str]
    examples: list[tuple[str, ...]]
    roles: list[str] | None  # None: no column has mobile numbers

    def columns(self, roles: Sequence[str] | None = None) -> list[Column]:
        """Return the columns with these roles, or with those found. Raises NoNumberColumn, RolesWrong."""
        chosen = self.roles if roles is None else roles
        if chosen is None:
            raise NoNumberColumn
        check_roles(chosen, len(self.headers))
        names = _field_names(self.headers, chosen)
        return [Column(*each) for each in zip(self.headers, chosen, names, self.examples, strict=True)]

    def unknown(self) -> list[Column]:
        """Return the columns for the person to tell what they are."""
        return [Column(header, "skip", "", examples) for header, examples in zip(self.headers, self.examples, strict=True)]


def check_roles(roles: Sequence[str], width: int) -> None:
    """Raise RolesWrong unless each column has a role, exactly one is the number, and name and surname are at most one each."""
    once = [roles.count(role) for role in ("number", "name", "surname")]
    if len(roles) != width or set(roles) - set(ROLES) or once[0] != 1 or max(once) > 1:
        raise RolesWrong


def find(rows: Sequence[Row], country: str) -> Layout:
    """Find the header and the roles from the first rows of a file (the more the better, 1,000 are enough)."""
    width = max((len(cells) for _, cells in rows), default=0)
    table = [(number, cells + [""] * (width - len(cells))) for number, cells in rows]
    header = _header(table)
    body = table[header + 1 :]
    shares = [_mobile_share([cells[place] for _, cells in body[:_JUDGED]], country) for place in range(width)]
    number = _number_column(table[header][1] if header >= 0 else [""] * width, shares)
    if header < 0 and number is not None:
        header = _words_above(table, number)
        body = table[header + 1 :]
    names = [_tidy(cell) for cell in table[header][1]] if header >= 0 else [""] * width
    examples = [_first_filled(body, place) for place in range(width)]
    roles = _roles(names, number) if number is not None else None
    return Layout(table[header][0] if header >= 0 else 0, names, examples, roles)


def _header(table: list[Row]) -> int:
    """Return the place of the row that names most things, -1 where none names any."""
    scores = [0 if any(_is_number(cell) for cell in cells) else headers.roles_known(cells) for _, cells in table[:_HEADER_AMONG]]
    best = max(scores, default=0)
    return scores.index(best) if best else -1


def _words_above(table: list[Row], number: int) -> int:
    """Return the place of the row above the first number, if it has words there: a header that says something unknown."""
    first = next((place for place, (_, cells) in enumerate(table) if _is_number(cells[number])), 0)
    above = table[first - 1][1][number] if first else ""
    return first - 1 if above and not any(char.isdigit() for char in above) else -1


def _is_number(cell: str) -> bool:
    return bool(_LIKE_A_NUMBER(cell)) and sum(char.isdigit() for char in cell) >= 6


def _mobile_share(cells: list[str], country: str) -> float:
    filled = [cell for cell in cells if cell]
    return sum(_is_mobile(cell, country) for cell in filled) / len(filled) if filled else 0.0


def _is_mobile(cell: str, country: str) -> bool:
    if not _is_number(cell):
        return False
    try:
        return bool(parse(cell, country))
    except NumberError:
        return False


def _number_column(header: list[str], shares: list[float]) -> int | None:
    """Return the column of the numbers: by its header, surest first, unless there are none in it and there are in another."""
    named = {place: rank for place, cell in enumerate(header) if (rank := headers.number_rank(cell))}
    best = max(named, key=lambda place: (shares[place] > 0, -named[place], shares[place]), default=None)
    if best is not None and shares[best] > 0:
        return best
    fullest = max(range(len(shares)), key=lambda place: shares[place], default=None)
    return fullest if fullest is not None and shares[fullest] >= _SURE else best


def _roles(names: list[str], number: int) -> list[str]:
    meanings = [headers.name_role(name) for name in names]
    roles = ["field" if name else "skip" for name in names]
    for role in ("name", "surname"):
        if role in meanings:
            roles[meanings.index(role)] = role
    if "name" not in meanings and "whole" in meanings:
        roles[meanings.index("whole")] = "name"
    roles[number] = "number"
    return roles


def _first_filled(body: list[Row], place: int) -> tuple[str, ...]:
    found: list[str] = []
    for _, cells in body:
        if cells[place]:
            found.append(cells[place])
            if len(found) == _EXAMPLES:
                break
    return tuple(found)


def _tidy(header: str) -> str:
    """Return a header without what a text could not have between braces, nor blanks too many."""
    return " ".join(re.sub(r"[{}|]", " ", header).split())[:FIELD_NAME_CHARS_MAX].strip()


def _field_names(names: list[str], roles: Sequence[str]) -> list[str]:
    """Return for each column of role `field` a name that no other has, as texts compare them; "" for the others."""
    taken, result = set(FIXED), []
    for place, (name, role) in enumerate(zip(names, roles, strict=True), 1):
        if role != "field":
            result.append("")
            continue
        wanted = name.casefold()[: FIELD_NAME_CHARS_MAX - 4].strip() or f"colonna {place}"
        free = wanted
        number = 2
        while free in taken:
            free = f"{wanted} {number}"
            number += 1
        taken.add(free)
        result.append(free)
    return result
