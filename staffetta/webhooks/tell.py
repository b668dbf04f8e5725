"""The mail that a webhook was switched off by itself. Sends nothing else."""

import logging
from functools import partial

from django.db import transaction
from django.urls import reverse

from staffetta.accounts import mail
from staffetta.accounts.receivers import owners
from staffetta.webhooks import words
from staffetta.webhooks.call import Answer
from staffetta.webhooks.models import Endpoint

_log = logging.getLogger(__name__)


def _why(answer: Answer) -> str:
    sentence, detail = words.failure(answer.error)
    return f"{sentence} ({detail})" if detail else sentence


def disabled(endpoint: Endpoint, answer: Answer) -> None:
    """Write to the account's owners, and to who made it. A mail that fails is logged and undoes nothing."""
    values = {
        "account": endpoint.account,
        "endpoint": endpoint,
        "gone": endpoint.reason == "gone",
        "status": answer.status,
        "why": partial(_why, answer),
        "url": mail.address(reverse("webhook", args=[endpoint.pk])),
    }
    told = {user.pk: user for user in owners(endpoint.account_id)}
    if endpoint.user and endpoint.user.is_active and endpoint.user.email:
        told[endpoint.user.pk] = endpoint.user
    for user in told.values():
        try:
            with transaction.atomic():
                mail.send(user.email, *mail.written("webhooks/mail/disabled.txt", user.language, **values), language=user.language)
        except Exception:
            _log.exception("webhook %s: user %s could not be told that it was switched off", endpoint.pk, user.pk)
