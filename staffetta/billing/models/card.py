"""Cards kept at a provider, with the customer's consent, and the automatic top-up that may use one. No card number is ever here."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from staffetta.accounts.models import Account
from staffetta.billing.models.sales import Package


class SavedCard(models.Model):
    """A card that the provider keeps for us under a token, and what the customer agreed to when it was kept."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="cards")
    provider = models.CharField(max_length=12)
    token = models.CharField(max_length=200)
    customer = models.CharField(max_length=120, blank=True)  # the provider's own name for the account
    brand = models.CharField(max_length=20)
    last4 = models.CharField(max_length=4)
    expires_year = models.PositiveSmallIntegerField()
    expires_month = models.PositiveSmallIntegerField()
    consent = models.TextField()
    consent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "provider", "token"], name="one_row_per_card")]


class TopUp(models.Model):
    """Buy this package with this card whenever the credit falls below the threshold, up to so much money a month."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True)
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="+")
    card = models.ForeignKey(SavedCard, on_delete=models.PROTECT, related_name="+")
    threshold_e4 = models.BigIntegerField()
    month_cents_max = models.BigIntegerField()
    active = models.BooleanField(default=True)
    stopped = models.CharField(max_length=40, blank=True)  # why it stopped by itself: a code
    failures = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)
    consent = models.TextField()
    consent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    consent_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(threshold_e4__gt=0, month_cents_max__gt=0), name="top_up_is_bounded")]
