"""What came of a lookup, for whoever shows it: results filtered and in pages, and how many numbers each operator has. Writes nothing."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet, Sum

from staffetta.lib import clock
from staffetta.lookup import provided, rules
from staffetta.lookup.models import LookupBatch, LookupResult, LookupTally

_WHOLE_DIGITS = 9


@dataclass(frozen=True)
class Filter:
    """Which results: blank takes any. `number` is any part of it; `ported`: yes, no."""

    state: str = ""
    reach: str = ""
    operator: str = ""
    ported: str = ""
    number: str = ""


def filtered(batch: LookupBatch, chosen: Filter) -> "QuerySet[LookupResult]":
    """Return the results of a lookup that a filter takes, in the order in which they were asked for."""
    found = LookupResult.objects.filter(batch=batch).order_by("pk")
    for name in ("state", "reach", "operator"):
        if value := getattr(chosen, name):
            found = found.filter(**{name: value})
    if chosen.ported in {"yes", "no"}:
        found = found.filter(ported=chosen.ported == "yes")
    digits = "".join(character for character in chosen.number if character.isdigit())
    if len(digits) < _WHOLE_DIGITS:
        return found.filter(number__contains=digits) if digits else found
    # A whole number is found by its index; parts of numbers are looked for one by one.
    whole = [f"+{digits.removeprefix('00')}", f"+39{digits}"]
    return found.filter(number__in=whole) if found.filter(number__in=whole).exists() else found.filter(number__contains=digits)


def page(batch: LookupBatch, chosen: Filter, after: int, limit: int) -> tuple[list[LookupResult], int | None]:
    """Return the next results after an id, and the id after which others come; None where there are none."""
    rows = list(filtered(batch, chosen).filter(pk__gt=after)[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None


def by_operator(batch: LookupBatch) -> list[tuple[str, int]]:
    """Return the present operators of a lookup's numbers with how many each has, the largest first."""
    rows = LookupTally.objects.filter(batch=batch).exclude(operator="").values("operator").annotate(n=Sum("numbers"))
    return [(row["operator"], row["n"]) for row in rows.order_by("-n", "operator")]


def by_reach(batch: LookupBatch) -> dict[str, int]:
    """Return how many answered numbers are reachable, absent, and do not exist; those of which nothing is said are under ""."""
    rows = LookupTally.objects.filter(batch=batch).values("reach").annotate(n=Sum("numbers")).order_by()
    return {row["reach"]: row["n"] for row in rows}


def latest(account_id: int, number: str) -> LookupResult | None:
    """Return the newest answer that an account has of a number; None where it has none."""
    found = LookupResult.objects.filter(account_id=account_id, number=number, state="answered", reused=False)
    # What was invented is not told any more once real answers come.
    return (found if provided.simulating() else found.filter(simulated=False)).order_by("-answered_at").first()


def fresh(account_id: int, number: str) -> LookupResult | None:
    """Return the answer that an account may use again free instead of asking; None where there is none. Raises NobodyToAsk."""
    settings = rules.current()
    if not settings.reuse_free:
        return None
    since = clock.now() - timedelta(days=settings.fresh_days)
    paid = LookupResult.objects.filter(account_id=account_id, number=number, state="answered", reused=False)
    return paid.filter(simulated=provided.simulated(), answered_at__gte=since).order_by("-pk").first()
