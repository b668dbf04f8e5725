"""Anything that people, programs and providers can do with money, in any order and several at once: what must hold, holds after every step."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import ROUND_HALF_UP, Decimal
from itertools import count
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule, run_state_machine_as_test

from staffetta.accounts.models import Account, BillingProfile, User
from staffetta.billing import adjustments, ledger, orders, refunds, salessettings, transfers
from staffetta.billing.errors import BillingRefused
from staffetta.billing.ledger import HoldAlreadyResolved
from staffetta.billing.models import AccountLink, Entry, Hold, Order, Package, Payment

pytestmark = pytest.mark.django_db(transaction=True)
Call = Callable[[], Any]
_numbers = count()


class Money(RuleBasedStateMachine):
    """Two linked accounts. Every rule runs its calls at once, each on a connection of its own; a refusal is an answer, any other error is not."""

    placed = Bundle("placed")
    begun = Bundle("begun")
    held = Bundle("held")

    def __init__(self) -> None:
        """Open the accounts of this run."""
        super().__init__()
        self.pool = ThreadPoolExecutor(3)
        self.accounts = [Account.objects.create(name=f"Conto {next(_numbers)}") for _ in range(2)]
        self.users = [User.objects.create(username=f"u{account.pk}", account=account) for account in self.accounts]
        for account in self.accounts:
            ledger.open_wallet(account.pk)
        AccountLink.objects.create(asking=self.accounts[0], asked=self.accounts[1], state="agreed")

    def at_once(self, *calls: Call) -> list[Any]:
        """Run the calls side by side; return results and refusals."""

        def run(call: Call) -> Any:
            try:
                return call()
            except (BillingRefused, HoldAlreadyResolved) as refusal:
                return refusal
            finally:
                connection.close()

        return list(self.pool.map(run, calls))

    def teardown(self) -> None:
        """Let the threads go."""
        self.pool.shutdown()

    @initialize(
        cents=st.integers(1, 10**7),
        credits_e4=st.integers(1, 10**9),
        rate_bp=st.integers(1, 10_000),
        buyers=st.tuples(*[st.sampled_from(["IT company", "IT public", "DE company", "CH company"])] * 2),
    )
    def a_package(self, cents: int, credits_e4: int, rate_bp: int, buyers: tuple[str, str]) -> None:
        """Sell something at any price and rate, to buyers of every kind."""
        salessettings.change(vat_bp=rate_bp)
        for account, buyer in zip(self.accounts, buyers, strict=True):
            country, kind = buyer.split()
            known = {"country": country, "kind": kind, "vat_number": "1", "vat_checked_at": "2026-11-22T12:00Z"}
            BillingProfile.objects.update_or_create(account=account, defaults=known)
        Package.objects.update(active=False)
        self.package = Package.objects.create(name="P", credits_e4=credits_e4, price_cents=cents)

    @rule(target=placed, who=st.integers(0, 1), same=st.booleans())
    def place(self, who: int, same: bool) -> Any:
        """Order, twice at once: with one key, or with two."""
        keys = [f"k{next(_numbers)}"] * 2 if same else [f"k{next(_numbers)}", f"k{next(_numbers)}"]
        made = self.at_once(*[lambda key=key: orders.place(self.accounts[who], None, self.package.pk, key) for key in keys])
        assert (made[0].pk == made[1].pk) is same
        return multiple(*{order.pk for order in made})

    @rule(target=begun, order=placed, number=st.integers(1, 2))
    def begin(self, order: int, number: int) -> Any:
        """Begin payments."""
        made = self.at_once(*[lambda: orders.begin_payment(order, "testbank", f"r{next(_numbers)}")] * number)
        return multiple(*[payment.pk for payment in made if isinstance(payment, Payment)])

    @rule(one=begun, other=begun, good=st.booleans())
    def told(self, one: int, other: int, good: bool) -> None:
        """Hear of payments: the good news twice, and news that contradict."""
        last = (lambda: orders.payment_succeeded(other)) if good else (lambda: orders.payment_refused(other, "funds"))
        self.at_once(lambda: orders.payment_succeeded(one), lambda: orders.payment_succeeded(one), last)

    @rule(one=begun)
    def refused(self, one: int) -> None:
        """Hear of a refusal."""
        self.at_once(lambda: orders.payment_refused(one, "funds"))

    @rule(order=placed, payment=begun)
    def end(self, order: int, payment: int) -> None:
        """Give an order up while money comes for one."""
        self.at_once(lambda: orders.cancel(order), lambda: orders.payment_succeeded(payment))

    @rule(order=placed)
    def refund(self, order: int) -> None:
        """Give an order back, twice at once, while its credits are being spent."""
        account_id = Order.objects.get(pk=order).account_id
        calls = [lambda: refunds.refund(order, None, "prova")] * 2
        self.at_once(*calls, lambda: ledger.hold(account_id, max(ledger.wallet(account_id).available_e4, 1), f"h{next(_numbers)}"))

    @rule(target=held, who=st.integers(0, 1), amount_e4=st.integers(1, 10**9))
    def hold(self, who: int, amount_e4: int) -> Any:
        """Set credit aside for two sends at once."""
        made = self.at_once(*[lambda: ledger.hold(self.accounts[who].pk, amount_e4, f"h{next(_numbers)}")] * 2)
        return multiple(*[hold.pk for hold in made if isinstance(hold, Hold)])

    @rule(hold=held, part=st.integers(0, 100))
    def settle(self, hold: int, part: int) -> None:
        """Charge part of a hold, and release it, at once."""
        amount_e4 = Hold.objects.get(pk=hold).amount_e4 * part // 100
        self.at_once(lambda: ledger.charge(hold, amount_e4, "prova"), lambda: ledger.release(hold))

    @rule(amounts=st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)))
    def move(self, amounts: tuple[int, int]) -> None:
        """Move credits both ways at once."""
        pairs = [(0, 1, amounts[0]), (1, 0, amounts[1])]
        self.at_once(
            *[
                lambda a=a, b=b, amount=amount: transfers.move(
                    self.accounts[a], self.accounts[b].pk, amount, self.users[a], f"t{next(_numbers)}"
                )
                for a, b, amount in pairs
            ]
        )

    @rule(who=st.integers(0, 1), amount_e4=st.integers(-(10**8), 10**8))
    def adjust(self, who: int, amount_e4: int) -> None:
        """Give or take by the staff's hand, the same form twice."""
        key = f"a{next(_numbers)}"
        self.at_once(*[lambda: adjustments.adjust(self.accounts[who], amount_e4, "prova", None, key)] * 2)

    @invariant()
    def books_agree(self) -> None:
        """Balance, movements and holds agree, and nothing is below zero."""
        mine = {account.pk for account in self.accounts}
        for books in ledger.books():
            if books.account_id in mine:
                assert books.agree
                assert books.balance_e4 >= books.held_e4 >= 0

    @invariant()
    def every_paid_order_is_credited_once(self) -> None:
        """A paid order has its credits, an order given back has them no more, any other has none."""
        for order in Order.objects.filter(account__in=self.accounts).prefetch_related("payments"):
            keys = [f"order-{order.pk}", f"order-{order.pk}-refund"]
            amounts = list(Entry.objects.filter(account=order.account_id, key__in=keys).order_by("pk").values_list("amount_e4", flat=True))
            expected = {"paid": [order.credits_e4], "refunded": [order.credits_e4, -order.credits_e4]}
            assert amounts == expected.get(order.state, [])
            paying = [payment for payment in order.payments.all() if payment.state not in {"started", "refused"} and not payment.surplus]
            assert len(paying) == (order.state in expected)

    @invariant()
    def every_cent_of_vat_is_right(self) -> None:
        """VAT is what a commercial calculator says."""
        for order in Order.objects.filter(account__in=self.accounts):
            exact = (Decimal(order.net_cents) * order.vat_bp / 10_000).quantize(Decimal(1), ROUND_HALF_UP)
            assert order.vat_cents == exact
            ours = order.vat_cents if order.vat_regime == "standard" else 0
            assert order.payable_cents == order.net_cents + ours
            assert order.vat_bp == (salessettings.current().vat_bp if order.vat_regime in {"standard", "split"} else 0)


def test_money_is_never_negative_never_lost_never_doubled():
    run_state_machine_as_test(
        Money,
        settings=settings(max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), database=None),
    )
