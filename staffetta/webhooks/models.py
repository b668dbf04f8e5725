"""Where events are sent (Endpoint), and each call with what became of it (Delivery). Knows no rule."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from staffetta.accounts.models import Account, User

STATES = ("waiting", "done", "given_up")


class Endpoint(models.Model):
    """An address that an account's events are sent to. Who holds it until `busy_until` is the only one who calls it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="webhooks")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    url = models.CharField(max_length=2_000)
    description = models.CharField(max_length=120, blank=True)
    kinds = ArrayField(models.CharField(max_length=30))
    batch_max = models.PositiveSmallIntegerField(default=1)
    secret = models.CharField(max_length=120)
    old_secret = models.CharField(max_length=120, blank=True)
    old_until = models.DateTimeField(null=True)
    active = models.BooleanField(default=True)
    disabled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, blank=True, help_text="why it was switched off by itself: gone, failing")
    failing_since = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(batch_max__gte=1, batch_max__lte=500), name="webhook_batch_within")]


class Delivery(models.Model):
    """One call to an endpoint: its body never changes; headers and answer are those of the last attempt, without its signature.

    `history` has each attempt, the last ones of many: at, status, ms, error.
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    webhook_id = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=30)
    events = models.PositiveSmallIntegerField(default=1)
    body = models.TextField()
    state = models.CharField(max_length=8, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    first_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    request_headers = models.JSONField(default=dict)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.TextField(blank=True)
    ms = models.PositiveIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    history = models.JSONField(default=list, db_default=[])

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=STATES), name="webhook_call_state_known")]
        indexes = [
            models.Index(fields=["endpoint", "id"], name="webhook_waiting", condition=Q(state="waiting")),
            models.Index(fields=["endpoint", "-id"], name="webhook_log"),
            models.Index(fields=["created_at"], name="webhook_by_age"),
        ]

    @property
    def webhook(self) -> str:
        """Return the id under which the receiver knows this call, the same at every attempt."""
        return f"msg_{self.webhook_id.hex}"
