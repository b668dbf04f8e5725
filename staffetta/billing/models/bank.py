"""Statements of the bank and of the post office, line by line, and how to read those that are not CAMT.053."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staffetta.billing.models.order import Order, Payment


class StatementMapping(models.Model):
    """How a CSV or fixed-width statement is to be read: set once by the staff, checked by `bank/mapping.py`.

    `fields`: for each of date, amount, reason, payer, reference, sign its column (CSV: a header or a number from 1) or
    its {"from": 1, "length": 8} (fixed width).
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    source = models.CharField(_("comes from"), max_length=4, choices=[("bank", _("the bank")), ("post", _("the post office"))])
    kind = models.CharField(_("kind"), max_length=5, choices=[("csv", "CSV"), ("fixed", _("fixed width"))])
    encoding = models.CharField(_("encoding"), max_length=20, default="utf-8")
    delimiter = models.CharField(_("delimiter"), max_length=1, default=";", blank=True)
    skip_lines = models.PositiveSmallIntegerField(_("lines before the first movement or header"), default=0)
    date_format = models.CharField(_("how dates are written"), max_length=20, default="%d/%m/%Y")
    decimals = models.CharField(
        _("amounts"), max_length=7, default="comma", choices=[("comma", "1.234,56"), ("point", "1,234.56"), ("cents", _("123456 (cents)"))]
    )
    fields = models.JSONField(_("fields"), default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("way to read a statement"), _("ways to read a statement")

    def __str__(self) -> str:
        return self.name


class BankFile(models.Model):
    """A statement that the staff uploaded; the same bytes are never read twice."""

    source = models.CharField(max_length=4)
    kind = models.CharField(max_length=7)
    mapping = models.ForeignKey(StatementMapping, on_delete=models.SET_NULL, null=True)
    name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    content = models.BinaryField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    matched_at = models.DateTimeField(null=True)  # when all its lines had been looked at
    notes = models.JSONField(default=list)  # what else was in it: code, place, value of bank/notes.py, and `seen` of a recall

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("bank or postal file"), _("bank and postal files")
        constraints = [models.CheckConstraint(condition=Q(kind__in=["camt053", "csv", "fixed"]), name="bank_file_kind_known")]


class BankLine(models.Model):
    """Money that came in. `key` names the movement in whatever file it stands, so that overlapping files change nothing."""

    file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="lines")
    source = models.CharField(max_length=4)
    key = models.CharField(max_length=120)
    booked_on = models.DateField(_("booked"))
    amount_cents = models.BigIntegerField()
    payer = models.CharField(_("payer"), max_length=140, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    state = models.CharField(max_length=9, default="unmatched")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="bank_lines")
    why = models.CharField(max_length=40, blank=True)  # why it is only proposed: a code of bank/matching.py
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, null=True, related_name="bank_line")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name, verbose_name_plural = _("line of a statement"), _("lines of statements")
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="one_row_per_movement"),
            models.CheckConstraint(condition=Q(state__in=["matched", "proposed", "unmatched", "set_aside"]), name="bank_line_state_known"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="bank_line_came_in"),
            models.CheckConstraint(condition=Q(payment__isnull=False) | ~Q(state="matched"), name="matched_line_has_payment"),
        ]
