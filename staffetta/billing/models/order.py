"""Orders, the payments made for them, what providers told of those, and the proofs that customers sent."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account
from staffetta.billing.models.card import SavedCard
from staffetta.billing.models.sales import Discount, Package


class Order(models.Model):
    """A package that an account buys, with its price as it was at that moment. Written by `orders.py`; its states are in `orderstates.py`."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="orders", verbose_name=_("customer"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=60)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="+", verbose_name=_("package"))
    package_name = models.CharField(_("package"), max_length=60)
    credits_e4 = models.BigIntegerField(_("credits, in 1/10,000"))
    list_cents = models.BigIntegerField()
    discount = models.ForeignKey(Discount, on_delete=models.PROTECT, null=True, related_name="orders")
    net_cents = models.BigIntegerField()
    vat_regime = models.CharField(max_length=8)
    vat_bp = models.PositiveIntegerField()
    vat_cents = models.BigIntegerField()
    payable_cents = models.BigIntegerField(_("to be paid, in cents"))
    way = models.CharField(_("way of paying"), max_length=8, blank=True)
    state = models.CharField(_("state"), max_length=9, default="created")
    automatic = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    ended_at = models.DateTimeField(null=True)
    profile_asked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("order"), _("orders")
        indexes = [models.Index(fields=["account", "-id"], name="order_by_account")]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="one_order_per_key"),
            models.CheckConstraint(
                condition=Q(state__in=["created", "waiting", "paid", "failed", "cancelled", "refunded"]), name="order_state_known"
            ),
            models.CheckConstraint(condition=Q(way__in=["", "card", "transfer", "slip"]), name="order_way_known"),
            models.CheckConstraint(condition=Q(vat_regime__in=["standard", "split", "reverse", "outside"]), name="order_vat_regime_known"),
            models.CheckConstraint(
                condition=Q(credits_e4__gt=0, net_cents__gt=0, net_cents__lte=F("list_cents"), vat_cents__gte=0), name="order_sums"
            ),
            models.CheckConstraint(
                condition=Q(payable_cents=F("net_cents") + F("vat_cents"), vat_regime="standard")
                | Q(payable_cents=F("net_cents")) & ~Q(vat_regime="standard"),
                name="order_payable",
            ),
            models.CheckConstraint(condition=Q(paid_at__isnull=False) | ~Q(state__in=["paid", "refunded"]), name="paid_order_has_time"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(automatic=True, state__in=["created", "waiting"]), name="one_open_top_up"
            ),
        ]

    @property
    def total_cents(self) -> int:
        """Return the sum of the invoice: price and VAT, whoever pays the VAT."""
        return self.net_cents + self.vat_cents


class Payment(models.Model):
    """Money, or an attempt to get it, for an order. A second success for one order is `surplus`: the staff give it back.

    *refunding*: the credits were taken back, and the money has still to go back: by a job, or by the staff's hand.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=12)  # a name of payments/, or bank, post, staff
    reference = models.CharField(max_length=120)
    amount_cents = models.BigIntegerField()
    state = models.CharField(max_length=9, default="started")
    refusal = models.CharField(max_length=40, blank=True)  # a code of payments/refusals.py
    card = models.ForeignKey(SavedCard, on_delete=models.SET_NULL, null=True, related_name="payments")
    save_card = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)  # charged by the top-up, without the customer
    surplus = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="one_payment_per_reference"),
            models.CheckConstraint(
                condition=Q(state__in=["started", "succeeded", "refused", "refunding", "refunded"]), name="payment_state_known"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payment_is_money"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state__in=["succeeded", "refunding", "refunded"], surplus=False), name="one_payment_pays"
            ),
        ]


class PaymentEvent(models.Model):
    """What a provider told us, once each; `outcome` says in a word what came of it."""

    provider = models.CharField(_("card service"), max_length=12)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(_("what"), max_length=60)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    body = models.JSONField()
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)
    received_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("payment event"), _("payment events")
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="one_row_per_event")]


class Proof(models.Model):
    """A receipt of payment that a customer uploaded, or the staff attached: the staff look at it and decide (`proofs.py`)."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="proofs", verbose_name=_("order"))
    name = models.CharField(_("file"), max_length=120)
    kind = models.CharField(max_length=40)  # MIME type, by what is in the file
    content = models.BinaryField()
    note = models.CharField(max_length=300, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    by_staff = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=8, default="waiting")
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("sent"), auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("proof of payment"), _("proofs of payment")
        constraints = [models.CheckConstraint(condition=Q(state__in=["waiting", "approved", "refused"]), name="proof_state_known")]
