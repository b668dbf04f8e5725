"""What a report is before it is a file: a title, facts, columns, rows of typed cells. Knows neither tables nor formats."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

Cell = str | int | Decimal | datetime | None


class Column(NamedTuple):
    """A column. `width` in characters; `on_paper`: its share of a PDF's line, 0 where it is left out there."""

    name: str
    width: int = 14
    on_paper: int = 0


class Share(NamedTuple):
    """A piece of a coloured bar: what, how many, which tone (words.py)."""

    label: str
    people: int
    tone: str


@dataclass(frozen=True)
class Sheet:
    """A report's content, in the reader's language already; times are in the zone they shall be read in."""

    title: str
    stem: str  # of the file's name
    columns: list[Column]
    rows: Iterator[list[Cell]]
    expected: int
    facts: list[tuple[str, str]] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
