"""Looking numbers up: what it costs first, held when accepted, charged for what is answered, given back for the rest."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from staffetta.accounts.errors import AccountClosed
from staffetta.billing import ledger
from staffetta.billing.errors import NotEnoughCredit
from staffetta.billing.models import Entry
from staffetta.carriers import operators
from staffetta.contacts import filelist
from staffetta.contacts import people as people_api
from staffetta.contacts.models import FileList
from staffetta.contacts.people import NumberRefused
from staffetta.lib import clock
from staffetta.lookup import accept, answers, control, provided, results, rules, settle, wanted
from staffetta.lookup.errors import (
    DailyLimitReached,
    HourlyLimitReached,
    LookupFileGone,
    LookupGroupGone,
    LookupKeyUsedDifferently,
    LookupMoveRefused,
    LookupPriceChanged,
    NothingToLookUp,
    NumberAskedTooOften,
    TooManyNumbers,
)
from staffetta.lookup.models import LookupBatch, LookupResult, Provider
from staffetta.lookup.providers.base import Answered, RefusedForGood, Unknown
from staffetta.messaging import jobs
from tests.db.lookups import GONE, PRICE_E4, THERE, claimed_of, counted, listed, number, numbers, outcomes, states, work_all
from tests.people import make_group

pytestmark = pytest.mark.django_db


def available(people) -> int:
    return ledger.wallet(people.account.pk).available_e4


def test_it_works(people):
    batch = work_all(accept.accept(wanted.typed(people.account, " 333 123.4567"), "k", people.owner))
    result = LookupResult.objects.get(batch=batch)
    assert (batch.state, batch.charged_e4, batch.name) == ("settled", PRICE_E4, "+393331234567")
    assert (result.state, result.number, result.original_operator, result.mcc) == ("answered", "+393331234567", "TIM", "222")
    assert result.asked_at <= result.answered_at
    assert Entry.objects.get(account=people.account, kind="charge").amount_e4 == -PRICE_E4
    assert operators.of([result.number])[result.number].operator == result.operator


@pytest.mark.parametrize("written", ["3331234567", "+39 333 1234567", "0039-333/1234567", "393331234567"])
def test_a_number_is_taken_in_any_usual_form(people, written):
    assert wanted.typed(people.account, written).name == "+393331234567"


def test_what_is_no_mobile_is_refused_or_left_out(people):
    with pytest.raises(NumberRefused):
        wanted.typed(people.account, "06 6982")
    some = wanted.listed(people.account, [number(1), "3330000001", "06 698230", "pippo"])
    quoted = accept.quote(some)
    assert (quoted.count, quoted.cost_e4, quoted.left_count) == (1, PRICE_E4, 2)
    assert {left.written: left.code for left in quoted.left_out} == {"06 698230": "number_landline", "pippo": "number_letters"}
    with pytest.raises(NothingToLookUp):
        wanted.listed(people.account, ["pippo"])


def test_too_many_are_refused(people, monkeypatch):
    monkeypatch.setattr(wanted, "NUMBERS_MAX", 2)
    with pytest.raises(TooManyNumbers):
        wanted.listed(people.account, numbers(3))


def test_the_cost_is_held_then_charged_for_answers_alone(people):
    before = available(people)
    batch = listed(people, 4)
    assert available(people) == before - 4 * PRICE_E4
    said = iter([Answered(THERE), Answered(GONE), RefusedForGood("no"), Unknown()])
    work_all(batch, lambda _claimed: next(said))
    assert (batch.charged_e4, available(people)) == (2 * PRICE_E4, before - 2 * PRICE_E4)
    assert counted(batch) == states(batch) == {"answered": 2, "refused": 1, "unknown": 1}


def test_it_is_idempotent(people):
    first = listed(people, 2)
    assert listed(people, 2).pk == first.pk
    with pytest.raises(LookupKeyUsedDifferently):
        listed(people, 3)
    work_all(first)
    rules.change(account_hour_max=1)
    assert listed(people, 2).pk == first.pk  # also where it could not be accepted any more


def test_not_enough_credit_holds_nothing(people):
    rules.change(price_e4=1_000_000)
    with pytest.raises(NotEnoughCredit):
        listed(people, 11)
    assert not LookupBatch.objects.exists()
    assert ledger.wallet(people.account.pk).held_e4 == 0


def test_what_was_confirmed_is_the_most(people):
    with pytest.raises(LookupPriceChanged):
        listed(people, 2, confirmed_e4=2 * PRICE_E4 - 1)
    assert listed(people, 2, confirmed_e4=2 * PRICE_E4).credits_e4 == 2 * PRICE_E4


def test_a_closed_account_looks_nothing_up(people):
    people.account.closed_at = clock.now()
    people.account.save()
    with pytest.raises(AccountClosed):
        listed(people)


def test_free_lookups_hold_nothing(people):
    rules.change(price_e4=0)
    assert work_all(listed(people)).charged_e4 == 0
    assert not Entry.objects.filter(kind="charge").exists()


def test_a_fresh_result_is_used_again_free(people):
    work_all(listed(people, 2))
    again = accept.quote(wanted.listed(people.account, numbers(3)))
    assert (again.count, again.fresh, again.asks, again.cost_e4) == (3, 2, 1, PRICE_E4)
    batch = work_all(listed(people, 3, key="again"))
    assert (batch.charged_e4, batch.reuses) == (PRICE_E4, 2)
    kept = LookupResult.objects.filter(number=number(1)).order_by("pk")
    assert [(one.reused, one.operator, one.answered_at) for one in kept] == [
        (False, kept[0].operator, kept[0].answered_at),
        (True, kept[0].operator, kept[0].answered_at),
    ]


def test_one_that_is_all_fresh_is_settled_at_once_and_costs_nothing(people):
    work_all(listed(people, 2))
    batch = listed(people, 2, key="again")
    assert batch.state == "settled"  # nobody else has to come by
    assert (batch.charged_e4, batch.hold) == (0, None)


def test_a_fresh_result_is_asked_anew_on_request_or_where_the_staff_say_so(people):
    work_all(listed(people, 1))
    some = wanted.listed(people.account, numbers(1))
    assert accept.quote(some, reuse=False).asks == 1
    rules.change(reuse_free=False)
    assert accept.quote(some).asks == 1


def test_an_old_result_is_not_fresh(people):
    work_all(listed(people, 1))
    LookupResult.objects.update(answered_at=clock.now() - timedelta(days=31))
    assert accept.quote(wanted.listed(people.account, numbers(1))).fresh == 0


def test_what_was_invented_is_not_fresh_once_a_real_provider_answers(people):
    work_all(listed(people, 1))
    provided.save(Provider(name="real", kind="http", options={"url": "https://hlr.example/{number}", "fields": {"reach": "r"}}))
    assert accept.quote(wanted.listed(people.account, numbers(1))).fresh == 0


def test_it_hides_other_accounts(people):
    work_all(listed(people, 1))
    assert accept.quote(wanted.listed(people.other_account, numbers(1))).fresh == 0
    with pytest.raises(LookupGroupGone):
        wanted.of_group(people.other_account, make_group(people.account, 2))


def test_a_group_is_frozen_when_it_is_accepted(people, monkeypatch):
    monkeypatch.setattr(accept, "AT_ONCE_MAX", 2)
    group = make_group(people.account, 5)
    batch = accept.accept(wanted.of_group(people.account, group), "g")
    people_api.add_contact(group, "3350000001")
    assert (batch.state, batch.written) == ("accepted", 0)
    work_all(batch)
    assert (batch.state, batch.answered, batch.count, batch.group) == ("settled", 5, 5, group.pk)


def test_a_long_list_is_written_in_stretches(people, monkeypatch):
    monkeypatch.setattr(accept, "AT_ONCE_MAX", 2)
    monkeypatch.setattr("staffetta.lookup.expand.STRETCH", 3)
    batch = work_all(listed(people, 8))
    assert (batch.written, states(batch)) == (8, {"answered": 8})


def test_of_very_many_it_is_said_what_they_cost_at_most(people, monkeypatch):
    work_all(listed(people, 1))
    monkeypatch.setattr(accept, "EXACT_MAX", 2)
    quoted = accept.quote(wanted.listed(people.account, numbers(3)))
    assert (quoted.exact, quoted.cost_e4) == (False, 3 * PRICE_E4)
    before = available(people)
    batch = work_all(listed(people, 3, key="many"))
    assert (batch.answered, batch.charged_e4, before - available(people)) == (3, 2 * PRICE_E4, 2 * PRICE_E4)


@pytest.mark.parametrize(("limit", "refusal"), [("account_hour_max", HourlyLimitReached), ("account_day_max", DailyLimitReached)])
def test_an_account_may_ask_so_much_in_a_time(people, limit, refusal):
    rules.change(**{"account_hour_max": 3, "account_day_max": 5})
    listed(people, 3)
    if limit == "account_day_max":
        LookupBatch.objects.update(created_at=clock.now() - timedelta(hours=2))
    with pytest.raises(refusal) as refused:
        listed(people, 3, key="more", first=100)
    assert "3" in str(refused.value)
    LookupBatch.objects.update(created_at=clock.now() - timedelta(days=2))
    assert listed(people, 3, key="more", first=100)


def test_one_number_may_be_asked_so_often_by_all_together(people):
    rules.change(number_day_max=2)
    ledger.credit(people.other_account.pk, 100_000, "grant", "g", "test")
    for account in (people.account, people.other_account):
        work_all(accept.accept(wanted.typed(account, number(1)), "a", reuse=False))
    with pytest.raises(NumberAskedTooOften):
        accept.accept(wanted.typed(people.account, number(1)), "c", reuse=False)
    quoted = accept.quote(wanted.listed(people.account, numbers(2)), reuse=False)
    assert (quoted.asks, [(left.written, left.code) for left in quoted.left_out]) == (1, [(number(1), "too_often")])
    batch = work_all(listed(people, 2, key="d", reuse=False))
    assert (states(batch), batch.charged_e4) == ({"refused": 1, "answered": 1}, PRICE_E4)
    LookupResult.objects.update(asked_at=clock.now() - timedelta(days=2))
    assert accept.quote(wanted.typed(people.account, number(1)), reuse=False).asks == 1


def test_a_fresh_result_is_given_also_where_the_number_was_asked_too_often(people):
    rules.change(number_day_max=1)
    work_all(listed(people, 1))
    assert accept.quote(wanted.typed(people.account, number(1))).fresh == 1


def test_a_paused_lookup_asks_nothing_until_it_is_resumed(people):
    batch = listed(people, 2)
    control.pause(batch)
    assert claimed_of(batch) == []
    with pytest.raises(LookupMoveRefused):
        control.pause(batch)
    control.resume(batch)
    assert work_all(batch).answered == 2
    with pytest.raises(LookupMoveRefused):
        control.resume(batch)


def test_cancelled_before_anything_was_asked_gives_all_back_at_once(people):
    before = available(people)
    batch = listed(people, 3)
    assert control.withdrawal(batch).credits_e4 == 3 * PRICE_E4
    control.cancel(batch)
    assert (batch.state, batch.charged_e4, available(people)) == ("settled", 0, before)
    assert counted(batch) == states(batch) == {"cancelled": 3}
    with pytest.raises(LookupMoveRefused):
        control.cancel(batch)


def test_cancelled_while_some_are_in_flight_charges_those_alone(people):
    batch = listed(people, 3)
    claimed = claimed_of(batch, 1)
    control.cancel(batch)
    assert (batch.state, counted(batch)) == ("cancelling", {"asked": 1, "cancelled": 2})
    assert work_all(batch).state == "cancelling"  # its answer is still waited for
    answers.record(outcomes(claimed, Answered(THERE)))
    settle.settle()
    batch.refresh_from_db()
    assert (batch.state, batch.charged_e4) == ("settled", PRICE_E4)


def test_cancelled_while_it_is_still_being_written_down(people, monkeypatch):
    monkeypatch.setattr(accept, "AT_ONCE_MAX", 2)
    before = available(people)
    batch = listed(people, 5)
    control.cancel(batch)
    work_all(batch)
    assert (batch.state, batch.cancelled, available(people)) == ("settled", 5, before)


def test_the_books_agree(people):
    for count, key in ((3, "a"), (2, "b")):
        work_all(listed(people, count, key=key, first=count * 10))
    control.cancel(listed(people, 4, key="c", first=900))
    assert all(book.agree for book in ledger.books())


def _of_a_file(people, key="k"):
    upload = SimpleUploadedFile("clienti.csv", b"Cellulare\n3470000001\n3470000002\n")
    record = filelist.take(people.account, upload)
    FileList.objects.filter(pk=record.pk).update(created_at=clock.now() - jobs.FORGOTTEN_AFTER * 2)
    return record, wanted.of_file(people.account, record)


def _forgotten(record) -> bool:
    jobs.forget_files(timestamp=0)
    record.refresh_from_db()
    return record.dropped_at is not None


def test_a_file_is_kept_until_all_its_lookups_are_written_down(people, monkeypatch):
    monkeypatch.setattr(accept, "AT_ONCE_MAX", 1)
    record, of_file = _of_a_file(people)
    first, second = accept.accept(of_file, "first"), accept.accept(of_file, "second", reuse=False)
    control.pause(first)
    work_all(second)
    assert not _forgotten(record)
    control.resume(first)
    assert work_all(first).written == 2
    assert _forgotten(record)


def test_a_file_is_let_go_when_its_lookup_is_cancelled(people, monkeypatch):
    monkeypatch.setattr(accept, "AT_ONCE_MAX", 1)
    record, of_file = _of_a_file(people)
    control.cancel(accept.accept(of_file, "k"))
    assert _forgotten(record)
    with pytest.raises(LookupFileGone):
        accept.accept(of_file, "late")


def test_totals_agree_with_the_results(people):
    work_all(listed(people, 40, key="first"))
    again = work_all(listed(people, 60, key="again"))
    answered = LookupResult.objects.filter(batch=again, state="answered")
    assert again.reuses == 40
    assert dict(results.by_operator(again)) == Counter(answered.exclude(operator="").values_list("operator", flat=True))
    assert results.by_reach(again) == Counter(reach or "" for reach in answered.values_list("reach", flat=True))


def test_results_are_found_by_a_whole_number_and_by_a_part(people):
    batch = work_all(listed(people, 12))
    for written, found in (("+39 333 0000007", 1), ("3330000007", 1), ("00393330000007", 1), ("000001", 4), ("390000000000", 0)):
        assert results.filtered(batch, results.Filter(number=written)).count() == found, written
