"""Lookups (a batch of numbers, a result for each), who answers them (Provider), and the staff's rules for them. Knows no rule itself."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account, User
from staffetta.billing.models import Hold
from staffetta.lookup.states import BATCH_STATES, REACHES, RESULT_STATES, SOURCES


class LookupSettings(models.Model):
    """What the operator asks for a lookup and how much anybody may ask: one row, read and changed by `rules.py`."""

    price_e4 = models.PositiveIntegerField(_("credits of a lookup"), default=5_000)
    fresh_days = models.PositiveSmallIntegerField(_("days that a result counts as fresh"), default=30)
    reuse_free = models.BooleanField(_("a fresh result may be used again free of charge"), default=True)
    account_hour_max = models.PositiveIntegerField(_("lookups of a customer in an hour at most"), default=1_000_000)
    account_day_max = models.PositiveIntegerField(_("lookups of a customer in a day at most"), default=2_000_000)
    number_day_max = models.PositiveSmallIntegerField(_("lookups of one number in a day at most, of all customers"), default=5)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "lookup_settings"


class Provider(models.Model):
    """Who is asked. The one in use with the lowest priority number is taken; `providers/table.py` knows the kinds."""

    name = models.SlugField(_("name"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=12)
    options = models.JSONField(_("description"), default=dict, blank=True, help_text=_("What its kind needs: see the kind's page."))
    secrets = models.JSONField(_("secrets"), default=dict, blank=True, help_text=_("Put in for {secret:name}; never written to a log."))
    in_flight_max = models.PositiveIntegerField(_("questions in flight at most"), default=200)
    rate = models.PositiveIntegerField(_("questions a second at most"), default=0, help_text=_("0: as fast as it answers."))
    timeout_ms = models.PositiveIntegerField(_("milliseconds to wait for an answer"), default=10_000)
    attempts_max = models.PositiveSmallIntegerField(_("attempts at most, where it says “not now”"), default=6)
    priority = models.PositiveSmallIntegerField(_("priority"), default=10)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("provider of lookups"), _("providers of lookups")
        constraints = [
            models.CheckConstraint(condition=Q(in_flight_max__gte=1, timeout_ms__gte=1, attempts_max__gte=1), name="provider_can_ask")
        ]

    def __str__(self) -> str:
        return self.name


class LookupBatch(models.Model):
    """Numbers that were asked for at once: what they are, what is held for them, and how far it is. Moved by `states.py`.

    `asks` is how many are asked and paid for, `price_e4` each; `reuses` how many are answered from kept results. The counts of
    results by state are `queued` … `cancelled`; numbers not written down yet are in none of them.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=120)
    source = models.CharField(max_length=8)
    name = models.CharField(max_length=200, blank=True, help_text="the number, the group's name, the file's name")
    group = models.BigIntegerField(null=True, help_text="of the contacts; kept as a number, for the group may be deleted")
    file = models.BigIntegerField(null=True)
    ceiling = models.BigIntegerField(default=0, help_text="of memberships: who enters the group later stays outside")
    numbers = ArrayField(models.CharField(max_length=16), default=list)
    state = models.CharField(max_length=10, default="accepted")
    resume_state = models.CharField(max_length=10, blank=True)
    price_e4 = models.PositiveIntegerField()
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, related_name="+")
    credits_e4 = models.PositiveBigIntegerField(default=0, help_text="held: asks times price")
    charged_e4 = models.PositiveBigIntegerField(default=0, help_text="for the answers so far")
    count = models.PositiveIntegerField(help_text="numbers")
    asks = models.PositiveIntegerField()
    reuses = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=list, help_text="the first numbers left out: written, code")
    reuse = models.BooleanField(default=True)
    fresh_from = models.DateTimeField(help_text="results of before are not fresh")
    written = models.PositiveIntegerField(default=0)
    written_asks = models.PositiveIntegerField(default=0)
    cursor_contact = models.BigIntegerField(default=0)
    cursor_number = models.PositiveIntegerField(default=0)
    cursor_file = models.PositiveIntegerField(default=0)
    queued = models.IntegerField(default=0)
    asked = models.IntegerField(default=0)
    answered = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    unknown = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)
    simulated = models.BooleanField(default=False, help_text="the answers are the simulator's: invented")
    created_at = models.DateTimeField()
    expanded_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True, help_text="when somebody took it back")

    class Meta:
        db_table = "lookup_batch"
        verbose_name, verbose_name_plural = _("lookup"), _("lookups")
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="one_lookup_per_key"),
            models.CheckConstraint(condition=Q(state__in=BATCH_STATES), name="lookup_state_known"),
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="lookup_source_known"),
            models.CheckConstraint(condition=Q(charged_e4__lte=F("credits_e4")), name="lookup_charged_within_hold"),
            models.CheckConstraint(condition=Q(written_asks__lte=F("asks")), name="lookup_asks_within_hold"),
            models.CheckConstraint(
                condition=Q(queued__gte=0, asked__gte=0, answered__gte=0, refused__gte=0, unknown__gte=0, cancelled__gte=0),
                name="lookup_counts_never_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="lookup_by_account"),
            models.Index(fields=["id"], name="lookup_unsettled", condition=~Q(state="settled")),
        ]

    @property
    def done(self) -> int:
        """Return how many numbers have come to an end."""
        return self.answered + self.refused + self.unknown + self.cancelled

    @property
    def percent(self) -> int:
        """Return how much is done, of a hundred."""
        return 100 if self.state == "settled" or not self.count else min(99, self.done * 100 // self.count)


class LookupResult(models.Model):
    """What is known of one number of a lookup. `reused`: copied from an earlier result, free."""

    batch = models.ForeignKey(LookupBatch, on_delete=models.CASCADE, db_index=False, related_name="results")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    number = models.CharField(max_length=16)
    state = models.CharField(max_length=9, default="queued")
    code = models.CharField(max_length=40, blank=True, help_text="why it was refused")
    original_operator = models.CharField(max_length=80, blank=True)
    operator = models.CharField(max_length=80, blank=True)
    mcc = models.CharField(max_length=3, blank=True)
    mnc = models.CharField(max_length=3, blank=True)
    ported = models.BooleanField(null=True)
    reach = models.CharField(max_length=11, null=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    provider = models.CharField(max_length=40, blank=True)
    provider_id = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    reused = models.BooleanField(default=False)
    simulated = models.BooleanField(default=False)
    cost_e4 = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "lookup_result"
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="lookup_number_once"),
            models.CheckConstraint(condition=Q(state__in=RESULT_STATES), name="lookup_result_state_known"),
            models.CheckConstraint(condition=Q(reach__isnull=True) | Q(reach__in=REACHES), name="lookup_reach_known"),
            models.CheckConstraint(condition=Q(cost_e4=0) | Q(state="answered", reused=False), name="lookup_only_answers_cost"),
        ]
        indexes = [
            models.Index(fields=["batch", "id"], name="lookup_waiting", condition=Q(state="queued")),
            models.Index(fields=["batch", "id"], name="lookup_in_order"),
            models.Index(fields=["batch", "operator", "id"], name="lookup_by_operator", condition=~Q(operator="")),
            models.Index(fields=["batch", "reach", "id"], name="lookup_unreached", condition=Q(reach__in=["absent", "nonexistent"])),
            models.Index(fields=["batch", "state", "id"], name="lookup_silent", condition=Q(state__in=["refused", "unknown", "cancelled"])),
            models.Index(fields=["lease_until"], name="lookup_in_flight", condition=Q(state="asked")),
            models.Index(fields=["number", "id"], name="lookup_by_number"),
        ]


class LookupTally(models.Model):
    """How many answers of a lookup name an operator (blank: none) and say so of its reach (blank: nothing), counted as they are written."""

    batch = models.ForeignKey(LookupBatch, on_delete=models.CASCADE, db_index=False, related_name="tallies")
    operator = models.CharField(max_length=80, blank=True)
    reach = models.CharField(max_length=11, blank=True)
    numbers = models.PositiveIntegerField()

    class Meta:
        db_table = "lookup_tally"
        constraints = [models.UniqueConstraint(fields=["batch", "operator", "reach"], name="lookup_tally_once")]
