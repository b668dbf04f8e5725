"""One send = Batch, one recipient = Message, one SMS on the wire = Part. Knows no rule: each step's file has its own.

Drafts and batches are written with the ORM. Chunks, messages, parts, tallies and early receipts move in sets, in the SQL of the
step that moves them; their tables are made in migration 0002.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from staffetta.accounts.models import Account
from staffetta.billing.models import Hold, SmsType
from staffetta.contacts.models import FileList
from staffetta.messaging.origin import PROGRAMS
from staffetta.messaging.states import BATCH_STATES, MESSAGE_STATES

TRANSACTIONAL, BULK = 0, 1


class Link(models.Model):
    """Where a send's short addresses lead, and what each of them begins with (`links.py`)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    target = models.CharField(max_length=2_000)
    begins = models.CharField(max_length=220)
    created_at = models.DateTimeField(auto_now_add=True)


class Draft(models.Model):
    """What a person wrote and to whom, with its cost counted: frozen between the confirm page and the door."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    type = models.ForeignKey(SmsType, on_delete=models.PROTECT)
    sender = models.CharField(max_length=21, blank=True)
    text = models.TextField()
    groups = ArrayField(models.BigIntegerField(), default=list)
    numbers = ArrayField(models.CharField(max_length=16), default=list)
    ceiling = models.BigIntegerField(default=0)
    excluded = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    file = models.ForeignKey(FileList, on_delete=models.PROTECT, null=True)
    end_contact = models.BigIntegerField(null=True)
    end_file = models.IntegerField(null=True)
    link = models.ForeignKey(Link, on_delete=models.PROTECT, null=True)
    whole = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, help_text="the draft of which this one is the first recipients")
    test = models.BooleanField(default=False, db_default=False)
    send_at = models.DateTimeField(null=True)
    valid_for = models.DurationField()
    state = models.CharField(max_length=10, default="counting")
    counted = models.IntegerField(default=0)
    expected = models.IntegerField(default=0)
    recipients = models.IntegerField(default=0)
    parts = models.IntegerField(default=0)
    parts_by_prefix = models.JSONField(default=dict)
    recipients_by_parts = models.JSONField(default=dict)
    recipients_by_cost = models.JSONField(default=list, db_default=[], help_text="[parts, cost_e4 of each, recipients]")
    left_out = models.JSONField(default=dict)
    blank = models.IntegerField(default=0, db_default=0, help_text="recipients who lack a field that the text has no other word for")
    steps = models.JSONField(
        default=list, db_default=[], help_text="where each stretch begins: contact, number, file; recipients and cost_e4 before it"
    )
    credits_e4 = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["counting", "ready", "refused", "accepted"]), name="draft_state_known")
        ]


class Batch(models.Model):
    """One send as accepted. Its messages have the ids from `first_id` on; the price list of its moment is copied here."""

    # Indexes that nothing reads by, and foreign keys that are looked at row by row, cost half of a single message's way in.
    # What a batch names is kept from being deleted by triggers of those tables (migration 0015).
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, db_index=False, db_constraint=False)
    draft = models.OneToOneField(Draft, on_delete=models.SET_NULL, null=True, db_constraint=False)
    key = models.CharField(max_length=120)
    type = models.ForeignKey(SmsType, on_delete=models.PROTECT, db_index=False, db_constraint=False)
    sender = models.CharField(max_length=21)
    text = models.TextField()
    receipts = models.BooleanField()
    parts_max = models.PositiveSmallIntegerField()
    costs = models.JSONField()
    lane = models.SmallIntegerField()
    state = models.CharField(max_length=10, default="accepted")
    resume_state = models.CharField(max_length=10, default="accepted")
    recipients = models.IntegerField()
    parts = models.IntegerField()
    credits_e4 = models.BigIntegerField()
    charged_e4 = models.BigIntegerField(null=True)
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, null=True, db_constraint=False)  # null: charged at once, singles.py
    first_id = models.BigIntegerField()
    groups = ArrayField(models.BigIntegerField(), default=list)
    numbers = ArrayField(models.CharField(max_length=16), default=list)
    ceiling = models.BigIntegerField(default=0)
    excluded = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    file = models.ForeignKey(FileList, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    end_contact = models.BigIntegerField(null=True)
    end_file = models.IntegerField(null=True)
    cursor_file = models.IntegerField(default=0, db_default=0)
    link = models.ForeignKey(Link, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False)
    test = models.BooleanField(default=False, db_default=False)
    cursor_contact = models.BigIntegerField(default=0)
    cursor_number = models.IntegerField(default=0)
    expanded = models.IntegerField(default=0)
    expanded_e4 = models.BigIntegerField(default=0)
    detail = models.CharField(max_length=200, blank=True)
    via = models.CharField(max_length=12, blank=True, default="", db_default="")  # which door: origin.py
    via_key = models.BigIntegerField(default=0, db_default=0)  # the ApiKey of the program; no foreign key: it would cost each single
    personal = models.BooleanField(default=False, db_default=False, help_text="each message has a text of its own, `text` is one of them")
    created_at = models.DateTimeField(auto_now_add=True)
    send_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    expanded_at = models.DateTimeField(null=True)
    settling_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="one_batch_per_key"),
            models.CheckConstraint(condition=Q(state__in=BATCH_STATES), name="batch_state_known"),
            models.CheckConstraint(condition=Q(expanded_e4__lte=models.F("credits_e4")), name="expanded_within_hold"),
        ]
        indexes = [
            models.Index(fields=["account", "-send_at", "-id"], name="batch_by_account_and_time"),
            models.Index(fields=["account", "-id"], name="batch_open_by_account", condition=~Q(state="settled")),
            models.Index(fields=["account", "-id"], name="batch_of_people", condition=~Q(via__in=PROGRAMS)),
            models.Index(fields=["file"], name="batch_by_file", condition=Q(file__isnull=False)),
            models.Index(fields=["link"], name="batch_by_link", condition=Q(link__isnull=False)),
            models.Index(fields=["lane", "id"], name="batch_open", condition=~Q(state__in=["settled", "paused"])),
        ]

    @property
    def last_id(self) -> int:
        """Return the highest id its messages can have."""
        return self.first_id + self.recipients - 1


class Repeat(models.Model):
    """A list of those whom a batch did not reach, and the connectors that another send to them should avoid (`resend.py`)."""

    people = models.OneToOneField(FileList, on_delete=models.CASCADE, primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="repeats")
    avoid = ArrayField(models.IntegerField(), default=list)


class Curve(models.Model):
    """The deliveries of a large batch over time, counted by a job now and then (`curve.py`)."""

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, primary_key=True)
    counted_at = models.DateTimeField()
    delivered = models.IntegerField()
    bars = models.JSONField()


class Click(models.Model):
    """That a recipient opened the short link, how often, and with what; robots that look at links ahead are counted apart (`clicks.py`)."""

    message_id = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    clicks = models.IntegerField(default=0)
    robots = models.IntegerField(default=0)
    device = models.CharField(max_length=8, blank=True)

    class Meta:
        indexes = [models.Index(fields=["batch", "device"], name="click_by_batch", condition=Q(first_at__isnull=False))]


class Tally(models.Model):
    """How many messages of a batch are in each state: written in the transaction of every move."""

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, primary_key=True)
    queued = models.IntegerField(default=0)
    submitted = models.IntegerField(default=0)
    delivered = models.IntegerField(default=0)
    undelivered = models.IntegerField(default=0)
    expired = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    uncertain = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)
    lapsed = models.IntegerField(default=0)

    class Meta:
        managed = False


class Message(models.Model):
    """One recipient of a batch. The id is the month of acceptance and a serial: 202611 0000000000001."""

    id = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.DO_NOTHING)
    account = models.ForeignKey(Account, on_delete=models.DO_NOTHING)
    connector_id = models.IntegerField(null=True)
    number = models.CharField(max_length=16)
    text = models.TextField(null=True)
    state = models.CharField(max_length=11)
    parts = models.SmallIntegerField()
    cost_e4 = models.IntegerField()
    attempts = models.SmallIntegerField()
    parts_ended = models.IntegerField()
    parts_bad = models.IntegerField()
    error = models.CharField(max_length=20, null=True)
    submitted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        managed = False


class Listener(models.Model):
    """An account whose programs want to hear of what happens, and of which kinds (`events.py`)."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True)
    kinds = ArrayField(models.TextField())


