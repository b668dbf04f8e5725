"""Files that an account has asked for: what, how far, and their content in pieces. Knows no rows."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from staffetta.accounts.models import Account

STATES = ("waiting", "writing", "ready", "failed")


class Report(models.Model):
    """One file: `kind` says what is in it (`kinds.py`), `form` how it is written (`formats/`)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    kind = models.CharField(max_length=20)
    subject = models.BigIntegerField(null=True, help_text="what it is about: a batch's or a group's id")
    values = models.JSONField(default=dict, help_text="filters of the kind")
    form = models.CharField(max_length=4)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=8, default="waiting")
    run = models.PositiveIntegerField(default=0, help_text="of the job: an earlier one may write nothing more")
    title = models.CharField(max_length=200, blank=True)
    rows = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(default=0)
    file_name = models.CharField(max_length=120, blank=True)
    file_bytes = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=STATES), name="report_state_known")]
        indexes = [models.Index(fields=["account", "-id"], name="report_by_account")]

    @property
    def percent(self) -> int:
        """Return how far it is; 100 only when it is ready."""
        return 100 if self.state == "ready" else min(99, 100 * self.rows // max(self.expected, 1))


class ReportPiece(models.Model):
    """A mebibyte of a file."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, db_index=False)
    place = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "place"], name="report_piece_once")]


class SummaryMail(models.Model):
    """How often a user wants a mail about the account's sends, and up to which day it was told."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    every = models.CharField(max_length=4)
    told_to = models.DateField(help_text="the first day that the last mail did not tell of")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(every__in=["day", "week"]), name="summary_every_known")]
