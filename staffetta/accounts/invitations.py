"""Ask somebody by mail to become a user of an account: a link good once, for seven days. The token is kept as a hash only.

So many mails a day leave and no more, whether an invitation was taken back or not: else anybody could be buried in them.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from staffetta.accounts import mail, operator, roles, team
from staffetta.accounts.errors import (
    AddressElsewhere,
    AddressWrong,
    AlreadyInTeam,
    AlreadyInvited,
    InvitationGone,
    InvitedTooSoon,
    TooManyInvitations,
    TooManyToAddress,
    TooManyToday,
)
from staffetta.accounts.models import Account, Invitation, TermsAccepted, User
from staffetta.lib import clock

GOOD_FOR = timedelta(days=7)
AGAIN_AFTER = timedelta(minutes=1)
WAITING_MAX = 50
A_DAY = timedelta(days=1)
MAILS_A_DAY_MAX, TO_ONE_ADDRESS_A_DAY_MAX = 60, 5
Link = Callable[[str], str]  # makes the address of the page that accepts, from a token


def open_ones(account: Account) -> QuerySet[Invitation]:
    """Return the invitations that wait, expired ones too: they can be sent again."""
    return Invitation.objects.filter(account=account, state="waiting").select_related("invited_by").order_by("-pk")


def expires_at(invitation: Invitation) -> datetime:
    """Return until when the link is good."""
    return invitation.sent_at + GOOD_FOR


@transaction.atomic
def invite(account: Account, by: User, email: str, role: str, language: str, link: Link) -> Invitation:
    """Invite an address. Raises AddressWrong, AlreadyInTeam, AlreadyInvited, RoleUnknown, TooManyInvitations, TooManyToday, TooManyToAddress.

    Whether the address has a user in another account is told only to who reads its mail.
    """
    team.check_role(role)
    email = _checked(email)
    Account.objects.select_for_update().get(pk=account.pk)
    if _confirmed(email).filter(account=account).exists():
        raise AlreadyInTeam(email=email)
    if open_ones(account).filter(email=email).exists():
        raise AlreadyInvited(email=email)
    if open_ones(account).count() >= WAITING_MAX:
        raise TooManyInvitations(limit=WAITING_MAX)
    _check_mails(account, email)
    invitation = Invitation(account=account, email=email, role=role, language=language, invited_by=by)
    _send(invitation, link)
    return invitation


@transaction.atomic
def send_again(account: Account, invitation_id: int, link: Link) -> Invitation:
    """Send it with a new link; the old one is good no more. Raises InvitedTooSoon, TooManyToday, TooManyToAddress, Invitation.DoesNotExist."""
    Account.objects.select_for_update().get(pk=account.pk)
    invitation = Invitation.objects.select_for_update().get(account=account, pk=invitation_id, state="waiting")
    if clock.now() - invitation.sent_at < AGAIN_AFTER:
        raise InvitedTooSoon(email=invitation.email)
    _check_mails(account, invitation.email)
    invitation.mails += 1
    _send(invitation, link)
    return invitation


def revoke(account: Account, invitation_id: int) -> bool:
    """Take an invitation back; return False where there is none that waits."""
    return bool(Invitation.objects.filter(account=account, pk=invitation_id, state="waiting").update(state="revoked"))


def find(token: str) -> Invitation:
    """Return the invitation of a link. Raises InvitationGone, AddressElsewhere."""
    return _good(Invitation.objects.filter(token_hash=_hash(token), state="waiting").select_related("account", "invited_by").first())


@transaction.atomic
def accept(token: str, name: str, password: str, language: str) -> User:
    """Make the invited user, whose e-mail the link has confirmed. Raises InvitationGone, AddressElsewhere."""
    invitation = _good(Invitation.objects.select_for_update().filter(token_hash=_hash(token), state="waiting").first())
    user = team.add(invitation.account, _free_login(invitation.email), password, invitation.role, invitation.email, language, name)
    TermsAccepted.objects.create(user=user, version=operator.current().terms_version, language=language)
    Invitation.objects.filter(pk=invitation.pk).update(state="accepted")
    return user


def _good(invitation: Invitation | None) -> Invitation:
    if invitation is None or expires_at(invitation) < clock.now() or invitation.account.closed_at:
        raise InvitationGone
    if _confirmed(invitation.email).exists():
        raise AddressElsewhere(email=invitation.email)
    return invitation


def _confirmed(email: str) -> QuerySet[User]:
    """Return who can already log in with this address; who signed up with it and never confirmed it does not count."""
    return User.objects.filter(
        Q(emailaddress__email=email, emailaddress__verified=True) | Q(email__iexact=email, awaits_confirmation=False)
    )


def _check_mails(account: Account, email: str) -> None:
    """Refuse one mail more than may leave in a day; all mails of an invitation count while its last one is less than a day old."""
    today = Invitation.objects.filter(sent_at__gt=clock.now() - A_DAY)
    if (today.filter(account=account).aggregate(n=Sum("mails"))["n"] or 0) >= MAILS_A_DAY_MAX:
        raise TooManyToday(limit=MAILS_A_DAY_MAX)
    if (today.filter(email=email).aggregate(n=Sum("mails"))["n"] or 0) >= TO_ONE_ADDRESS_A_DAY_MAX:
        raise TooManyToAddress(email=email, limit=TO_ONE_ADDRESS_A_DAY_MAX)


def _checked(email: str) -> str:
    tidy = email.strip().lower()
    try:
        validate_email(tidy)
    except ValidationError:
        raise AddressWrong(email=email.strip()) from None
    return tidy


def _send(invitation: Invitation, link: Link) -> None:
    token = secrets.token_urlsafe(32)
    invitation.token_hash, invitation.sent_at = _hash(token), clock.now()
    invitation.save()
    by = invitation.invited_by
    values = {
        "account": invitation.account,
        "by": by.shown_name if by else "",
        "role": roles.NAMES[invitation.role],
        "allowed": roles.allowed(invitation.role),
        "days": GOOD_FOR.days,
        "url": link(token),
    }
    written = mail.written("accounts/mail/invitation.txt", invitation.language, **values)
    mail.send(invitation.email, *written, language=invitation.language)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _free_login(email: str) -> str:
    """Return a log-in made of what stands before the @."""
    begin = re.sub(r"[^\w.+-]", "", email.partition("@")[0])[:100] or "user"
    taken = {name.lower() for name in User.objects.filter(username__istartswith=begin).values_list("username", flat=True)}
    number, free = 1, begin
    while free.lower() in taken:
        number += 1
        free = f"{begin}{number}"
    return free
