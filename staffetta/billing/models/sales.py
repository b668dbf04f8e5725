"""What is sold and how it may be paid: packages of credits, discounts, special prices, and the operator's settings of sale.

Euro are integers of cents without VAT (`_cents`), rates are hundredths of a percent (`_bp`: 2200 is 22 %).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account


class SalesSettings(models.Model):
    """How the operator is paid and invoices: one row, read and changed by `salessettings.py`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    vat_bp = models.PositiveIntegerField(_("VAT, in hundredths of a percent"), default=2200)
    holder = models.CharField(_("holder of the bank account"), max_length=70, blank=True)
    bank = models.CharField(_("bank"), max_length=70, blank=True)
    iban = models.CharField("IBAN", max_length=34, blank=True)
    bic = models.CharField("BIC", max_length=11, blank=True)
    postal_account = models.CharField(_("postal account"), max_length=12, blank=True)
    postal_holder = models.CharField(_("holder of the postal account"), max_length=70, blank=True)
    slip_896 = models.BooleanField(_("print type 896 slips"), default=False)
    slip_authorisation = models.CharField(_("the post office's authorisation"), max_length=80, blank=True)
    order_days_max = models.PositiveSmallIntegerField(_("days an order waits for its money"), default=30)
    invoice_prefix = models.CharField(_("letters before the invoice number"), max_length=8, blank=True)
    invoice_delay_days = models.PositiveSmallIntegerField(_("days between payment and invoice"), default=0)
    split_payment = models.BooleanField(_("public bodies pay the VAT themselves (split payment)"), default=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("settings of sale")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_sales_settings"),
            models.CheckConstraint(condition=Q(vat_bp__lte=10_000), name="vat_at_most_all"),
        ]


class Package(models.Model):
    """Credits that are bought together. The price of a credit falls as packages grow: `pricelist.py` refuses others."""

    name = models.CharField(_("name"), max_length=60)
    credits_e4 = models.BigIntegerField(_("credits, in 1/10,000"))
    price_cents = models.BigIntegerField(_("price without VAT, in cents"))
    valid_from = models.DateField(_("sold from"), null=True, blank=True)
    valid_until = models.DateField(_("sold until"), null=True, blank=True)
    active = models.BooleanField(_("on sale"), default=True)

    class Meta:
        ordering = ["credits_e4", "id"]
        verbose_name, verbose_name_plural = _("package"), _("packages")
        constraints = [
            models.CheckConstraint(condition=Q(credits_e4__gt=0, price_cents__gt=0), name="package_has_credits_and_price"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="package_period",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Discount(models.Model):
    """A code that makes a package cheaper by a part of its price."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    off_bp = models.PositiveIntegerField(_("off the price, in hundredths of a percent"))
    package = models.ForeignKey(Package, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("only for the package"))
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, verbose_name=_("only for the customer"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    uses_max = models.PositiveIntegerField(_("uses in all, at most"), null=True, blank=True)
    once = models.BooleanField(_("once for each customer"), default=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name, verbose_name_plural = _("discount code"), _("discount codes")
        constraints = [models.CheckConstraint(condition=Q(off_bp__gt=0, off_bp__lt=10_000), name="discount_is_a_part")]

    def __str__(self) -> str:
        return self.code


class SpecialPrice(models.Model):
    """What a package costs one customer, as the staff agreed with them."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="special_prices", verbose_name=_("customer"))
    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="special_prices", verbose_name=_("package"))
    price_cents = models.BigIntegerField(_("price without VAT, in cents"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("special price"), _("special prices")
        constraints = [
            models.UniqueConstraint(fields=["account", "package"], name="one_special_price"),
            models.CheckConstraint(condition=Q(price_cents__gt=0), name="special_price_is_a_price"),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.package}"
