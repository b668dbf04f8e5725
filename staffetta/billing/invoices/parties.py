"""Take down seller and buyer as they are now, and refuse those that no invoice can name. Knows no number and no file."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.it import codicefiscale, iva

from staffetta.accounts import operator, profile
from staffetta.accounts.models import BillingProfile
from staffetta.billing import salessettings, vat, vatcheck
from staffetta.billing.invoices.document import Party
from staffetta.billing.invoices.errors import BuyerIncomplete, SellerIncomplete, VatChanged
from staffetta.billing.models import Order

FLAT_RATE = "RF19"  # regime forfettario: no VAT at all
# The words of the settings page.
NAMES: dict[str, Promise] = {
    "company": _("company"),
    "vat_number": _("VAT number (partita IVA)"),
    "tax_code": _("tax code (codice fiscale)"),
    "street": _("street and number"),
    "postcode": _("postcode"),
    "city": _("town"),
    "province": _("province"),
    "country": _("country"),
    "tax_regime": _("tax regime"),
}


def seller() -> Party:
    """Return who sells. Raises SellerIncomplete, which names what is missing."""
    party = seller_as_is()
    if missing := _missing(party, salessettings.current().vat_bp):
        raise SellerIncomplete(missing=", ".join(str(NAMES[name]) for name in missing))
    return party


def seller_as_is() -> Party:
    """Return who sells, as far as the operator's settings say."""
    shown = operator.current()
    return Party(
        kind="company",
        name=shown.company.strip(),
        street=shown.street,
        postcode=shown.postcode,
        city=shown.city,
        province=shown.province,
        country=shown.country,
        vat_number=re.sub(r"\W", "", shown.vat_number).upper().removeprefix("IT"),
        tax_code=re.sub(r"\W", "", shown.tax_code).upper(),
        regime=shown.tax_regime,
        email=shown.email,
        telephone=shown.telephone,
    )


def seller_missing() -> str:
    """Return what is missing of the seller's data, for who looks after the service; blank where nothing is."""
    try:
        seller()
    except SellerIncomplete as refusal:
        return str(refusal.values["missing"])
    return ""


def buyer(order: Order) -> Party:
    """Return to whom an order is invoiced. Raises BuyerIncomplete, VatChanged."""
    shown = profile.of(order.account)
    if not profile.complete(shown):
        raise BuyerIncomplete(number=order.pk, account=order.account.name)
    # Who was charged VAT was charged it; but who was not, must still be one who need not be.
    now = vat.rule(shown, salessettings.current()).regime
    if order.vat_regime != "standard" and now != order.vat_regime:
        raise VatChanged(number=order.pk, account=order.account.name, regime=vatcheck.WORDS[order.vat_regime], now=vatcheck.WORDS[now])
    return named(shown)


def named(shown: BillingProfile) -> Party:
    """Return the buyer as the profile has it, whole or not."""
    values = {name: getattr(shown, name) for name in profile.FIELDS}
    return Party(**values)


def _missing(party: Party, vat_bp: int) -> list[str]:
    right = {
        "company": bool(party.name.strip()),
        "vat_number": iva.is_valid(party.vat_number),
        "tax_code": not party.tax_code or iva.is_valid(party.tax_code) or codicefiscale.is_valid(party.tax_code),
        "street": bool(party.street.strip()),
        "postcode": bool(re.fullmatch(r"\d{5}", party.postcode)),
        "city": bool(party.city.strip()),
        "province": bool(re.fullmatch(r"[A-Z]{2}", party.province)),
        "country": party.country == "IT",
        "tax_regime": bool(re.fullmatch(r"RF\d\d", party.regime)) and bool(vat_bp) == (party.regime != FLAT_RATE),
    }
    return [name for name, fits in right.items() if not fits]
