"""By what a mail that comes a second time is known: its Message-ID, else all that it says. Pure but for the hour."""

import hashlib
from email.message import EmailMessage

from staffetta.lib import clock

_SAID = ("From", "To", "Date", "Subject")


def by(mail: EmailMessage, mail_from: str | None) -> str:
    """Return what is the same each time a mail server tries a mail again.

    A mail without Message-ID and Date may be an alarm that rings again: it is taken for the same one within an hour of the clock.
    """
    if message_id := str(mail.get("Message-ID", "")).strip():
        return message_id
    said = [mail_from or "", *(str(mail.get(name, "")) for name in _SAID)]
    if not mail.get("Date"):
        said.append(clock.now().strftime("%Y-%m-%d %H"))
    parts = [str(part.get_payload()) for part in mail.walk() if not part.is_multipart()]
    return hashlib.sha256("\n".join([*said, *parts]).encode("utf-8", "surrogateescape")).hexdigest()
