"""Lookups at once: first with the guards off, to show that it happens; then as the code is."""

import pytest
from django.db import connection

from staffetta.billing import ledger
from staffetta.lookup import accept, answers, limits, rules, settle, wanted
from staffetta.lookup.errors import HourlyLimitReached
from staffetta.lookup.models import LookupBatch, LookupResult
from staffetta.lookup.providers.base import Answered, Unknown
from tests.db.lookups import PRICE_E4, THERE, claimed_of, listed, number, numbers, outcomes
from tests.people import People, make_people
from tests.race.together import SURELY_S, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> People:
    people = make_people()
    rules.current()
    accept.provided.in_use()
    return people


def look_then_take(people: People, first: int) -> None:
    """Accept as one would first write it: look whether it fits, then take it, with no lock."""
    limits.check(people.account.pk, 3, rules.current())
    wanted_now = wanted.listed(people.account, numbers(3, first))
    LookupBatch.objects.create(
        account=people.account, key=str(first), source="pasted", numbers=list(wanted_now.audience.numbers), price_e4=0, count=3, asks=3,
        fresh_from="2020-01-01T00:00Z", created_at=accept.clock.now(),
    )  # fmt: skip


def test_twin_asks_more_than_its_limit(people):
    rules.change(account_hour_max=5)
    together(lambda: look_then_take(people, 1), lambda: look_then_take(people, 100), after="SUM(", meet_s=SURELY_S)
    assert limits.asked_within(people.account.pk, limits.HOUR) == 6


def test_two_at_once_do_not_both_take_the_last_place(people):
    rules.change(account_hour_max=5)
    results = together(lambda: listed(people, 3, key="a"), lambda: listed(people, 3, key="b", first=100), after="SUM(")
    assert {type(result) for result in results} == {LookupBatch, HourlyLimitReached}
    assert limits.asked_within(people.account.pk, limits.HOUR) == 3


def test_one_key_twice_at_once_is_one_lookup(people):
    results = together(lambda: listed(people, 3), lambda: listed(people, 3), after="lookup_batch")
    assert len({result.pk for result in results}) == 1
    assert ledger.wallet(people.account.pk).held_e4 == 3 * PRICE_E4
    assert LookupResult.objects.count() == 3


def sum_then_charge(batch: LookupBatch) -> None:
    """Settle as one would first write it: add up, then charge, with no lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(cost_e4), 0) FROM lookup_result WHERE batch_id = %s", [batch.pk])
        (charged_e4,) = cursor.fetchone()
    ledger.charge(batch.hold_id, int(charged_e4), "x")
    LookupBatch.objects.filter(pk=batch.pk).update(state="settled", charged_e4=charged_e4)


def asked_with_no_answer(people: People):
    batch = listed(people, 2)
    claimed = claimed_of(batch)
    answers.record(outcomes(claimed, Unknown()))
    return batch, claimed


def test_twin_shows_a_price_that_was_never_charged(people):
    batch, claimed = asked_with_no_answer(people)
    late = lambda: answers.record(outcomes(claimed, Answered(THERE)))
    together(lambda: sum_then_charge(batch), late, after="lookup_result", meet_s=SURELY_S)
    batch.refresh_from_db()
    assert batch.charged_e4 != sum(LookupResult.objects.values_list("cost_e4", flat=True))


def test_a_late_answer_is_in_the_sum_or_free(people):
    batch, claimed = asked_with_no_answer(people)
    results = together(lambda: settle.settle(batch.pk), lambda: answers.record(outcomes(claimed, Answered(THERE))), after="lookup_result")
    settle.settle(batch.pk)
    batch.refresh_from_db()
    assert [result for result in results if isinstance(result, Exception)] == []
    assert (batch.state, batch.charged_e4) == ("settled", sum(LookupResult.objects.values_list("cost_e4", flat=True)))


def test_one_answer_recorded_twice_at_once_counts_once(people):
    batch = listed(people, 2)
    claimed = claimed_of(batch)
    together(*[lambda: answers.record(outcomes(claimed, Answered(THERE)))] * 2, after="FOR NO KEY UPDATE")
    batch.refresh_from_db()
    assert (batch.answered, batch.asked) == (2, 0)


def test_two_workers_never_ask_the_same_number(people):
    batch = listed(people, 10)
    first, second = together(lambda: claimed_of(batch, 7), lambda: claimed_of(batch, 7), after="WITH picked")
    assert sorted(one.number for one in first + second) == [number(n) for n in range(1, 11)]


def test_settled_by_two_at_once_it_is_charged_once(people):
    batch = listed(people, 2)
    answers.record(outcomes(claimed_of(batch), Answered(THERE)))
    together(lambda: settle.settle(batch.pk), lambda: settle.settle(batch.pk), after="lookup_result")
    batch.refresh_from_db()
    assert (batch.state, ledger.wallet(people.account.pk).held_e4) == ("settled", 0)
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000 - 2 * PRICE_E4
