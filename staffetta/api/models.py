"""What the interfaces remember: the answers of calls that named a key of their own (`idempotency.py`)."""

from django.db import models

from staffetta.accounts.models import Account


class KeyedAnswer(models.Model):
    """The answer of a call with an Idempotency-Key, given again to whoever repeats the call. `place` is its method and path."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_index=False)
    sandbox = models.BooleanField()
    key = models.CharField(max_length=100)
    place = models.CharField(max_length=300)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "sandbox", "key"], name="one_answer_per_key")]
