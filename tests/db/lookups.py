"""Lookups walked by hand in tests: what `work` does, one step at a time, with the simulator's answers and no waiting."""

from collections.abc import Callable, Iterable

from staffetta.lookup import accept, answers, claim, settle, wanted
from staffetta.lookup.answers import Outcome
from staffetta.lookup.claim import Claimed
from staffetta.lookup.expand import Expander
from staffetta.lookup.models import LookupBatch, LookupResult
from staffetta.lookup.providers.base import Answer, Answered, Fields
from staffetta.lookup.providers.simulator import fields_of
from tests.people import People

PRICE_E4 = 5_000
THERE = Fields("TIM", "Iliad", "222", "50", True, "reachable")
GONE = Fields(original_operator="TIM", reach="nonexistent")
AWAY = Fields("TIM", "TIM", "222", "01", False, "absent")


def number(n: int) -> str:
    return f"+39333{n:07d}"


def numbers(count: int, first: int = 1) -> list[str]:
    return [number(n) for n in range(first, first + count)]


def listed(people: People, count: int = 3, key: str = "k", first: int = 1, **fields) -> LookupBatch:
    return accept.accept(wanted.listed(people.account, numbers(count, first)), key, **fields)


def of_simulator(claimed: Claimed) -> Answer:
    return Answered(fields_of(claimed.number), f"sim-{claimed.id}")


def claimed_of(batch: LookupBatch, limit: int = 1_000) -> list[Claimed]:
    return claim.claim("test", 10, limit, [], batch.pk)


def outcomes(claimed: Iterable[Claimed], answer: Answer, last: bool = False) -> list[Outcome]:
    return [Outcome(*each, answer, last) for each in claimed]


def work_all(batch: LookupBatch, answer: Callable[[Claimed], Answer] = of_simulator) -> LookupBatch:
    """Expand, ask and settle until nothing is left that is due."""
    expander = Expander()
    while expander.step():
        pass
    while claimed := claimed_of(batch):
        answers.record([Outcome(*each, answer(each), simulated=True) for each in claimed])
    settle.settle()
    batch.refresh_from_db()
    return batch


def states(batch: LookupBatch) -> dict[str, int]:
    """Count the results by state, from the results themselves."""
    found: dict[str, int] = {}
    for state in LookupResult.objects.filter(batch=batch).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def counted(batch: LookupBatch) -> dict[str, int]:
    """Return the lookup's own counts by state, those above nothing."""
    batch.refresh_from_db()
    found = {name: getattr(batch, name) for name in ("queued", "asked", "answered", "refused", "unknown", "cancelled")}
    return {name: count for name, count in found.items() if count}
