"""The part of bench/lookup.py that plays the customer: describes the provider, asks for many numbers, waits until they are settled."""

import json
import sys
import time

import django

django.setup()

from staffetta.billing import ledger  # noqa: E402
from staffetta.billing.commands import open_with_credits  # noqa: E402
from staffetta.lookup import accept, provided, wanted  # noqa: E402
from staffetta.lookup.models import LookupBatch, LookupResult, Provider  # noqa: E402

WAIT_S_MAX = 600.0


def settled(batch: LookupBatch, ready: float) -> float:
    """Wait until the lookup is settled; return how long it took since then."""
    while LookupBatch.objects.values_list("state", flat=True).get(pk=batch.pk) != "settled":
        if time.perf_counter() - ready > WAIT_S_MAX:
            sys.exit(f"lookup {batch.pk} was not settled within {WAIT_S_MAX:g} s")
        time.sleep(0.01)
    return time.perf_counter() - ready


def main() -> None:
    n, answer_ms, in_flight_max = map(int, sys.argv[1:4])
    provided.save(Provider(name="bench", kind="simulator", options={"answer_ms": answer_ms}, in_flight_max=in_flight_max))
    account, _password = open_with_credits("bench", "bench", "bench", 10**12)
    # One number first: `work` has started and has taken the provider into use when it is answered.
    first = accept.accept(wanted.typed(account, "+393471234567"), "first")
    settled(first, time.perf_counter())
    # No number ends in 901 to 908: those have a fate of their own in the simulator.
    numbers = [f"+393{330000000 + (at // 900) * 1_000 + at % 900:09d}" for at in range(n)]
    started = time.perf_counter()
    batch = accept.accept(wanted.listed(account, numbers), "bench")
    accepted_s = time.perf_counter() - started
    seconds = settled(batch, started)
    batch.refresh_from_db()
    answered = LookupResult.objects.filter(batch=batch, state="answered").count()
    counts = {name: getattr(batch, name) for name in ("count", "asks", "queued", "asked", "answered", "refused", "unknown", "cancelled")}
    assert answered == n, f"{answered} of {n} were answered: {counts}"
    assert batch.charged_e4 == n * batch.price_e4
    assert all(book.agree for book in ledger.books())
    print(f"{'accepted after':<24}{accepted_s:>8.2f} s\n{'settled after':<24}{seconds:>8.2f} s")
    print(json.dumps({"n": n, "per_s": round(n / seconds), "seconds": round(seconds, 2), "in_flight_max": in_flight_max}))


if __name__ == "__main__":
    main()
