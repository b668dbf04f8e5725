"""Orders: prices, ways, and credits that arrive once whatever providers repeat."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from staffetta.accounts.models import AuditLine
from staffetta.billing import discounts, ledger, orders, pricelist, refunds, salessettings, vatcheck
from staffetta.billing.errors import (
    DiscountEnded,
    DiscountNotForYou,
    DiscountUnknown,
    DiscountUsedUp,
    NotEnoughCredit,
    NotRefundable,
    OrderEnded,
    OrderPaidAlready,
    PackageBreaksOrder,
    PackageGone,
    ReasonMissing,
    SalesSettingWrong,
    TooManyOrders,
)
from staffetta.billing.models import Discount, Entry, Order, Package, Payment, SpecialPrice
from staffetta.lib import clock
from staffetta.lib.money import CREDIT_E4
from tests.db.money import make_order, make_package, make_profile, pay
from tests.people import People

pytestmark = pytest.mark.django_db


def balance(people: People) -> int:
    return ledger.wallet(people.account.pk).balance_e4


def test_a_paid_order_gives_its_credits_once(people):
    before = balance(people)
    order = make_order(people.account)
    payment = pay(order)
    orders.payment_succeeded(payment.pk)
    orders.payment_refused(payment.pk, "funds")
    order.refresh_from_db()
    assert (order.state, order.paid_at is not None) == ("paid", True)
    assert balance(people) == before + 1_000 * CREDIT_E4
    entry = Entry.objects.get(account=people.account, key=f"order-{order.pk}")
    assert (entry.kind, entry.amount_e4) == ("purchase", 1_000 * CREDIT_E4)


def test_the_same_key_is_the_same_order(people):
    assert make_order(people.account, key="form-1").pk == make_order(people.account, key="form-1").pk
    assert make_order(people.account, key="form-2").pk != make_order(people.account, key="form-1").pk


def test_a_success_after_a_refusal_of_the_same_payment_counts(people):
    order = make_order(people.account)
    payment = orders.begin_payment(order.pk, "testbank", "t1")
    assert orders.payment_refused(payment.pk, "funds").state == "failed"
    assert orders.payment_succeeded(payment.pk).state == "paid"
    payment.refresh_from_db()
    assert (payment.state, payment.refusal) == ("succeeded", "")


def test_two_payments_for_one_order_credit_once_and_one_is_surplus(people):
    before = balance(people)
    order = make_order(people.account)
    first, second = (orders.begin_payment(order.pk, "testbank", name) for name in ("t1", "t2"))
    orders.payment_succeeded(first.pk)
    orders.payment_succeeded(second.pk)
    second.refresh_from_db()
    assert second.surplus
    assert balance(people) == before + 1_000 * CREDIT_E4
    with pytest.raises(NotRefundable):
        refunds.return_surplus(first.pk, None, "doppio")
    assert refunds.return_surplus(second.pk, None, "doppio").state == "refunding"


def test_a_refusal_leaves_an_order_that_another_payment_may_still_pay(people):
    order = make_order(people.account)
    first, _second = (orders.begin_payment(order.pk, "testbank", name) for name in ("t1", "t2"))
    assert orders.payment_refused(first.pk, "funds").state == "waiting"


def test_a_refused_order_can_be_paid_by_transfer(people):
    order = make_order(people.account)
    payment = orders.begin_payment(order.pk, "testbank", "t1")
    orders.payment_refused(payment.pk, "challenge_failed")
    assert orders.choose_way(order.pk, "transfer").state == "waiting"


def test_money_that_comes_after_the_end_is_credited(people):
    order = make_order(people.account, way="transfer")
    payment = orders.begin_payment(order.pk, "testbank", "t1")
    orders.cancel(order.pk)
    with pytest.raises(OrderEnded):
        orders.choose_way(order.pk, "slip")
    assert orders.payment_succeeded(payment.pk).state == "paid"


def test_a_paid_order_is_not_paid_or_cancelled_again(people):
    order = make_order(people.account)
    pay(order)
    for act in (
        lambda: orders.choose_way(order.pk, "slip"),
        lambda: orders.cancel(order.pk),
        lambda: orders.begin_payment(order.pk, "x", "y"),
    ):
        with pytest.raises(OrderPaidAlready):
            act()


def test_old_orders_expire_but_not_those_with_a_payment_under_way(people):
    idle, busy = make_order(people.account, key="a"), make_order(people.account, key="b")
    orders.begin_payment(busy.pk, "testbank", "t1")
    Order.objects.update(created_at="2026-01-01T00:00Z")
    assert orders.expire() == 1
    idle.refresh_from_db()
    assert idle.state == "cancelled"


def test_the_database_refuses_changed_sums_and_a_way_back(people):
    order = make_order(people.account)
    pay(order)
    for change in ({"net_cents": 1, "payable_cents": 1 + order.vat_cents}, {"state": "waiting"}, {"credits_e4": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        order.payments.all().delete()


def test_a_refund_takes_the_credits_back(people):
    before = balance(people)
    order = make_order(people.account)
    payment = pay(order)
    with pytest.raises(ReasonMissing):
        refunds.refund(order.pk, None, " ")
    assert refunds.refund(order.pk, None, "ripensamento").state == "refunded"
    payment.refresh_from_db()
    assert (payment.state, balance(people)) == ("refunding", before)
    assert refunds.money_returned(payment.pk)
    assert not refunds.money_returned(payment.pk)
    with pytest.raises(NotRefundable):
        refunds.refund(order.pk, None, "ancora")


def test_spent_credits_are_not_refunded(people):
    order = make_order(people.account)
    pay(order)
    ledger.hold(people.account.pk, balance(people) - 10, "send")
    with pytest.raises(NotEnoughCredit):
        refunds.refund(order.pk, None, "ripensamento")
    order.refresh_from_db()
    assert order.state == "paid"


@pytest.mark.parametrize(
    ("profile", "regime", "vat_cents", "payable_cents"),
    [
        ({}, "standard", 1_650, 9_150),
        ({"kind": "public", "sdi_code": "UFABCD"}, "split", 1_650, 7_500),
        ({"country": "DE", "vat_number": "136695976"}, "reverse", 0, 7_500),
        ({"country": "DE", "kind": "person", "vat_number": ""}, "standard", 1_650, 9_150),
        ({"country": "CH", "vat_number": ""}, "outside", 0, 7_500),
    ],
)
def test_vat_follows_the_customer(people, profile, regime, vat_cents, payable_cents):
    make_profile(people.account, **profile)
    vatcheck.confirm(people.account, None)
    order = make_order(people.account)
    assert (order.vat_regime, order.vat_cents, order.payable_cents) == (regime, vat_cents, payable_cents)


@pytest.mark.parametrize(
    ("credits", "cents", "fits"),
    [(2_000, 14_999, True), (2_000, 15_000, False), (1_000, 9_000, False), (500, 3_751, True), (500, 3_750, False)],
)
def test_a_larger_package_must_be_cheaper_by_the_credit(credits, cents, fits):
    make_package(1_000, 7_500)
    if fits:
        make_package(credits, cents, "Altro")
        return
    with pytest.raises(PackageBreaksOrder, match="“Altro”"):
        make_package(credits, cents, "Altro")
    assert Package.objects.count() == 1


def test_packages_of_other_times_are_not_compared(people):
    pricelist.save(Package(name="Estate", credits_e4=10**7, price_cents=9_000, valid_from="2026-06-01", valid_until="2026-08-31"))
    with pytest.raises(PackageGone):
        orders.place(people.account, people.owner, Package.objects.get().pk, "k")


def test_a_price_list_says_euro_for_each_sms():
    make_package(1_000, 7_500)
    (row,) = pricelist.rows()
    assert row.per_credit_e4 == 750
    assert row.per_sms_e4 == [750 * cost_e4 // CREDIT_E4 for _kind, cost_e4 in pricelist.types()]


def code(**fields: object) -> Discount:
    return Discount.objects.create(**({"code": "AUTUNNO", "off_bp": 1_000} | fields))


def test_a_discount_makes_it_cheaper_once(people):
    code()
    package = make_package()
    order = orders.place(people.account, people.owner, package.pk, "k", " autunno ")
    assert (order.list_cents, order.net_cents, order.vat_cents) == (7_500, 6_750, 1_485)
    with pytest.raises(DiscountUsedUp):
        orders.place(people.account, people.owner, package.pk, "k2", "AUTUNNO")
    orders.cancel(order.pk)
    assert orders.place(people.account, people.owner, package.pk, "k3", "AUTUNNO").net_cents == 6_750


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"code": "ALTRO"}, DiscountUnknown),
        ({"active": False}, DiscountEnded),
        ({"valid_until": "2026-01-01"}, DiscountEnded),
        ({"valid_from": "2999-01-01"}, DiscountEnded),
        ({"uses_max": 0}, DiscountUsedUp),
    ],
)
def test_a_discount_says_why_not(people, fields, refusal):
    code(**fields)
    with pytest.raises(refusal):
        discounts.find("autunno", make_package(), people.account)


def test_a_discount_of_another_customer_or_package(people):
    other = make_package(5_000, 20_000, "Grande")
    found = code(account=people.stranger.account)
    with pytest.raises(DiscountNotForYou):
        discounts.find("AUTUNNO", other, people.account)
    Discount.objects.filter(pk=found.pk).update(account=None, package=other)
    with pytest.raises(DiscountNotForYou):
        discounts.find("AUTUNNO", make_package(), people.account)


def test_the_lower_of_special_price_and_discount(people):
    package = make_package()
    code()
    SpecialPrice.objects.create(account=people.account, package=package, price_cents=6_000)
    tag = pricelist.price(people.account, package, "AUTUNNO")
    assert (tag.net_cents, tag.special, tag.discount) == (6_000, True, None)
    assert pricelist.price(people.stranger.account, package).net_cents == 7_500


@pytest.mark.parametrize(
    ("provider", "chosen", "way"),
    [
        ("stripe", "transfer", "card"),
        ("testbank", "", "card"),
        ("bank", "card", "transfer"),
        ("post", "transfer", "slip"),
        ("staff", "slip", "slip"),
        ("staff", "", "transfer"),
    ],
)
def test_an_order_is_told_as_paid_by_the_way_its_money_came(people, provider, chosen, way):
    order = make_order(people.account, way=chosen)
    payment = Payment.objects.create(order=order, provider=provider, reference="r1", amount_cents=order.payable_cents)
    assert orders.payment_succeeded(payment.pk).way == way
    order.refresh_from_db()
    assert order.way == way


@pytest.mark.parametrize(
    "data", [{"kind": "public", "sdi_code": "UFABCD"}, {"country": "DE", "vat_number": "136695976"}, {"country": "CH", "vat_number": ""}]
)
def test_a_form_alone_frees_nobody_of_vat(people, data):
    make_profile(people.account, **data)
    assert make_order(people.account, key="before").payable_cents == 9_150
    assert [each.account for each in vatcheck.waiting()] == [people.account]
    assert vatcheck.confirm(people.account, None)
    assert not vatcheck.confirm(people.account, None)
    assert make_order(people.account, key="after").payable_cents == 7_500
    assert AuditLine.objects.get(action="confirm VAT data").after["country"] == data.get("country", "IT")
    make_profile(
        people.account,
        **(data | {"vat_number": "00743110157"} if data.get("kind") else data | {"country": "AT", "vat_number": "U13585627"}),
    )
    assert make_order(people.account, key="changed").payable_cents == 9_150


def test_the_day_of_prices_is_italys(people, monkeypatch):
    pricelist.save(Package(name="2026", credits_e4=10**7, price_cents=9_000, valid_until="2026-12-31"))
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 31, 22, 30, tzinfo=UTC))
    assert len(pricelist.on_sale()) == 1
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 12, 31, 23, 30, tzinfo=UTC))  # half past midnight in Rome
    assert pricelist.on_sale() == []


def test_no_account_keeps_orders_without_end(people, monkeypatch):
    monkeypatch.setattr(orders, "OPEN_MAX", 2)
    first = make_order(people.account, key="1")
    make_order(people.account, key="2")
    with pytest.raises(TooManyOrders):
        make_order(people.account, key="3")
    orders.cancel(first.pk)
    make_order(people.account, key="3")


def test_an_order_waits_at_least_a_day():
    with pytest.raises(SalesSettingWrong, match="almeno un giorno"):
        salessettings.change(order_days_max=0)
