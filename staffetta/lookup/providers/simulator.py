"""A provider to try with: Italian operators and portability made up from the number, the same at every question. Asks nobody.

Options: `answer_ms` (5), `slow_ms` (2000), `late_ms` (what comes after the time-out, 3000 after it). Numbers that end in

    901 absent              904 refused for now, the first time       907 answered twice
    902 does not exist      905 never answered                        908 answered slowly
    903 refused for good    906 answered after the time-out
"""

import asyncio
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

from django.utils.translation import gettext as _

from staffetta.lookup.providers.base import Answer, Answered, Described, Fields, Hear, RefusedForGood, RefusedForNow, Unknown

# Codes of networks as the ITU lists them for Italy (E.212, MCC 222); the share is of numbers that are there now, in percent.
ITALY: Final = "222"
OPERATORS: Final = {
    "TIM": ("01", 27),
    "Wind Tre": ("88", 24),
    "Vodafone": ("10", 19),
    "Iliad": ("50", 14),
    "PosteMobile": ("33", 6),
    "Fastweb": ("08", 5),
    "CoopVoce": ("53", 3),
    "ho. Mobile": ("51", 2),
}
# Whom the ranges of Italian mobiles were given to at first.
RANGES: Final = {
    "320": "Wind Tre", "327": "Wind Tre", "328": "Wind Tre", "329": "Wind Tre", "330": "TIM", "331": "TIM", "333": "TIM", "334": "TIM",
    "335": "TIM", "336": "TIM", "337": "TIM", "338": "TIM", "339": "TIM", "340": "Vodafone", "342": "Vodafone", "344": "Vodafone",
    "345": "Vodafone", "346": "Vodafone", "347": "Vodafone", "348": "Vodafone", "349": "Vodafone", "351": "Iliad", "352": "Iliad",
    "366": "TIM", "370": "CoopVoce", "371": "PosteMobile", "373": "Fastweb", "375": "Fastweb", "377": "PosteMobile", "380": "Wind Tre",
    "383": "Wind Tre", "388": "Wind Tre", "389": "Wind Tre", "391": "Wind Tre", "392": "Wind Tre", "393": "Wind Tre", "397": "Wind Tre",
}  # fmt: skip
PORTED_PERCENT: Final = 32
ABSENT_PERMILLE, NONEXISTENT_PERMILLE = 55, 18
OPTIONS: Final = {"answer_ms": 5, "slow_ms": 2_000, "late_ms": 3_000}


class Simulator:
    """Answers by the number alone."""

    def __init__(self, described: Described, hear: Hear) -> None:
        """Take the times of the options."""
        times = OPTIONS | dict(described.options)
        self._answer_s, self._slow_s = times["answer_ms"] / 1000, times["slow_ms"] / 1000
        self._late_s = described.timeout_s + times["late_ms"] / 1000
        self._hear = hear
        self.raw = ""
        self._put_off: set[int] = set()

    @staticmethod
    def problems(options: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, str]:
        """Return a sentence for each option that is no time, or none of its own."""
        found = {}
        for name, value in options.items():
            if name not in OPTIONS:
                found[name] = _("The simulator has no option “%(name)s”: use %(known)s.") % {"name": name, "known": ", ".join(OPTIONS)}
            elif not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 600_000:
                found[name] = _("“%(value)s” is no time for “%(name)s”: write milliseconds from 0 to 600000.") % {
                    "value": value,
                    "name": name,
                }
        return found

    async def ask(self, number: str, own_id: int) -> Answer:
        """Answer as the number says."""
        ending = number[-3:]
        provider_id = f"sim-{own_id}"
        await asyncio.sleep({"906": self._late_s, "908": self._slow_s}.get(ending, self._answer_s))
        if ending == "903":
            return RefusedForGood("not_allowed", provider_id)
        if ending == "904" and own_id not in self._put_off:
            self._put_off.add(own_id)
            return RefusedForNow("busy", 0.2)
        if ending == "905":
            return Unknown()
        answered = Answered(fields_of(number), provider_id)
        if ending == "907":
            self._hear(own_id, answered)
        return answered

    async def close(self) -> None:
        """Nothing is open."""


def fields_of(number: str) -> Fields:
    """Return what the simulator says of a number: always the same."""
    drawn = int.from_bytes(blake2b(number.encode(), digest_size=8).digest())
    reach = _reach(number[-3:], drawn % 1_000)
    drawn //= 1_000
    original = RANGES.get(number[3:6], "") if number.startswith("+39") else ""
    if not original:
        original, drawn = _drawn(drawn)
    if reach == "nonexistent":
        return Fields(original_operator=original, reach=reach)
    present = original
    if drawn % 100 < PORTED_PERCENT:
        present, drawn = _drawn(drawn // 100)
    return Fields(original, present, ITALY, OPERATORS[present][0], present != original, reach)


def _reach(ending: str, permille: int) -> str:
    if ending == "902" or (ending != "901" and permille < NONEXISTENT_PERMILLE):
        return "nonexistent"
    return "absent" if ending == "901" or permille >= 1_000 - ABSENT_PERMILLE else "reachable"


def _drawn(drawn: int) -> tuple[str, int]:
    """Return an operator by its share, and what is left to draw from."""
    left = drawn % 100
    for name, (_mnc, share) in OPERATORS.items():
        if left < share:
            return name, drawn // 100
        left -= share
    raise AssertionError("the shares are a hundred")
