"""The packages on sale and what one of them costs a customer. The one rule of a price list: the price of a credit falls as packages grow.

Reads and writes packages; knows nothing of orders. Euro are cents without VAT.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from staffetta.accounts import audit, profile
from staffetta.accounts.models import Account, User
from staffetta.billing import discounts, pricing, salessettings, vat
from staffetta.billing.errors import PackageBreaksOrder, PackageGone
from staffetta.billing.models import Discount, Package, SmsType, SpecialPrice
from staffetta.lib import clock
from staffetta.lib.money import CREDIT_E4, euro, shown

E4 = 10_000


@dataclass(frozen=True)
class Tag:
    """What a package costs a customer now: cents; `payable` is what must arrive, which differs from `total` where the VAT is not ours."""

    package: Package
    list_cents: int
    net_cents: int
    discount: Discount | None
    special: bool
    vat_regime: str
    vat_bp: int
    vat_cents: int

    @property
    def total_cents(self) -> int:
        """Return price and VAT together."""
        return self.net_cents + self.vat_cents

    @property
    def payable_cents(self) -> int:
        """Return what the customer has to pay to us."""
        return self.total_cents if self.vat_regime == "standard" else self.net_cents


@dataclass(frozen=True)
class Row:
    """A line of the price list: the price, and euro for one SMS of each type in 1/10,000 of a euro, in the order of the types."""

    tag: Tag
    per_sms_e4: list[int]

    @property
    def per_credit_e4(self) -> int:
        """Return what one credit costs, in 1/10,000 of a euro."""
        return per_credit_e4(self.tag.net_cents, self.tag.package.credits_e4, E4)


def per_credit_e4(net_cents: int, credits_e4: int, cost_e4: int) -> int:
    """Return what `cost_e4` of credit costs in a package, in 1/10,000 of a euro, to the nearest, half up."""
    scaled = net_cents * 100 * cost_e4
    return (2 * scaled + credits_e4) // (2 * credits_e4)


def on_sale(day: date | None = None) -> list[Package]:
    """Return the packages sold on a day (today), the smallest first."""
    day = day or clock.today()
    dated = Package.objects.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gte=day), active=True)
    return list(dated.order_by("credits_e4", "pk"))


def find(package_id: int) -> Package:
    """Return a package that is on sale today. Raises PackageGone."""
    for package in on_sale():
        if package.pk == package_id:
            return package
    raise PackageGone


def types() -> list[tuple[SmsType, int]]:
    """Return the types that a price list shows: those on sale that cost anything, cheapest first."""
    return [(kind, cost_e4) for kind, cost_e4 in pricing.on_sale() if cost_e4]


def rows(account: Account | None = None) -> list[Row]:
    """Return the price list of today as a customer, or somebody who is not yet one, sees it."""
    costs = [cost_e4 for _kind, cost_e4 in types()]
    return [
        Row(tag, [per_credit_e4(tag.net_cents, package.credits_e4, cost_e4) for cost_e4 in costs])
        for package in on_sale()
        for tag in [price(account, package)]
    ]


def price(account: Account | None, package: Package, code: str = "") -> Tag:
    """Return what the package costs this customer, with a special price or a discount code, whichever is lower. Raises a DiscountRefused."""
    shop = salessettings.current()
    discount = discounts.find(code, package, account) if code.strip() else None
    net_cents, special = package.price_cents, False
    if account and (agreed := _special_cents(account, package)) is not None:
        net_cents, special = agreed, True
    if discount:
        cheaper = discounts.applied(package.price_cents, discount.off_bp)
        if cheaper < net_cents:
            net_cents, special = cheaper, False
        else:
            discount = None
    taxed = vat.rule(profile.of(account), shop) if account else vat.Vat("standard", shop.vat_bp)
    return Tag(package, package.price_cents, net_cents, discount, special, taxed.regime, taxed.bp, vat.of(net_cents, taxed.bp))


def _special_cents(account: Account, package: Package) -> int | None:
    today = clock.today()
    found = SpecialPrice.objects.filter(Q(valid_until=None) | Q(valid_until__gte=today), account=account, package=package)
    cents = found.values_list("price_cents", flat=True).first()
    return None if cents is None else min(cents, package.price_cents)


@transaction.atomic
def save(package: Package) -> Package:
    """Keep a new or changed package. Raises PackageBreaksOrder where a larger package sold at the same time would not be cheaper by the credit."""
    list(Package.objects.select_for_update())  # of two that are changed at once, the second sees the first
    check_beside_others(package)
    package.save()
    return package


def check_beside_others(package: Package) -> None:
    """Compare a package with all that are sold at the same time. Raises PackageBreaksOrder."""
    if package.active:
        others = Package.objects.filter(active=True).exclude(pk=package.pk)
        check(package, [other for other in others if _same_time(package, other)])


def check(package: Package, others: Sequence[Package]) -> None:
    """Compare a package with those sold at the same time. Raises PackageBreaksOrder."""
    for other in others:
        small, large = sorted((package, other), key=lambda each: each.credits_e4)
        same_size = small.credits_e4 == large.credits_e4
        # The prices of a credit are compared as fractions: no rounding comes near the rule.
        if same_size or large.price_cents * small.credits_e4 >= small.price_cents * large.credits_e4:
            raise PackageBreaksOrder(
                name=package.name,
                other=other.name,
                why=_("both have %(credits)s credits") % {"credits": shown(small.credits_e4)}
                if same_size
                else _("%(large)s credits at %(large_price)s are not cheaper by the credit than %(small)s at %(small_price)s")
                % {
                    "large": shown(large.credits_e4),
                    "large_price": euro(large.price_cents),
                    "small": shown(small.credits_e4),
                    "small_price": euro(small.price_cents),
                },
            )


def _same_time(one: Package, other: Package) -> bool:
    begins = max(one.valid_from or date.min, other.valid_from or date.min)
    return begins <= min(one.valid_until or date.max, other.valid_until or date.max)


EXAMPLE = (
    ("Prova", 100, 900),
    ("Bottega", 500, 4_000),
    ("Negozio", 1_000, 7_500),
    ("Azienda", 5_000, 35_000),
    ("Impresa", 20_000, 128_000),
)


@transaction.atomic
def begin(staff: User | None = None) -> list[Package]:
    """Make an example price list where there is none: (name, credits, cents) of EXAMPLE."""
    if Package.objects.exists():
        return []
    if staff:
        audit.record(staff, "example price list", "packages", after={name: cents for name, _credits, cents in EXAMPLE})
    return [save(Package(name=name, credits_e4=credits * CREDIT_E4, price_cents=cents)) for name, credits, cents in EXAMPLE]
