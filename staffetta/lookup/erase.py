"""Erase a number: its lookups go, in every account or in one, and so does what is known of its operator."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from staffetta.accounts import audit
from staffetta.accounts.models import User
from staffetta.carriers import operators
from staffetta.lookup.models import LookupBatch, LookupResult

# What has not ended yet ends as cancelled; counts of what has ended stay, they name nobody.
_ERASE = """
UPDATE lookup_batch SET queued = queued - %(queued)s, asked = asked - %(asked)s, cancelled = cancelled + %(queued)s + %(asked)s,
    numbers = array_remove(numbers, %(number)s), name = CASE WHEN name = %(number)s THEN '' ELSE name END,
    reasons = coalesce((SELECT jsonb_agg(each) FROM jsonb_array_elements(reasons) AS each WHERE each->>'written' <> %(number)s), '[]')
WHERE id = %(batch)s
"""


@transaction.atomic
def asked_for(number: str, staff: User) -> int:
    """Erase all that is kept of a number, as the person whose it is has asked; return of how many lookups."""
    found = erase(number)
    # The log keeps for good what is in it: the number itself must not be.
    audit.record(staff, "erase lookups", f"number …{number[-3:]}", after={"lookups": found})
    return found


@transaction.atomic
def erase(number: str, account_id: int | None = None) -> int:
    """Erase all that is kept of a number (E.164); return of how many lookups. `account_id`: only what this account asked for."""
    own = Q() if account_id is None else Q(account_id=account_id)
    asked = LookupResult.objects.filter(own, number=number).values("batch")
    named = Q(pk__in=asked) | Q(numbers__contains=[number]) | Q(reasons__contains=[{"written": number}])
    batches = list(LookupBatch.objects.select_for_update(no_key=True).filter(own & named).order_by("pk"))
    for batch in batches:
        _erase_from(batch, number)
    if account_id is None:
        operators.forget(number)
    return len(batches)


def _erase_from(batch: LookupBatch, number: str) -> None:
    """Erase a number from a lookup whose row is locked: nobody claims or answers it meanwhile."""
    # Of numbers that are still being written down the cursor counts places: none may move.
    place = batch.numbers.index(number) if number in batch.numbers else len(batch.numbers)
    ended = list(LookupResult.objects.filter(batch=batch, number=number).values_list("state", flat=True))
    LookupResult.objects.filter(batch=batch, number=number).delete()
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"queued": ended.count("queued"), "asked": ended.count("asked"), "number": number, "batch": batch.pk}
        cursor.execute(_ERASE, values)
        if batch.expanded_at is None and place < batch.cursor_number:
            cursor.execute("UPDATE lookup_batch SET cursor_number = cursor_number - 1 WHERE id = %s", [batch.pk])
