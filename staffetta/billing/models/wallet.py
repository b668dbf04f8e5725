"""Wallets, holds and entries: written by `ledger.py` alone and guarded by the database (migration 0002): docs/ledger.md.

Credits are integers of 1/10,000 (`_e4`). Knows nothing of what was sent: entries carry a text and a key.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account


class Wallet(models.Model):
    """The credit of an account: `balance_e4` is all it owns, of which `held_e4` is set aside for accepted sends."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True)
    balance_e4 = models.BigIntegerField(default=0)
    held_e4 = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(balance_e4__gte=F("held_e4"), held_e4__gte=0), name="credit_never_negative")]

    @property
    def available_e4(self) -> int:
        """Return what can still be spent."""
        return self.balance_e4 - self.held_e4


class Hold(models.Model):
    """Credit set aside for one send, resolved once: charged (up to its amount) or released."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    key = models.CharField(max_length=120)
    amount_e4 = models.BigIntegerField()
    charged_e4 = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, default="open")
    created_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="one_hold_per_key"),
            models.CheckConstraint(condition=Q(state__in=["open", "charged", "released"]), name="hold_state_known"),
            models.CheckConstraint(condition=Q(charged_e4__gte=0, charged_e4__lte=F("amount_e4")), name="charged_within_hold"),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, state="open") | Q(resolved_at__isnull=False) & ~Q(state="open"),
                name="resolved_hold_has_time",
            ),
        ]


class Entry(models.Model):
    """One line of the ledger: never changed, never deleted. The sum of an account's entries is its balance."""

    # Whoever writes an entry has locked the account's wallet, which is never deleted: a key of its own would be looked at row by row.
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="entries", verbose_name=_("customer")
    )
    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=120)
    amount_e4 = models.BigIntegerField()
    balance_after_e4 = models.BigIntegerField()
    reason = models.CharField(_("reason"), max_length=200)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("credit movement"), _("credit movements")
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="one_entry_per_key"),
            models.CheckConstraint(
                condition=Q(kind__in=["grant", "purchase", "charge", "refund", "adjustment", "transfer"]), name="entry_kind_known"
            ),
            models.CheckConstraint(condition=Q(balance_after_e4__gte=0), name="balance_after_never_negative"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="entry_by_account")]


class LowCredit(models.Model):
    """Below how much credit an account wants a mail; `told_at`: it was sent, and is not again until there was more."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True)
    threshold_e4 = models.BigIntegerField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(threshold_e4__gt=0), name="threshold_is_credit")]
