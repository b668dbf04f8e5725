"""Numbers of invoices, taken at once: first with the guard off, to show a double; then as the code is. What fails leaves no gap."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from staffetta.billing.invoices import issue, numbers
from staffetta.billing.models import Invoice, Series
from tests.db.invoicing import make_seller, paid_order
from tests.db.money import make_profile
from tests.people import People, make_people
from tests.race.together import SURELY_S, together

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 11, 22)


@pytest.fixture
def people() -> People:
    made = make_people(0)
    make_seller()
    make_profile(made.account)
    return made


def look_then_write() -> int:
    """A number as one would first take it: look at the last, write the next."""
    with transaction.atomic():
        last = Series.objects.get(prefix="", year=2026).last
        Series.objects.filter(prefix="", year=2026).update(last=last + 1)
        return last + 1


def take_and_end() -> int:
    with transaction.atomic():
        return numbers.take("", DAY)


def take_and_fail() -> None:
    with transaction.atomic():
        numbers.take("", DAY)
        raise InterruptedError


def test_twin_gives_one_number_twice():
    Series.objects.create(prefix="", year=2026)
    assert together(look_then_write, look_then_write, after='FROM "billing_series"', meet_s=SURELY_S) == [1, 1]


def draw_outside_and_fail() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nextval('twin_numbers')")
        raise InterruptedError


def test_twin_of_a_counter_outside_the_transaction_leaves_a_gap():
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE twin_numbers")
        try:
            with pytest.raises(InterruptedError):
                draw_outside_and_fail()
            cursor.execute("SELECT nextval('twin_numbers')")
            assert cursor.fetchone()[0] == 2
        finally:
            cursor.execute("DROP SEQUENCE twin_numbers")


def test_each_number_is_given_once_also_where_the_series_is_new():
    assert sorted(together(*[take_and_end] * 3, after="billing_series")) == [1, 2, 3]


def test_what_fails_leaves_no_gap():
    results = together(take_and_end, take_and_fail, take_and_end, after='FROM "billing_series"')
    assert sorted(each for each in results if isinstance(each, int)) == [1, 2]
    assert [type(each) for each in results].count(InterruptedError) == 1
    assert take_and_end() == 3


def test_an_order_is_invoiced_once(people):
    order = paid_order(people.account)
    results = together(*[lambda: issue.issue(order.pk)] * 2, after='FROM "billing_order"')
    assert len({result.pk for result in results}) == 1
    assert Series.objects.get(prefix="").last == Invoice.objects.count() == 1


def test_twin_is_refused_by_the_database_at_least(people):
    order = paid_order(people.account)
    made = issue.issue(order.pk)
    made.pk, made.number, made.xml_name = None, 2, "other.xml"
    with pytest.raises(IntegrityError, match="one_invoice_per_order"), transaction.atomic():
        made.save(force_insert=True)


def test_two_orders_have_two_numbers_that_follow(people):
    orders = [paid_order(people.account, key) for key in ("a", "b")]
    results = together(*[lambda order=order: issue.issue(order.pk) for order in orders], after="billing_series")
    assert sorted(result.number for result in results) == [1, 2]
    assert len({result.xml_name for result in results}) == 2
