"""The password that programs of the old interfaces show: one per account, apart from those of its users. Kept as a slow hash."""

import secrets

from django.contrib.auth.hashers import check_password, make_password

from staffetta.accounts.errors import ApiPasswordIsLogin, ApiPasswordWeak
from staffetta.accounts.models import Account, User
from staffetta.lib import clock

LENGTH_MIN, LENGTH_MAX = 8, 64


def set_password(account: Account, password: str = "", user: User | None = None) -> str:
    """Set the account's API password, one made up where none is given, and return it. Raises ApiPasswordWeak, ApiPasswordIsLogin.

    Customers who come with running programs keep the one that stands in those.
    """
    password = password or secrets.token_urlsafe(15)
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX or not all("!" <= char <= "~" for char in password):
        raise ApiPasswordWeak(limit=LENGTH_MIN)
    if user is not None and user.check_password(password):
        raise ApiPasswordIsLogin
    # scrypt: a tenth of a second of PBKDF2 for each new client of a shop with many tills would be felt.
    Account.objects.filter(pk=account.pk).update(api_password=make_password(password, hasher="scrypt"), api_password_at=clock.now())
    return password


def take_away(account: Account) -> None:
    """Let no program in by password any more."""
    Account.objects.filter(pk=account.pk).update(api_password="", api_password_at=None)


def matches(password: str, encoded: str) -> bool:
    """Tell whether a password is the one of this hash. Takes some 50 ms, on purpose."""
    return bool(encoded) and check_password(password, encoded)
