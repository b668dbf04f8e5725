"""The outcome bar: a send's recipients by state, as shares of a whole. Knows no tables."""

from collections.abc import Mapping
from dataclasses import dataclass

from staffetta.messaging import words
from staffetta.messaging.words import Words

_ORDER = ("delivered", "submitted", "uncertain", "undelivered", "expired", "rejected", "failed", "lapsed", "cancelled")


@dataclass(frozen=True)
class Segment:
    """A piece of the bar. `width` is a CSS percentage without its sign, always with a point."""

    state: str
    label: Words
    tone: str
    help: Words
    count: int
    width: str


def segments(tally: Mapping[str, int], total: int, receipts: bool) -> list[Segment]:
    """Return the pieces that are not empty, best first; what is still queued is the empty rest of the bar."""
    found = []
    for state in _ORDER:
        if count := tally.get(state, 0):
            word = words.of_message(state, receipts)
            found.append(Segment(state, word.label, word.tone, word.help, count, f"{100 * count / max(total, 1):.2f}"))
    return found


def good_tenths(tally: Mapping[str, int], total: int, receipts: bool) -> int:
    """Return how many in a thousand were delivered (for types without receipts: taken by the carrier), rounded down."""
    good = tally.get("delivered", 0) + (0 if receipts else tally.get("submitted", 0))
    return 1000 * good // total if total else 0
