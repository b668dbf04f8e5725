"""Judge the recipients of a mail, and send it to them. Reads tokens; knows no SMTP but its answers."""

import hashlib
from collections.abc import Sequence
from email.message import EmailMessage
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from staffetta.accounts import mailtokens
from staffetta.accounts.models import MailToken
from staffetta.api import operations
from staffetta.api.mail import address, answers, loops
from staffetta.api.mail.text import text
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.lib.errors import Refused
from staffetta.messaging import offer
from staffetta.messaging.offer import Asked


class Recipient(NamedTuple):
    """Somebody a mail goes to: the number, and the token that lets it in."""

    number: str
    token: MailToken


def recipient(to: str, mail_from: str | None) -> Recipient | str:
    """Return whom an address means, or the answer that refuses it."""
    written = address.read(to)
    token = mailtokens.find(written.token) if written else None
    if written is None or token is None:
        return answers.NOT_OURS
    if not mailtokens.may_write(token, mail_from or ""):
        return answers.NOT_ALLOWED
    try:
        return Recipient(offer.number_of(written.number, token.account.country), token)
    except Refused as refusal:
        return answers.refusal(refusal, "550 5.1.1")


def send(mail: EmailMessage, mail_from: str | None, recipients: Sequence[Recipient]) -> list[Sent | Refused] | str:
    """Send a mail to its recipients; return for each what became of it, or the answer that refuses the whole mail. Raises Refused."""
    if loops.automatic(mail, mail_from):
        return answers.AUTOMATIC
    found: dict[int, Sent | Refused] = {}
    for token in {each.token.pk: each.token for each in recipients}.values():
        said = text(mail, token.with_subject)
        if not said:
            return answers.NO_TEXT
        places = [place for place, each in enumerate(recipients) if each.token.pk == token.pk]
        asked = [_asked(mail, token, recipients[place].number, said) for place in places]
        found |= dict(zip(places, operations.send(_principal(token), asked), strict=True))
        mailtokens.used(token)
    return [found[place] for place in range(len(recipients))]


def _asked(mail: EmailMessage, token: MailToken, number: str, said: str) -> Asked:
    message_id = str(mail.get("Message-ID", "")).strip()
    # Without a Message-ID nothing tells a mail that came twice from an alarm that rang twice.
    key = hashlib.sha256(f"{token.pk} {message_id} {number}".encode()).hexdigest()[:40] if message_id else ""
    return Asked(token.api_type, number, said, token.sender, f"mail-{key}" if key else "")


def _principal(token: MailToken) -> Principal:
    account, user = token.account, token.user
    return Principal(
        account.pk,
        user.pk if user else 0,
        scopes=("send",),
        per_minute=settings.API_CALLS_PER_MINUTE,
        time_zone=account.time_zone or timezone.get_default_timezone_name(),
        country=account.country,
        language=user.language if user else "it",
    )
