"""Tell who wrote a mail which of its recipients were refused, where others were not: SMTP has but one answer for all."""

import logging
from collections.abc import Sequence
from email.message import EmailMessage

from django.utils import translation

from staffetta.accounts import mail as mails
from staffetta.api.mail.sending import Recipient
from staffetta.api.operations import Sent
from staffetta.lib.errors import Refused

_log = logging.getLogger(__name__)


def tell(mail: EmailMessage, mail_from: str, recipients: Sequence[Recipient], found: Sequence[Sent | Refused]) -> None:
    """Write to the sender. Never fails: the others' messages were accepted."""
    user = recipients[0].token.user
    language = user.language if user else "it"
    try:
        with translation.override(language):
            refused = [(each.number, str(answer)) for each, answer in zip(recipients, found, strict=True) if isinstance(answer, Refused)]
        subject = " ".join(str(mail.get("Subject", "")).split())[:100]
        written = mails.written("api/mail/partly.txt", language, subject=subject, refused=refused, sent=len(found) - len(refused))
        mails.send(mail_from, *written, language=language)
    except Exception:
        _log.exception("a mail's sender could not be told who was refused")
