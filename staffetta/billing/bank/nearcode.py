"""Find the orders whose code stands in a text with one mistake: a wrong, missing or added character, or two changed places. Pure.

Two texts that are one mistake apart share what is left of them after taking one character away; so the codes are looked up by that,
however many orders wait, and the few that are found are compared.
"""

from collections import defaultdict
from collections.abc import Iterable

from staffetta.billing import reasoncode

_LENGTH = len(reasoncode.of(1))
_DIGITS_MIN = 9  # of the ten: one may be wrong or missing


class NearCodes:
    """The codes of the open orders, to be found by texts that have them nearly right."""

    def __init__(self, order_ids: Iterable[int]) -> None:
        self._by_rest: dict[str, set[int]] = defaultdict(set)
        self._codes: dict[int, str] = {}
        for order_id in order_ids:
            self._codes[order_id] = code = reasoncode.of(order_id)
            for rest in _rests(code):
                self._by_rest[rest].add(order_id)

    def found(self, text: str) -> list[int]:
        """Return the orders whose code is in the text with one mistake."""
        squeezed = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
        near: dict[int, None] = {}
        for piece in _pieces(squeezed):
            for rest in _rests(piece):
                for order_id in self._by_rest.get(rest, ()):
                    if one_mistake(piece, self._codes[order_id]):
                        near[order_id] = None
        return list(near)


def one_mistake(written: str, right: str) -> bool:
    """Tell whether one wrong, missing or added character, or two changed places, lie between the two."""
    if written == right or abs(len(written) - len(right)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(written, right, strict=False)) if a != b), min(len(written), len(right)))
    if len(written) < len(right):
        return written[at:] == right[at + 1 :]
    if len(written) > len(right):
        return written[at + 1 :] == right[at:]
    changed = written[at : at + 2] == right[at : at + 2][::-1] and written[at + 2 :] == right[at + 2 :]
    return changed or written[at + 1 :] == right[at + 1 :]


def _pieces(squeezed: str) -> set[str]:
    """Return what may be a code: one of its two letters is there whatever the mistake, and nearly all its digits."""
    found = set()
    for at, sign in enumerate(squeezed):
        if sign in "RF":
            for begin in (at - 1, at):
                for length in (_LENGTH - 1, _LENGTH, _LENGTH + 1):
                    piece = squeezed[begin : begin + length] if begin >= 0 else ""
                    if len(piece) == length and sum(each.isdigit() for each in piece) >= _DIGITS_MIN:
                        found.add(piece)
    return found


def _rests(text: str) -> set[str]:
    return {text} | {text[:at] + text[at + 1 :] for at in range(len(text))}
