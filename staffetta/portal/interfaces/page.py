"""What a page of documentation is made of. Words are translated when they are shown; `code` in backticks is code everywhere."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise
Row = tuple[Words, ...]


@dataclass(frozen=True)
class Table:
    """Rows under a head; rows that depend on other tables of the product come from a function."""

    head: Row
    rows: tuple[Row, ...] | Callable[[], Iterable[Row]]

    def lines(self) -> list[Row]:
        """Return the rows."""
        return list(self.rows() if callable(self.rows) else self.rows)


@dataclass(frozen=True)
class Section:
    """A heading, what is said below it, a table, an example by its name (`examples/`), and what remains to be said."""

    title: Words
    text: tuple[Words, ...] = ()
    table: Table | None = None
    example: str = ""
    sample: str = ""
    after: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Page:
    """A page of one interface. `types`: it shows the reader's types of SMS with their numbers."""

    slug: str
    title: Words
    about: Words
    sections: tuple[Section, ...]
    types: bool = False
