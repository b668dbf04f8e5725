"""What lookups are good for: dead numbers out of a group, operators counted; the staff's rules and providers; number ranges."""

from datetime import timedelta

import pytest

from staffetta.accounts.models import AuditLine
from staffetta.contacts.errors import GroupNameMissing
from staffetta.contacts.models import Membership
from staffetta.lib import clock
from staffetta.lookup import accept, clean, provided, ranges, results, rules, wanted
from staffetta.lookup.errors import LookupGroupGone, LookupSettingWrong, NobodyDead, NobodyToAsk, ProviderNameTaken, ProviderWrong
from staffetta.lookup.models import LookupBatch, LookupResult, Provider
from staffetta.lookup.providers.base import Answered
from staffetta.lookup.results import Filter
from tests.db.lookups import AWAY, GONE, THERE, listed, number, work_all
from tests.people import make_group

pytestmark = pytest.mark.django_db


def looked_up(people, group, key: str = "g", absent: str = "3") -> LookupBatch:
    batch = accept.accept(wanted.of_group(people.account, group), key, reuse=False)
    kinds = {"1": GONE, "2": GONE, absent: AWAY}
    return work_all(batch, lambda claimed: Answered(kinds.get(claimed.number[-1], THERE)))


def test_cleaning_moves_the_dead_into_a_group_of_their_own(people):
    group = make_group(people.account, 6)
    batch = looked_up(people, group)
    dead = clean.find(batch)
    assert (dead.numbers, dead.nonexistent, dead.absent) == ((number(1), number(2)), 2, 0)
    made, moved = clean.move(batch, "Inesistenti")
    assert (made.name, moved) == ("Inesistenti", 2)
    assert set(made.contacts.values_list("number", flat=True)) == {number(1), number(2)}
    assert Membership.objects.filter(group=group).count() == 4
    with pytest.raises(NobodyDead):
        clean.move(batch, "Ancora")


def test_it_says_what_each_send_saves_at_the_cheapest_type(people):
    group = make_group(people.account, 6)
    assert clean.find(looked_up(people, group)).saved_e4 == 2 * 10_000  # INFORMATIVO costs one credit


def test_absent_counts_as_dead_after_so_many_lookups_in_a_row(people):
    group = make_group(people.account, 6)
    first = looked_up(people, group)
    assert clean.find(first, absent_lookups=2).absent == 0
    answered_ago(first, days=2)
    second = looked_up(people, group, "again")
    assert (clean.find(second, absent_lookups=2).absent, clean.find(second).absent) == (1, 0)
    answered_ago(second, days=1)
    third = looked_up(people, group, "other", absent="4")
    assert clean.find(third, absent_lookups=2).absent == 0  # another one, once


def test_a_name_is_needed_and_a_group_to_clean(people):
    group = make_group(people.account, 6)
    batch = looked_up(people, group)
    with pytest.raises(GroupNameMissing):
        clean.move(batch, " ")
    assert Membership.objects.filter(group=group).count() == 6
    group.delete()
    for lost in (batch, listed(people, 1, key="no group", first=50)):
        with pytest.raises(LookupGroupGone):
            clean.find(lost)


def test_results_are_filtered_paged_and_counted(people):
    batch = looked_up(people, make_group(people.account, 6))
    assert results.by_operator(batch) == [("Iliad", 3), ("TIM", 1)]
    assert results.by_reach(batch) == {"nonexistent": 2, "absent": 1, "reachable": 3}
    first, after = results.page(batch, Filter(operator="Iliad"), 0, 2)
    rest, end = results.page(batch, Filter(operator="Iliad"), after, 2)
    assert ([row.number for row in first + rest], end) == ([number(4), number(5), number(6)], None)
    assert results.filtered(batch, Filter(ported="yes", number="00004")).count() == 1
    assert results.latest(people.account.pk, number(3)).reach == "absent"
    assert results.latest(people.other_account.pk, number(3)) is None


def test_the_range_is_told_without_asking(people):
    assert ranges.operator_of_range("+393331234567") == "TIM"
    assert ranges.operator_of_range("nonsense") == ""


def test_the_staff_change_the_rules(people):
    rules.change(people.owner, price_e4=7_000)
    assert accept.quote(wanted.typed(people.account, number(1))).cost_e4 == 7_000
    assert AuditLine.objects.get(target="settings of lookups").after == {"price_e4": 7_000}


@pytest.mark.parametrize("wrong", [{"price_e4": -1}, {"fresh_days": 400}, {"number_day_max": 0}, {"account_day_max": 5}])
def test_a_wrong_rule_changes_nothing(people, wrong):
    with pytest.raises(LookupSettingWrong):
        rules.change(**{"price_e4": 1} | wrong)
    assert rules.current().price_e4 == 5_000


def test_providers_are_described_checked_and_chosen(people):
    assert (provided.in_use().kind, provided.simulated()) == ("simulator", True)
    options = {"url": "https://hlr.example/{number}?k={secret:k}", "fields": {"reach": "r"}}
    with pytest.raises(ProviderWrong, match="k"):
        provided.save(Provider(name="hlr", kind="http", options=options))
    saved = provided.save(Provider(name="hlr", kind="http", options=options, secrets={"k": "geheim"}), people.owner)
    assert (provided.in_use(), provided.simulated()) == (saved, False)
    assert "geheim" not in str(list(AuditLine.objects.values()))
    with pytest.raises(ProviderNameTaken):
        provided.save(Provider(name="hlr", kind="simulator"))
    with pytest.raises(ProviderWrong, match="fax"):
        provided.save(Provider(name="fax", kind="fax"))
    Provider.objects.update(active=False)
    with pytest.raises(NobodyToAsk):
        listed(people)


def answered_ago(batch: LookupBatch, **ago) -> None:
    LookupResult.objects.filter(batch=batch).update(answered_at=clock.now() - timedelta(**ago))


def test_absent_twice_within_a_day_counts_once(people):
    group = make_group(people.account, 6)
    answered_ago(looked_up(people, group), hours=23)
    second = looked_up(people, group, "again")
    assert clean.find(second, absent_lookups=2).absent == 0
    LookupResult.objects.filter(batch__key="g").update(answered_at=clock.now() - timedelta(hours=25))
    assert clean.find(second, absent_lookups=2).absent == 1
    assert clean.find(second, absent_lookups=3).absent == 0


def test_a_newer_answer_brings_a_number_back_to_life(people):
    group = make_group(people.account, 6)
    batch = looked_up(people, group)
    answered_ago(batch, days=3)
    work_all(listed(people, 1, key="newer", reuse=False), lambda _claimed: Answered(THERE))
    assert clean.find(batch).numbers == (number(2),)


def test_what_was_invented_is_not_told_and_not_cleaned_once_a_real_provider_answers(people):
    batch = looked_up(people, make_group(people.account, 6))
    provided.save(Provider(name="real", kind="http", options={"url": "https://hlr.example/{number}", "fields": {"reach": "r"}}))
    assert clean.find(batch, absent_lookups=2).numbers == ()
    assert results.latest(people.account.pk, number(3)) is None
