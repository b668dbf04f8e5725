"""Accounts of one owner, and the credits moved between them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from staffetta.accounts.models import Account


class AccountLink(models.Model):
    """Two accounts whose owners have said that they belong together: one asked, the other agreed (`transfers.py`)."""

    asking = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="links_asked")
    asked = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="links_received")
    state = models.CharField(max_length=8, default="waiting")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asking", "asked"], condition=~Q(state="ended"), name="one_link_a_pair"),
            models.CheckConstraint(condition=~Q(asking=F("asked")), name="link_of_two"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "agreed", "ended"]), name="link_state_known"),
        ]


class CreditTransfer(models.Model):
    """Credits moved from one account to another of the same owner; its two entries carry its key."""

    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="transfers_out")
    target = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="transfers_in")
    amount_e4 = models.BigIntegerField()
    key = models.CharField(max_length=60)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="one_transfer_per_key"),
            models.CheckConstraint(condition=Q(amount_e4__gt=0) & ~Q(source=F("target")), name="transfer_moves"),
        ]
