"""What every provider of lookups is: somebody who is asked about a number and gives one of four answers. Knows no tables.

How to add one: a file beside this with a class like simulator.py's, its kind in table.py, its rows in the tests' table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Fields:
    """What an answer says of a number; blank or None where it says nothing."""

    original_operator: str = ""
    operator: str = ""
    mcc: str = ""
    mnc: str = ""
    ported: bool | None = None
    reach: str | None = None  # states.REACHES


@dataclass(frozen=True, slots=True)
class Answered:
    """The provider knows; that a number does not exist is an answer too. `provider_id` is its own id of the question."""

    fields: Fields
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class RefusedForGood:
    """It will not answer this question, however often it is asked."""

    code: str
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class RefusedForNow:
    """Not now: the question was not taken and can be asked again; `after_s` where the provider says when.

    `whole`: it answers nobody at the moment, which is no fault of this number.
    """

    code: str
    after_s: float | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer came, or none that says anything: it is neither an answer nor a refusal, and never charged."""

    code: str = "no_answer"


Answer = Answered | RefusedForGood | RefusedForNow | Unknown
Hear = Callable[[int, Answer], None]


@dataclass(frozen=True)
class Described:
    """How the staff describe a provider: what its kind needs, its secrets, how long an answer may take, and how late it may come."""

    options: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_s: float = 10.0
    late_s: float = 0.0


class Provider(Protocol):
    """One who is asked. Made inside the event loop that it lives in; `hear` is called with answers beyond the first.

    `raw` is what it said last, for whoever tries a description out.
    """

    raw: str

    def __init__(self, described: Described, hear: Hear) -> None: ...

    @staticmethod
    def problems(options: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, str]:
        """Return a whole sentence for each option that cannot be used, by its name."""
        ...

    async def ask(self, number: str, own_id: int) -> Answer:
        """Ask about a number (E.164). May take longer than the time-out: what comes then is a late answer."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
