"""What aiosmtpd asks at each step of a mail. The database is asked in threads, so that one mail does not hold the others."""

import asyncio
import logging
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any, TypeVar, cast

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from staffetta.api import doubt
from staffetta.api.errors import InDoubt
from staffetta.api.mail import answers, back, sending

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Handler:
    """Takes mails to `number.token@`. `lmtp`: each recipient is answered by itself."""

    def __init__(self, lmtp: bool = False) -> None:
        """Take note of how answers are given."""
        self._lmtp = lmtp

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """Take a recipient, or say why not."""
        found = await _in_thread(lambda: sending.recipient(address, envelope.mail_from))
        if isinstance(found, str):
            return found
        envelope.rcpt_tos.append(cast(Any, found))
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Send the mail; answer only after it was kept."""
        mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        recipients = cast(list[sending.Recipient], envelope.rcpt_tos)
        found = await _in_thread(lambda: sending.send(mail, envelope.mail_from, recipients))
        if isinstance(found, str):
            return "\r\n".join([found] * len(recipients)) if self._lmtp else found
        if self._lmtp:
            return "\r\n".join(map(answers.of_one, found))
        if answers.partly(found):
            await _in_thread(lambda: back.tell(mail, envelope.mail_from or "", recipients, found))
        return answers.of_all([each.number for each in recipients], found)

    async def handle_exception(self, error: Exception) -> str:
        """Have the mail server try again after whatever went wrong here."""
        _log.error("a mail failed", exc_info=error)
        return answers.refusal(InDoubt()) if doubt.lost(error) else answers.LATER


async def _in_thread(ask: Callable[[], T]) -> T:
    return await asyncio.to_thread(_with_connection, ask)


def _with_connection(ask: Callable[[], T]) -> T:
    try:
        return ask()
    finally:
        connection.close()  # mails are rare: better a new connection for each than one held by every thread
