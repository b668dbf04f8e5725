"""Orders for the tests: a small price list, an order in any state, and what a whole profile looks like."""

from staffetta.accounts import profile
from staffetta.accounts.models import Account
from staffetta.billing import orders, pricelist
from staffetta.billing.models import Order, Package, Payment
from staffetta.lib.money import CREDIT_E4

COMPANY = {
    "kind": "company",
    "name": "Ferramenta Bruni S.r.l.",
    "street": "Via Emilia 12",
    "postcode": "40121",
    "city": "Bologna",
    "province": "BO",
    "country": "IT",
    "vat_number": "01234560371",
    "tax_code": "01234560371",
    "sdi_code": "ABC1234",
}


def make_package(credits: int = 1_000, price_cents: int = 7_500, name: str = "Negozio") -> Package:
    return pricelist.save(Package(name=name, credits_e4=credits * CREDIT_E4, price_cents=price_cents))


def make_profile(account: Account, **other: str) -> None:
    profile.change(account, **(COMPANY | other))


def make_order(account: Account, package: Package | None = None, key: str = "k1", way: str = "") -> Order:
    package = package or Package.objects.first() or make_package()
    order = orders.place(account, account.users.first(), package.pk, key)
    return orders.choose_way(order.pk, way) if way else order


def pay(order: Order, reference: str = "") -> Payment:
    """Pay an order as by the test bank, and return the payment."""
    payment = orders.begin_payment(order.pk, "testbank", reference or f"test-{order.pk}")
    orders.payment_succeeded(payment.pk)
    payment.refresh_from_db()
    return payment
