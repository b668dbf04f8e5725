"""Open accounts and make users; take note of terms and confirmed addresses. Knows nothing of credits: billing gives them."""

from django.db import IntegrityError, transaction
from django.db.models import Q

from staffetta.accounts import operator
from staffetta.accounts.errors import NameMissing, NameTaken
from staffetta.accounts.models import Account, BillingProfile, TermsAccepted, User


@transaction.atomic
def open_account(name: str, login: str, password: str, email: str = "") -> tuple[Account, User]:
    """Open an account with one user. Raises NameMissing, and NameTaken where an account or a user has that name already."""
    if not name.strip() or not login.strip():
        raise NameMissing
    if User.objects.filter(username__iexact=login).exists():
        raise NameTaken(name=login)
    try:
        with transaction.atomic():
            account = Account.objects.create(name=name)
            return account, User.objects.create_user(login, email, password, account=account)
    except IntegrityError:
        raise NameTaken(name=name) from None


@transaction.atomic
def sign_up(kind: str, name: str, login: str, email: str, password: str, language: str) -> User:
    """Open an account whose user must confirm the e-mail before logging in, and has accepted the terms as they are now.

    Where another account has that name, a number is added. Raises NameMissing, and NameTaken where a user has that log-in.
    """
    name = " ".join(name.split())
    account, user = open_account(_free_name(name), login, password, email.lower())
    User.objects.filter(pk=user.pk).update(language=language, awaits_confirmation=True)
    user.refresh_from_db()
    BillingProfile.objects.create(account=account, kind=kind, name=name)
    TermsAccepted.objects.create(user=user, version=operator.current().terms_version, language=language)
    return user


def confirm(user: User) -> bool:
    """Take note that the user's e-mail is theirs; return False where that was known."""
    return bool(User.objects.filter(pk=user.pk, awaits_confirmation=True).update(awaits_confirmation=False))


def make_staff(login: str, password: str, role: str = "owner") -> User:
    """Make a member of the staff, who belongs to no account: the owner may do all, *accounts* what is about money. Raises NameTaken."""
    try:
        with transaction.atomic():
            return User.objects.create_user(login, "", password, is_staff=True, is_superuser=role == "owner")
    except IntegrityError:
        raise NameTaken(name=login) from None


def _free_name(name: str) -> str:
    taken = set(Account.objects.filter(Q(name=name) | Q(name__startswith=f"{name} (")).values_list("name", flat=True))
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free
