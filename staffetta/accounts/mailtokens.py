"""Tokens in the addresses of mails that become SMS: make, list, revoke, find. Shown once; afterwards only the hash is kept."""

import base64
import re
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from staffetta.accounts.apikeys import hashed
from staffetta.accounts.errors import MailNameMissing, MailSenderWrong, TooManyMailTokens
from staffetta.accounts.models import Account, MailToken, User
from staffetta.lib import clock

TOKENS_MAX = 50
_SHOWN = 4
_ADDRESS = re.compile(r"[^@\s,<>]{0,64}@[^@\s,<>.]+(\.[^@\s,<>.]+)+").fullmatch


@transaction.atomic
def make(
    account: Account,
    user: User | None,
    name: str,
    api_type: int,
    sender: str = "",
    *,
    allowed: Sequence[str] = (),
    with_subject: bool = False,
) -> tuple[MailToken, str]:
    """Make a token; return it with its text, which is nowhere else. Raises MailTokenRefused.

    `allowed`: addresses that may write to it, or domains with their @ (none: anybody who knows the address).
    """
    name = " ".join(name.split())[:60]
    if not name:
        raise MailNameMissing
    Account.objects.select_for_update().get(pk=account.pk)
    if in_use(account).count() >= TOKENS_MAX:
        raise TooManyMailTokens(limit=TOKENS_MAX)
    # 100 bits in letters and digits that survive any mail server: they may change capitals. A number, a point and this stay below
    # the 64 characters that the part before the @ can have (RFC 5321, 4.5.3.1.1).
    text = base64.b32encode(secrets.token_bytes(15)).decode().lower()[:20]
    token = MailToken.objects.create(
        account=account,
        user=user,
        name=name,
        begins=text[:_SHOWN],
        hash=hashed(text),
        api_type=api_type,
        sender=sender,
        allowed=[_allowed(address) for address in allowed],
        with_subject=with_subject,
    )
    return token, text


def in_use(account: Account) -> QuerySet[MailToken]:
    """Return the tokens that were not revoked, the newest first."""
    return MailToken.objects.filter(account=account, revoked_at=None).order_by("-pk")


def revoke(account: Account, token_id: int) -> bool:
    """End a token at once; return False where the account has none such in use."""
    return bool(in_use(account).filter(pk=token_id).update(revoked_at=clock.now()))


def revoke_all_of(user: User) -> int:
    """End all tokens that somebody made; return how many."""
    return MailToken.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())


def find(text: str) -> MailToken | None:
    """Return the token of this text, of an account that is open and a person who is let in; None where there is none."""
    tokens = MailToken.objects.select_related("account", "user").filter(revoked_at=None, account__closed_at=None)
    return tokens.exclude(user__is_active=False).filter(hash=hashed(text.lower())).first()


def may_write(token: MailToken, address: str) -> bool:
    """Tell whether mails from this address may use a token."""
    address = address.lower()
    return not token.allowed or any(address == each or (each.startswith("@") and address.endswith(each)) for each in token.allowed)


def used(token: MailToken) -> None:
    """Take note that a token was used now."""
    MailToken.objects.filter(pk=token.pk).update(used_at=clock.now())


def _allowed(value: str) -> str:
    value = value.strip().lower()
    if not _ADDRESS(value) or len(value) > 254:
        raise MailSenderWrong(value=value)
    return value
