"""What lookups may not do: charge what nobody agreed to, lose what was answered, never end, keep a number from everybody."""

from datetime import timedelta

import pytest

from staffetta.billing import ledger
from staffetta.lib import clock
from staffetta.lookup import accept, answers, control, erase, limits, provided, rules, settle, wanted, words
from staffetta.lookup.errors import LookupMoveRefused, NumberAskedTooOften
from staffetta.lookup.models import LookupBatch, LookupResult, Provider
from staffetta.lookup.providers.base import Answered, Unknown
from tests.db.lookups import PRICE_E4, THERE, claimed_of, listed, number, outcomes, work_all
from tests.db.portal import browser, text
from tests.people import make_group

pytestmark = pytest.mark.django_db


def test_a_kept_answer_that_is_gone_is_not_asked_for_at_a_price(people):
    work_all(listed(people, 1))
    LookupResult.objects.update(answered_at=clock.now() - timedelta(days=31))
    page = browser(people.owner).post("/lookups/", {"number": number(1), "once": "o", "confirmed_e4": PRICE_E4, "choice": "kept"})
    assert page.status_code == 400
    assert "you confirmed 0" in text(page)
    assert (LookupBatch.objects.count(), ledger.wallet(people.account.pk).held_e4) == (1, 0)


def test_what_was_answered_is_charged_also_where_it_was_erased_since(people):
    batch = listed(people, 3)
    answers.record(outcomes(claimed_of(batch, 2), Answered(THERE)))
    erase.erase(number(1))
    work_all(batch)
    assert (batch.answered, batch.charged_e4) == (3, 3 * PRICE_E4)
    assert all(book.agree for book in ledger.books())


def test_what_others_have_waiting_keeps_a_number_from_nobody(people):
    rules.change(number_day_max=1)
    ledger.credit(people.other_account.pk, 100_000, "grant", "g", "test")
    blocking = accept.accept(wanted.typed(people.other_account, number(1)), "b")
    control.pause(blocking)
    assert work_all(listed(people, 1)).answered == 1
    with pytest.raises(NumberAskedTooOften):  # asked for today
        accept.accept(wanted.typed(people.account, number(1)), "c", reuse=False)
    listed(people, 1, key="w", first=5)
    with pytest.raises(NumberAskedTooOften):  # the account's own is waiting
        accept.accept(wanted.typed(people.account, number(5)), "d", reuse=False)


def test_when_a_number_was_asked_for_by_others_is_not_told(people):
    work_all(listed(people, 1))
    LookupResult.objects.update(asked_at=clock.now() - timedelta(hours=5, minutes=20))
    assert limits.number_free_in_s(number(1), 1) == 19 * 3_600


def test_a_paused_lookup_ends_with_the_answer_that_was_under_way(people):
    batch = listed(people, 1)
    claimed = claimed_of(batch)
    control.pause(batch)
    ended = answers.record(outcomes(claimed, Answered(THERE)))
    assert ended == [batch.pk]
    assert settle.settle(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.charged_e4) == ("settled", PRICE_E4)
    assert ledger.wallet(people.account.pk).held_e4 == 0


def test_a_paused_lookup_with_numbers_left_does_not_end(people):
    batch = listed(people, 2)
    claimed = claimed_of(batch, 1)
    control.pause(batch)
    answers.record(outcomes(claimed, Answered(THERE)))
    assert not settle.settle(batch.pk)
    control.resume(batch)
    assert work_all(batch).charged_e4 == 2 * PRICE_E4


def test_only_what_somebody_cancelled_is_called_cancelled(people):
    erased = listed(people, 2)
    erase.erase(number(1))
    assert words.of_batch(work_all(erased)).tone == "good"
    cancelled = listed(people, 2, key="c", first=10)
    control.cancel(cancelled)
    assert words.of_batch(cancelled).tone == "none"
    with pytest.raises(LookupMoveRefused, match="“annullata”"):
        control.pause(cancelled)


def test_invented_answers_are_said_to_be_before_they_are_paid(people):
    client = browser(people.owner)
    said = "the answers are invented. They are charged like real ones."
    pages = [
        lambda: client.get(f"/lookups/?number={number(1)}"),
        lambda: client.post("/lookups/many/", {"source": "pasted", "numbers": number(1)}),
    ]
    assert [said in text(page()) for page in pages] == [True, True]
    provided.save(Provider(name="real", kind="http", options={"url": "https://hlr.example/{number}", "fields": {"reach": "r"}}))
    assert ["invented" in text(page()) for page in pages] == [False, False]


def test_who_has_no_answer_is_not_said_to_exist(people):
    batch = accept.accept(wanted.of_group(people.account, make_group(people.account, 3)), "g")
    work_all(batch, lambda claimed: Answered(THERE) if claimed.number == number(1) else Unknown())
    page = text(browser(people.owner).get(f"/lookups/{batch.pk}/"))
    assert "2 have no answer" in page
    assert "exists." not in page


def test_two_numbers_in_one_are_told_apart_by_a_comma(people):
    page = browser(people.owner).post("/lookups/many/", {"source": "pasted", "numbers": "347 5550115 347 5550116\n3331234567"})
    assert "put a comma between them" in text(page)


def test_one_credit_is_one_credit(people):
    rules.change(price_e4=10_000)
    batch = listed(people, 1)
    page = browser(people.owner).get(f"/lookups/{batch.pk}/")
    assert "Set aside: 1 credit;" in text(page)
