"""Whether a link of one of our mails still works, and if not why. Shows nothing, does nothing with it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from allauth.account.forms import UserTokenForm
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.core import signing
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

CONFIRM, RESET = "account_confirm_email", "account_reset_password_from_key"


@dataclass(frozen=True)
class Verdict:
    """Good or not, a whole sentence, and the path that goes on where it is good."""

    good: bool
    text: str
    path: str = ""


def judged(pasted: str) -> Verdict:
    """Judge a pasted link."""
    path = urlsplit("".join(pasted.split())).path
    try:
        match = resolve(path)
    except Resolver404:
        match = None
    if match and match.url_name == CONFIRM:
        return _confirmation(str(match.kwargs["key"]), path)
    if match and match.url_name == RESET:
        return _reset(match.kwargs, path)
    return Verdict(False, _("This is not a link of one of our mails, or a piece of it is missing: copy it whole, from http to the end."))


def _confirmation(key: str, path: str) -> Verdict:
    if EmailConfirmationHMAC.from_key(key):
        return Verdict(True, _("This link is good: open it to confirm your e-mail."), path)
    try:
        number = signing.loads(key, salt="account")
    except signing.BadSignature:
        return Verdict(False, _("A piece of this link is missing or changed: copy it whole from the mail, or have it sent again."))
    if EmailAddress.objects.filter(pk=number, verified=True).exists():
        return Verdict(True, _("This address is confirmed already: you can log in."), "/login/")
    days = settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS
    return Verdict(False, _("This link is older than %(days)s days and has expired: have it sent again.") % {"days": days})


def _reset(values: dict[str, str], path: str) -> Verdict:
    if UserTokenForm(data=values).is_valid():
        return Verdict(True, _("This link is good: open it to write a new password."), path)
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    return Verdict(
        False,
        _("This link was used already, or is older than %(hours)s hours, or you have logged in since: ask for a new one.")
        % {"hours": hours},
    )