class Event(models.Model):
    """Something that happened to a message or a send, until it is taken (`events.py`). Knows its values by heart: rows it came from may go."""

    account_id = models.BigIntegerField()
    kind = models.TextField()
    at = models.DateTimeField()
    batch_id = models.BigIntegerField(null=True)
    message_id = models.BigIntegerField(null=True)
    number = models.TextField()
    state = models.TextField()
    error = models.TextField(null=True)
    parts = models.IntegerField()
    cost_e4 = models.BigIntegerField()
    key = models.TextField()
    sandbox = models.BooleanField()
    counts = models.JSONField(null=True)


class SandboxMessage(models.Model):
    """A message of a sandbox key: it never leaves, and costs nothing (`sandbox.py`). `plan` is what becomes of it from `due_at` on.

    `send_at`: when it was asked to leave, null for at once.
    """

    id = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    key_id = models.BigIntegerField()
    own_key = models.CharField(max_length=120)
    type = models.ForeignKey(SmsType, on_delete=models.PROTECT)
    sender = models.CharField(max_length=21)
    text = models.TextField()
    number = models.CharField(max_length=16)
    parts = models.SmallIntegerField()
    cost_e4 = models.IntegerField()
    state = models.CharField(max_length=11, default="queued")
    error = models.CharField(max_length=20, null=True)
    plan = ArrayField(models.TextField())
    due_at = models.DateTimeField(null=True)
    send_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key_id", "own_key"], condition=~Q(own_key=""), name="one_sandbox_message_per_key"),
            models.CheckConstraint(condition=Q(state__in=MESSAGE_STATES), name="sandbox_state_known"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="sandbox_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["created_at"], name="sandbox_by_age"),
        ]


class SavedText(models.Model):
    """A text that an account writes often, by name (`savedtexts.py`)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="one_text_per_name")]


class SavedSender(models.Model):
    """A sender that an account uses; at most one of them is the first choice (`savedsenders.py`)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    value = models.CharField(max_length=21)
    usual = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["value"]
        constraints = [
            models.UniqueConstraint(fields=["account", "value"], name="one_sender_per_value"),
            models.UniqueConstraint(fields=["account"], condition=Q(usual=True), name="one_usual_sender"),
        ]


class OwnNumber(models.Model):
    """Where a user's test sends go."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    number = models.CharField(max_length=16)


class ApprovalRule(models.Model):
    """Above how many recipients an account's sends need the yes of a second person (`approval.py`)."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True)
    above = models.PositiveIntegerField()
    owners_too = models.BooleanField(default=False)


class Approval(models.Model):
    """A send that waits for the yes of an owner, or had it, or did not get it. Nothing is held for it before."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    draft = models.OneToOneField(Draft, on_delete=models.CASCADE, related_name="approval")
    state = models.CharField(max_length=9, default="waiting")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["waiting", "approved", "refused", "withdrawn"]), name="approval_state_known"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None) | (~Q(state="waiting") & Q(decided_at__isnull=False)), name="approval_decided"
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="approval_waiting", condition=Q(state="waiting"))]
