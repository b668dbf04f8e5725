"""Write mails and send them: by a job that tries again where SMTP is set, else into the mailbox folder. Knows not what they are about."""

import logging
import smtplib
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from procrastinate.contrib.django import app

from staffetta.accounts import operator
from staffetta.accounts.models import WaitingMail
from staffetta.lib import clock

DELIVER_JOB = "staffetta.accounts.jobs.deliver_mail"
QUEUE = "mail"
# The last attempt is a day after the first. A mail may hold a link that gives a password away: what nobody will deliver goes.
KEPT_FOR = timedelta(days=3)
Attachment = tuple[str, bytes, str]  # name, content, MIME type
_log = logging.getLogger(__name__)


class _Ready(EmailMessage):
    """A mail whose bytes are there already."""

    def __init__(self, to: str, raw: bytes) -> None:
        super().__init__(to=[to], from_email=sender())
        self._raw = raw

    def message(self, *, policy: Any = None) -> Any:
        return _Bytes(self._raw)


class _Bytes:
    """Stands for the message where Django asks for its bytes."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        """Return the mail with these line ends."""
        return self._raw.replace(b"\r\n", b"\n").replace(b"\n", linesep.encode())


def sender() -> str:
    """Return the From of our mails: STAFFETTA_MAIL_FROM, else the brand's name at its realm."""
    shown = operator.current()
    return settings.MAIL_FROM or f'"{shown.brand}" <no-reply@{shown.realm}>'


def address(path: str) -> str:
    """Return the whole address of a page, for a mail that no page asked for."""
    return (settings.PUBLIC_URL or f"http://127.0.0.1:{settings.PORT}") + path


def written(template: str, language: str, **values: Any) -> tuple[str, str]:
    """Return subject and body of a mail, from "APP/mail/NAME.txt" in the receiver's language: its first line is the subject.

    A number is given as a `partial` of what writes it, which is called in that language too.
    """
    with translation.override(language):
        said = {name: value() if isinstance(value, partial) else value for name, value in values.items()}
        text = render_to_string(template, {"brand": operator.current().brand} | said)
    subject, _, body = text.strip().partition("\n")
    return subject.strip(), body.strip() + "\n"


def send(to: str, subject: str, body: str, *, language: str, attachments: Sequence[Attachment] = ()) -> None:
    """Send a plain mail, with its links clickable for readers of HTML; attachments are (name, content, MIME type).

    With SMTP it leaves by a job that begins when the caller's transaction is committed, and is tried again for a day.
    """
    shown = operator.current()
    message = EmailMultiAlternatives(subject, body, sender(), [to])
    with translation.override(language):
        html = render_to_string("accounts/mail.html", {"subject": subject, "body": body, "operator": shown, "language": language})
    message.attach_alternative(html, "text/html")
    for name, content, kind in attachments:
        message.attach(name, content, kind)
    if not settings.SMTP_URL:
        message.send()
        return
    with transaction.atomic():
        waiting = WaitingMail.objects.create(to=to, raw=message.message().as_bytes())
        app.configure_task(DELIVER_JOB, queue=QUEUE).defer(mail_id=waiting.pk)


def deliver(mail_id: int) -> None:
    """Hand a waiting mail to the SMTP server and forget it; a refused address is given up, any other failure is raised."""
    waiting = WaitingMail.objects.filter(pk=mail_id).first()
    if waiting is None:
        return
    try:
        _Ready(waiting.to, bytes(waiting.raw)).send()
    except smtplib.SMTPRecipientsRefused as error:
        (code, reason), *_ = error.recipients.values()
        if code < 500:
            raise
        _log.warning("a mail was refused for good: %s %s", code, reason)
    except OSError as error:
        WaitingMail.objects.filter(pk=mail_id).update(error=f"{type(error).__name__}: {error}"[:300])
        raise
    waiting.delete()


def forget(under_way: Collection[int]) -> int:
    """Forget the mails that could not be delivered in days, save those that a job still has in hand; return how many."""
    old = WaitingMail.objects.filter(created_at__lt=clock.now() - KEPT_FOR).exclude(pk__in=under_way)
    return old.delete()[0]
