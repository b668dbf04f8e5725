"""The users of an account: add, change the role, close and open again. An account always keeps an owner who can log in."""

from typing import NamedTuple

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from staffetta.accounts import apikeys, mailtokens, roles, sessions
from staffetta.accounts.errors import AddressElsewhere, LastOwner, NameMissing, NameTaken, NotYourself, RoleUnknown
from staffetta.accounts.models import Account, ApiKey, MailToken, User


class Closed(NamedTuple):
    """A user who was closed, and how many keys and mail addresses of theirs ended with it."""

    user: User
    keys: int
    mail_tokens: int


def members(account: Account) -> QuerySet[User]:
    """Return the account's users, the closed ones last; each says whether `two_factor` is on, and how many `keys` and `mail_tokens` they made."""
    codes = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    made = {"keys": _made(ApiKey), "mail_tokens": _made(MailToken)}
    return User.objects.filter(account=account).annotate(two_factor=Exists(codes), **made).order_by("-is_active", "pk")


def _made(kind: type[Model]) -> Coalesce:
    """Count what each user has made and nobody has revoked."""
    in_use = kind._default_manager.filter(user=OuterRef("pk"), revoked_at=None).order_by().values("user")
    return Coalesce(Subquery(in_use.annotate(n=Count("pk")).values("n")), 0)


def owners(account_id: int) -> QuerySet[User]:
    """Return the owners who can log in."""
    return User.objects.filter(account_id=account_id, role=roles.OWNER, is_active=True).order_by("pk")


@transaction.atomic
def add(account: Account, login: str, password: str, role: str, email: str = "", language: str = "it", name: str = "") -> User:
    """Make a user of an account; an e-mail that is given is known to be theirs. Raises NameMissing, NameTaken, RoleUnknown, AddressElsewhere."""
    check_role(role)
    if not login.strip():
        raise NameMissing
    if User.objects.filter(username__iexact=login).exists():
        raise NameTaken(name=login)
    try:
        with transaction.atomic():
            given = {"account": account, "role": role, "language": language, "first_name": " ".join(name.split())}
            user = User.objects.create_user(login, email, password, **given)
    except IntegrityError:
        raise NameTaken(name=login) from None
    try:
        with transaction.atomic():
            if email:
                EmailAddress.objects.create(user=user, email=email.lower(), verified=True, primary=True)
    except IntegrityError:
        raise AddressElsewhere(email=email) from None
    return user


@transaction.atomic
def change_role(account: Account, by: User, user_id: int, role: str) -> User:
    """Give a user another role. Raises RoleUnknown, NotYourself, LastOwner, User.DoesNotExist."""
    check_role(role)
    _lock(account)
    user = _other(account, by, user_id)
    if user.role == roles.OWNER and role != roles.OWNER:
        _check_another_owner(user)
    User.objects.filter(pk=user.pk).update(role=role)
    user.refresh_from_db()
    return user


@transaction.atomic
def close(account: Account, by: User, user_id: int) -> Closed:
    """Let a user in no more, log all their devices out, and end the keys and mail addresses they made: whoever leaves knows them.

    Raises NotYourself, LastOwner, User.DoesNotExist.
    """
    _lock(account)
    user = _other(account, by, user_id)
    if user.role == roles.OWNER:
        _check_another_owner(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    sessions.end_all(user)
    keys, mail_tokens = apikeys.revoke_all_of(user), mailtokens.revoke_all_of(user)
    user.refresh_from_db()
    return Closed(user, keys, mail_tokens)


@transaction.atomic
def open_again(account: Account, by: User, user_id: int) -> User:
    """Let a closed user in again, with the role they had. Raises NotYourself, User.DoesNotExist."""
    user = _other(account, by, user_id)
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.refresh_from_db()
    return user


def check_role(role: str) -> None:
    """Raise RoleUnknown for what is no role."""
    if role not in roles.MAY:
        raise RoleUnknown(role=role, known=", ".join(roles.MAY))


def _lock(account: Account) -> None:
    # Two owners who take the role from each other at once would both still see the other one: the second waits here.
    Account.objects.select_for_update().get(pk=account.pk)


def _other(account: Account, by: User, user_id: int) -> User:
    user = User.objects.get(account=account, pk=user_id)
    if user.pk == by.pk:
        raise NotYourself
    return user


def _check_another_owner(user: User) -> None:
    if not owners(user.account_id or 0).exclude(pk=user.pk).exists():
        raise LastOwner(name=user.shown_name)
