"""Sends that come again by themselves: what they say and to whom, their rhythm, and what became of each time. Knows no rule."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from staffetta.accounts.models import Account
from staffetta.billing.models import SmsType
from staffetta.messaging.models import Batch, Draft


class Recurrence(models.Model):
    """A send that comes again. Its day and time are those of the account's zone; `draft` is what it would cost on the day it was made."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=80)
    type = models.ForeignKey(SmsType, on_delete=models.PROTECT)
    sender = models.CharField(max_length=21, blank=True)
    text = models.TextField()
    target = models.CharField(max_length=2_000, blank=True, help_text="where {link} in the text leads")
    groups = ArrayField(models.BigIntegerField(), default=list)
    excluded = ArrayField(models.BigIntegerField(), default=list)
    numbers = ArrayField(models.CharField(max_length=16), default=list)
    rhythm = models.CharField(max_length=8)
    weekdays = ArrayField(models.SmallIntegerField(), default=list, help_text="0 is Monday")
    day = models.SmallIntegerField(null=True)
    month = models.SmallIntegerField(null=True)
    at = models.TimeField()
    starts = models.DateField()
    ends = models.DateField(null=True)
    times = models.IntegerField(null=True, help_text="after so many times it ends")
    done = models.IntegerField(default=0)
    state = models.CharField(max_length=8, default="proposed")
    next_at = models.DateTimeField(null=True)
    draft = models.ForeignKey(Draft, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["proposed", "active", "paused", "ended"]), name="recurrence_state_known"),
            models.CheckConstraint(condition=Q(rhythm__in=["daily", "weekly", "monthly", "yearly"]), name="recurrence_rhythm_known"),
            models.CheckConstraint(condition=~Q(state="active") | Q(next_at__isnull=False), name="recurrence_active_has_next"),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="recurrence_due", condition=Q(state="active")),
            models.Index(fields=["account", "-id"], name="recurrence_by_account"),
        ]


class Occurrence(models.Model):
    """One time of a recurrence: its send, or why there was none."""

    recurrence = models.ForeignKey(Recurrence, on_delete=models.CASCADE, related_name="occurrences")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=7)
    batch = models.ForeignKey(Batch, on_delete=models.SET_NULL, null=True)
    code = models.CharField(max_length=40, blank=True)
    sentence = models.CharField(max_length=400, blank=True, help_text="why not, in the user's language")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recurrence", "at"], name="one_occurrence_per_time"),
            models.CheckConstraint(condition=Q(outcome__in=["sent", "refused", "missed"]), name="occurrence_outcome_known"),
        ]
