"""Discount codes: whether one may be used, and what is left of a price. Reads orders only to count uses."""

from django.db.models import QuerySet

from staffetta.accounts.models import Account
from staffetta.billing.errors import DiscountEnded, DiscountNotForYou, DiscountUnknown, DiscountUsedUp
from staffetta.billing.models import Discount, Order, Package
from staffetta.lib import clock


def tidied(code: str) -> str:
    """Return a code as it is kept: capitals, no blanks."""
    return "".join(code.split()).upper()


def find(code: str, package: Package, account: Account | None) -> Discount:
    """Return the discount of a code that this customer may use for this package today. Raises a DiscountRefused that says why not."""
    written = tidied(code)
    found = Discount.objects.filter(code=written).first()
    if found is None:
        raise DiscountUnknown(code=written)
    today = clock.today()
    if not found.active or (found.valid_until and found.valid_until < today) or (found.valid_from and found.valid_from > today):
        raise DiscountEnded(code=written)
    if found.package_id not in {None, package.pk} or (found.account_id and (account is None or found.account_id != account.pk)):
        raise DiscountNotForYou(code=written)
    if (found.uses_max is not None and uses(found).count() >= found.uses_max) or (
        found.once and account and uses(found).filter(account=account).exists()
    ):
        raise DiscountUsedUp(code=written)
    return found


def uses(discount: Discount) -> QuerySet[Order]:
    """Return the orders that use a discount, or may still."""
    return Order.objects.filter(discount=discount).exclude(state="cancelled")


def applied(price_cents: int, off_bp: int) -> int:
    """Return the price less the discount, to the nearest cent, half a cent up; never under a cent."""
    return max((price_cents * (10_000 - off_bp) + 5_000) // 10_000, 1)
