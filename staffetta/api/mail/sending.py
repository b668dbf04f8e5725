"""Judge the recipients of a mail, and send it to them. Reads tokens; knows no SMTP but its answers."""

import hashlib
from collections.abc import Sequence
from email.message import EmailMessage
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from staffetta.accounts import mailtokens
from staffetta.accounts.models import MailToken
from staffetta.api import operations
from staffetta.api.mail import address, answers, known, loops
from staffetta.api.mail.text import text
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.lib.errors import Refused
from staffetta.messaging import offer, origin
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
    """Send a mail to its recipients; return for each what became of it, or the answer that refuses the whole mail.

    All is committed together: where something breaks nothing was sent, by none of its tokens.
    """
    if loops.automatic(mail, mail_from):
        return answers.AUTOMATIC
    # In the order of accounts, so that two mails at once never wait for each other's wallets.
    tokens = sorted({each.token.pk: each.token for each in recipients}.values(), key=lambda token: (token.account_id, token.pk))
    said = {token.pk: text(mail, token.with_subject) for token in tokens}
    if not any(said.values()):
        return answers.NO_TEXT
    same = known.by(mail, mail_from)
    found: dict[int, Sent | Refused] = {}
    with transaction.atomic():
        for token in tokens:
            places = [place for place, each in enumerate(recipients) if each.token.pk == token.pk]
            numbers = [recipients[place].number for place in places]
            found |= dict(zip(places, _sent(token, numbers, said[token.pk], same), strict=True))
            mailtokens.used(token)
    return [found[place] for place in range(len(recipients))]


def _sent(token: MailToken, numbers: Sequence[str], said: str, same: str) -> Sequence[Sent | Refused]:
    keys = [f"mail-{hashlib.sha256(f'{token.pk} {same} {number}'.encode()).hexdigest()[:40]}" for number in numbers]
    try:
        return operations.send(_principal(token), [Asked(token.api_type, number, said, token.sender) for number in numbers], keys)
    except Refused as refusal:  # of the account: the mail's other tokens may be of others
        return [refusal] * len(numbers)


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
        via=origin.MAIL,
    )
