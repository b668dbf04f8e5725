"""The mail about times of a recurring send on which nothing left. Sends nothing else."""

import logging
from contextlib import AbstractContextManager

from django.db import transaction
from django.urls import reverse
from django.utils import translation

from staffetta.accounts import mail
from staffetta.accounts.models import User
from staffetta.accounts.receivers import owners
from staffetta.campaigns.models import Occurrence, Recurrence
from staffetta.campaigns.plans import zone_of

_SHOWN = 10
_log = logging.getLogger(__name__)


def receivers(recurrence: Recurrence) -> list[User]:
    """Return who is told: who started it, else the account's owners."""
    by = recurrence.started_by or recurrence.user
    return [by] if by and by.is_active and by.email else owners(recurrence.account_id)


def language_of(recurrence: Recurrence) -> AbstractContextManager[None]:
    """Return the language in which reasons are kept."""
    by = recurrence.started_by or recurrence.user
    return translation.override(by.language if by else "it")


def not_sent(recurrence: Recurrence, occurrences: list[Occurrence]) -> None:
    """Write what did not leave and why, and when it comes next. A mail that fails is logged and undoes nothing of the caller's."""
    zone = zone_of(recurrence)
    values = {
        "account": recurrence.account,
        "name": recurrence.name,
        "times": [(f"{each.at.astimezone(zone):%d/%m/%Y %H:%M}", each.sentence) for each in occurrences[:_SHOWN]],
        "more": len(occurrences) - _SHOWN if len(occurrences) > _SHOWN else 0,
        "next": f"{recurrence.next_at.astimezone(zone):%d/%m/%Y %H:%M}" if recurrence.next_at else "",
        "url": mail.address(reverse("recurrence", args=[recurrence.pk])),
    }
    for user in receivers(recurrence):
        try:
            with transaction.atomic():
                mail.send(user.email, *mail.written("campaigns/mail/not_sent.txt", user.language, **values), language=user.language)
        except Exception:
            _log.exception("recurrence %s: user %s could not be told that it was not sent", recurrence.pk, user.pk)
