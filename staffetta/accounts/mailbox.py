"""Mails as files in HOME/mailbox, where no SMTP is set: so that the demo works alone. Knows not who writes."""

import email.policy
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage as Message
from email.parser import BytesParser
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from staffetta.lib import clock

_NAME = re.compile(r"\d{8}-\d{6}-\d{6}-[0-9a-f]{8}\.eml")


@dataclass(frozen=True)
class Kept:
    """A mail that was written instead of sent."""

    name: str
    at: datetime
    to: str
    subject: str
    text: str
    attachments: tuple[str, ...]


class EmailBackend(BaseEmailBackend):
    """Django's mail backend that writes each mail into a file of its own."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails and return how many; a reader never sees half a file."""
        folder = place()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            name = f"{clock.now():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(4)}.eml"
            draft = folder / f"{name}.draft"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(message.message().as_bytes())
            draft.rename(folder / name)
        return len(email_messages)


def place() -> Path:
    """Return the folder of the mails."""
    return Path(settings.HOME) / "mailbox"


def latest(limit: int) -> list[Kept]:
    """Return the newest mails first."""
    names = sorted((path.name for path in place().glob("*.eml") if _NAME.fullmatch(path.name)), reverse=True)
    return [kept for name in names[:limit] if (kept := read(name))]


def read(name: str) -> Kept | None:
    """Return one mail by its file's name; None where there is none, or where it is no such name."""
    path = place() / name
    if not _NAME.fullmatch(name) or not path.is_file():
        return None
    message = BytesParser(_class=Message, policy=email.policy.default).parsebytes(path.read_bytes())
    body = message.get_body(("plain",))
    return Kept(
        name,
        datetime.strptime(f"{name[:22]}+0000", "%Y%m%d-%H%M%S-%f%z"),
        str(message["To"]),
        str(message["Subject"]),
        body.get_content() if body else "",
        tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )
