"""VAT on what we sell: which rule fits a customer, and how much it is. Pure but for the profile it is given; cents are integers.

Sources: art. 7-ter and 17-ter (split payment) of D.P.R. 633/1972; the Natura codes of FatturaPA 1.2.
"""

from dataclasses import dataclass

from staffetta.accounts.models import BillingProfile
from staffetta.accounts.profile import EU
from staffetta.billing.models import SalesSettings

NATURA = {"reverse": "N2.1", "outside": "N2.1"}  # not subject to VAT under art. 7 to 7-septies


@dataclass(frozen=True)
class Vat:
    """The rule for one sale: `regime` standard, split (a public body pays it to the state), reverse or outside; the rate in `bp`."""

    regime: str
    bp: int


def rule(profile: BillingProfile, shop: SalesSettings) -> Vat:
    """Return which VAT a customer with this profile pays: an Italian consumer's until the staff have checked who claims another."""
    claims = claimed(profile, shop)
    return claims if claims.regime == "standard" or profile.vat_checked_at else Vat("standard", shop.vat_bp)


def claimed(profile: BillingProfile, shop: SalesSettings) -> Vat:
    """Return which VAT the data of a profile stand for, if they are true."""
    if profile.country == "IT":
        split = profile.kind == "public" and shop.split_payment
        return Vat("split" if split else "standard", shop.vat_bp)
    if profile.country not in EU:
        return Vat("outside", 0)
    if profile.kind != "person" and profile.vat_number:
        return Vat("reverse", 0)
    return Vat("standard", shop.vat_bp)


def of(net_cents: int, bp: int) -> int:
    """Return the VAT on a sum, rounded to the nearest cent, half a cent up."""
    return (net_cents * bp + 5_000) // 10_000
