"""Open accounts and make users. Knows nothing of credits: billing/commands.py gives them."""

from django.db import IntegrityError, transaction

from staffetta.accounts.errors import NameMissing, NameTaken
from staffetta.accounts.models import Account, User


@transaction.atomic
def open_account(name: str, login: str, password: str, email: str = "") -> tuple[Account, User]:
    """Open an account with one user. Raises NameMissing, and NameTaken where an account or a user has that name already."""
    if not name.strip() or not login.strip():
        raise NameMissing
    try:
        with transaction.atomic():
            account = Account.objects.create(name=name)
            return account, User.objects.create_user(login, email, password, account=account)
    except IntegrityError:
        raise NameTaken(name=name) from None


def make_staff(login: str, password: str) -> User:
    """Make a member of the staff, who belongs to no account. Raises NameTaken."""
    try:
        with transaction.atomic():
            return User.objects.create_superuser(login, "", password)
    except IntegrityError:
        raise NameTaken(name=login) from None
