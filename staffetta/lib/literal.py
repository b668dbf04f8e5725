"""Python lists as PostgreSQL array literals: the fastest way to hand a set to one statement (docs/performance.md). Knows no tables."""

import re
from collections.abc import Iterable
from typing import Final

_ODD: Final = re.compile(r'[\\"\x00]').search


def numbers(values: Iterable[int | None]) -> str:
    """Return a literal for bigint[], smallint[] and the like; None becomes NULL."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def texts(values: Iterable[str | None]) -> str:
    """Return a literal for text[] from any text, quoted and escaped; None becomes NULL."""
    quoted = list(values)
    if _ODD("".join([value for value in quoted if value])):
        # PostgreSQL cannot store NUL: a carrier that sends one must not stop the books.
        quoted = [None if value is None else value.replace("\\", "\\\\").replace('"', '\\"').replace("\0", "") for value in quoted]
    return "{" + ",".join(["NULL" if value is None else f'"{value}"' for value in quoted]) + "}"


def plain(values: Iterable[str]) -> str:
    """Return a literal for text[] from our own words (states, E.164 numbers, times), which need no quoting."""
    return "{" + ",".join(values) + "}"
