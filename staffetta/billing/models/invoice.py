"""Invoices and credit notes, their numbers without gaps, and what the exchange system (SDI) answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account
from staffetta.billing.models.order import Order


class Series(models.Model):
    """The last number given in a year: its row is locked while the next one is taken, in the transaction that issues it."""

    prefix = models.CharField(max_length=8, blank=True)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="one_series_a_year")]


class Invoice(models.Model):
    """An invoice, or a credit note that corrects one. What it says is frozen in `data`; written by the files of invoices/ alone."""

    kind = models.CharField(_("kind"), max_length=7, choices=[("invoice", _("invoice")), ("note", _("credit note"))])
    prefix = models.CharField(max_length=8, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("customer"))
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices", verbose_name=_("order"))
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="note")
    issued_on = models.DateField(_("date"))
    net_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    data = models.JSONField()  # seller, buyer and lines as they were
    state = models.CharField(_("state"), max_length=13, default="issued")
    attempt = models.PositiveSmallIntegerField(default=1)  # of sending to SDI: each has a file name of its own
    xml_name = models.CharField(max_length=40, unique=True)
    xml = models.BinaryField()
    pdf = models.BinaryField()
    mailed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("invoice"), _("invoices")
        indexes = [models.Index(fields=["account", "-id"], name="invoice_by_account")]
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year", "number"], name="one_invoice_per_number"),
            models.UniqueConstraint(fields=["order", "kind"], name="one_invoice_per_order"),
            models.CheckConstraint(
                condition=Q(kind="invoice", corrects__isnull=True) | Q(kind="note", corrects__isnull=False), name="note_corrects"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["issued", "sent", "delivered", "not_delivered", "rejected", "accepted", "refused", "expired", "attested"]
                ),
                name="invoice_state_known",
            ),
        ]

    @property
    def shown_number(self) -> str:
        """Return the number as it stands on the document: "A-12/2026", or "12/2026" without a prefix."""
        return (f"{self.prefix}-" if self.prefix else "") + f"{self.number}/{self.year}"

    @property
    def pdf_name(self) -> str:
        """Return a name for the PDF in the reader's language: "fattura-12-2026.pdf"."""
        name = gettext("credit-note-%(number)s.pdf") if self.kind == "note" else gettext("invoice-%(number)s.pdf")
        return name % {"number": self.shown_number.replace("/", "-")}


class SdiAnswer(models.Model):
    """A notification of the exchange system as it came, and to which invoice it belongs."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="answers")
    kind = models.CharField(max_length=2)
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    identifier = models.CharField(max_length=40, blank=True)
    told = models.JSONField(default=list)  # what it says: errors with their codes, or the receiver's outcome
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=["RC", "NS", "MC", "NE", "DT", "AT"]), name="sdi_answer_kind_known")]
