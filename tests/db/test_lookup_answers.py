"""Answers that repeat, come late, or not now; workers that die: each number's state moves once and is charged at most once."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staffetta.billing import ledger
from staffetta.carriers import operators
from staffetta.lookup import answers, claim, control, erase, rules, settle
from staffetta.lookup.answers import Outcome
from staffetta.lookup.errors import LookupMoveRefused
from staffetta.lookup.models import LookupBatch, LookupResult
from staffetta.lookup.providers.base import Answered, RefusedForGood, RefusedForNow, Unknown
from tests.db.lookups import AWAY, GONE, PRICE_E4, THERE, claimed_of, counted, listed, number, outcomes, states, work_all

pytestmark = pytest.mark.django_db


def lease_runs_out() -> int:
    LookupResult.objects.filter(state="asked").update(lease_until="2020-01-01T00:00Z")
    return claim.recover()


def all_due() -> None:
    LookupResult.objects.update(due_at="2020-01-01T00:00Z")


def test_a_repeat_changes_nothing(people):
    batch = listed(people, 2)
    claimed = claimed_of(batch)
    answers.record(outcomes(claimed, Answered(THERE)) + outcomes(claimed, Answered(GONE)))
    before = list(LookupResult.objects.order_by("pk").values())
    answers.record(outcomes(claimed, Answered(GONE)))
    answers.record(outcomes(claimed, Unknown()))
    assert list(LookupResult.objects.order_by("pk").values()) == before
    settle.settle()
    answers.record(outcomes(claimed, RefusedForGood("no")))
    assert (counted(batch), batch.charged_e4) == ({"answered": 2}, 2 * PRICE_E4)


def test_not_now_is_asked_again_later_and_not_for_ever(people):
    batch = listed(people, 1)
    first = claimed_of(batch)
    answers.record(outcomes(first, RefusedForNow("busy")))
    assert (counted(batch), claimed_of(batch)) == ({"queued": 1}, [])  # not before its time
    all_due()
    second = claimed_of(batch)
    assert [one.attempt for one in second] == [2]
    answers.record(outcomes(first, RefusedForNow("busy")))  # repeated: it is of an attempt that has ended
    assert counted(batch) == {"asked": 1}
    answers.record(outcomes(second, RefusedForNow("busy"), last=True))
    work_all(batch)
    assert (counted(batch), batch.charged_e4, LookupResult.objects.get().code) == ({"refused": 1}, 0, "busy")


def test_a_provider_that_puts_off_for_years_is_asked_within_the_hour(people):
    batch = listed(people, 1)
    answers.record(outcomes(claimed_of(batch), RefusedForNow("busy", 1e12)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(due_at) < now() + interval '2 hours' FROM lookup_result")
        assert cursor.fetchone() == (True,)


def test_what_a_dead_worker_asked_is_unknown_and_free(people):
    batch = listed(people, 3)
    claimed_of(batch, 2)
    assert claim.recover() == 0
    assert lease_runs_out() == 2
    work_all(batch)
    assert (counted(batch), batch.charged_e4) == ({"unknown": 2, "answered": 1}, PRICE_E4)
    assert states(batch) == counted(batch)


def test_a_late_answer_is_charged_before_settling_and_free_after(people):
    batch = listed(people, 3)
    claimed = claimed_of(batch)
    answers.record(outcomes(claimed[:2], Unknown()))
    answers.record(outcomes(claimed[:1], Answered(THERE, "p-1")))
    answers.record(outcomes(claimed[2:], Answered(AWAY)))
    settle.settle()
    answers.record(outcomes(claimed[1:2], Answered(THERE, "p-2")))
    answers.record(outcomes(claimed[1:2], Answered(GONE, "p-3")))
    batch.refresh_from_db()
    assert (batch.charged_e4, counted(batch)) == (2 * PRICE_E4, {"answered": 3})
    late = LookupResult.objects.get(number=number(2))
    assert (late.cost_e4, late.provider_id, late.operator) == (0, "p-2", "Iliad")
    assert all(book.agree for book in ledger.books())


def test_small_lookups_go_first_and_accounts_in_turn(people):
    ledger.credit(people.other_account.pk, 10_000_000, "grant", "g", "test")
    large = listed(people, 30, key="large")
    small = listed(people, 2, key="small", first=500)
    served: list[int] = []
    claimed = [claim.claim("test", 10, 2, served) for _ in range(2)]
    assert [one[0].batch_id for one in claimed] == [small.pk, large.pk]


def test_small_lookups_without_end_keep_no_large_one_waiting(people):
    large = listed(people, 30, key="large")
    served: list[int] = []
    claimed = []
    for n in range(4):
        listed(people, 1, key=f"small {n}", first=500 + n)
        claimed.append(claim.claim("test", 10, 2, served)[0].batch_id == large.pk)
    assert claimed == [False, True, False, True]


def test_what_is_seen_is_kept_for_routing_and_invented_never_replaces_known(people):
    batch = listed(people, 1)
    answers.record(outcomes(claimed_of(batch), Answered(THERE)))
    known = operators.of([number(1)])[number(1)]
    assert (known.operator, known.mcc, known.mnc, known.ported, known.simulated) == ("Iliad", "222", "50", True, False)
    operators.saw([operators.Seen(number(1), "TIM", "222", "01", False, simulated=True)])
    assert operators.of([number(1)])[number(1)].operator == "Iliad"
    operators.saw([operators.Seen(number(1), "TIM", "222", "01", False)])
    assert operators.of([number(1)])[number(1)].operator == "TIM"


def test_erasing_a_number_erases_its_lookups_everywhere(people):
    ledger.credit(people.other_account.pk, 100_000, "grant", "g", "test")
    batch = work_all(listed(people, 2))
    single = listed(people, 1, key="waiting", reuse=False)
    claimed = claimed_of(single)
    assert erase.erase(number(1)) == 2
    answers.record(outcomes(claimed, Answered(THERE)))
    work_all(single)
    batch.refresh_from_db()
    assert not LookupResult.objects.filter(number=number(1)).exists()
    assert not operators.of([number(1)])
    assert (batch.numbers, LookupResult.objects.get().number) == ([number(2)], number(2))
    assert (single.state, single.charged_e4, single.numbers) == ("settled", 0, [])
    assert all(book.agree for book in ledger.books())


def test_erasing_for_one_account_leaves_the_others(people):
    ledger.credit(people.other_account.pk, 100_000, "grant", "g", "test")
    work_all(listed(people, 1))
    theirs = make_lookup_of_stranger(people)
    erase.erase(number(1), people.account.pk)
    assert list(LookupResult.objects.values_list("batch", flat=True)) == [theirs.pk]
    assert operators.of([number(1)])


def make_lookup_of_stranger(people) -> LookupBatch:
    people.account, people.other_account = people.other_account, people.account
    batch = work_all(listed(people, 1))
    people.account, people.other_account = people.other_account, people.account
    return batch


SAID = st.sampled_from([Answered(THERE), Answered(GONE), RefusedForGood("no"), RefusedForNow("busy"), Unknown(), None])
STEP = st.sampled_from(["claim", "record", "repeat", "die", "pause", "resume", "cancel", "settle", "late"])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(STEP, SAID), max_size=25), count=st.integers(1, 6))
def test_whatever_happens_held_is_charged_and_released_and_each_number_charged_once(people, steps, count):
    rules.change(number_day_max=10_000)
    before = ledger.wallet(people.account.pk)
    batch = listed(people, count, key=f"property-{next(_serial)}", reuse=False)
    asked, said = [], []
    for step, answer in steps:
        if step == "claim":
            asked += claimed_of(batch, 2)
        elif step in {"record", "late"} and asked and answer:
            noted = Outcome(*asked[0 if step == "late" else -1], answer)
            said.append(noted)
            answers.record([noted])
        elif step == "repeat" and said:
            answers.record(said[-2:])
        elif step == "die":
            lease_runs_out()
        elif step == "settle":
            settle.settle()
        else:
            move(step, batch)
        all_due()
        assert counted(batch) == states(batch)
    batch.refresh_from_db()
    if batch.state == "paused":
        control.resume(batch)
    lease_runs_out()
    work_all(batch)
    while settle.withdraw():
        pass
    settle.settle()
    batch.refresh_from_db()
    after = ledger.wallet(people.account.pk)
    charged = LookupResult.objects.filter(batch=batch, cost_e4__gt=0)
    assert (batch.state, after.held_e4) == ("settled", before.held_e4)
    assert batch.charged_e4 == before.balance_e4 - after.balance_e4 == charged.count() * PRICE_E4
    assert set(charged.values_list("state", flat=True)) <= {"answered"}
    assert all(book.agree for book in ledger.books())


def move(step: str, batch: LookupBatch) -> None:
    moves = {"pause": control.pause, "resume": control.resume, "cancel": control.cancel}
    try:
        if step in moves:
            moves[step](batch)
    except LookupMoveRefused:
        pass


_serial = iter(range(10**6))
