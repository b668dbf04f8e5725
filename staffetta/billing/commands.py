"""What the command line does to accounts and their credits."""

import argparse
import json
import secrets

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from staffetta.accounts import apikeys, apipassword, operator, team
from staffetta.accounts.models import Account, User
from staffetta.accounts.opening import open_account
from staffetta.accounts.scopes import EVERYTHING
from staffetta.billing import ledger
from staffetta.billing.errors import AccountUnknown, ReasonMissing
from staffetta.lib.money import credits_e4, plain


@transaction.atomic
def open_with_credits(name: str, login: str, password: str, amount_e4: int) -> tuple[Account, User]:
    """Open an account with a user and, where the amount is above zero, its first credits. Raises NameTaken."""
    account, user = open_account(name, login, password)
    ledger.open_wallet(account.pk)
    if amount_e4:
        with translation.override(user.language):
            reason = _("Credits at the opening of the account")
        ledger.credit(account.pk, amount_e4, "grant", "opening", reason)
    return account, user


def create(options: argparse.Namespace) -> int:
    """`staffetta account create`: the log-in is the name; a password is made up where none is given."""
    password = options.password or secrets.token_urlsafe(9)
    account, user = open_with_credits(options.name, options.name, password, credits_e4(options.credits))
    api_password = apipassword.set_password(account)
    _key, api_key = apikeys.make(account, user, "account create", EVERYTHING)
    told = {
        "account": account.name,
        "login": user.username,
        "realm": operator.current().realm,
        "password": password,
        "api_password": api_password,
        "api_key": api_key,
    }
    if options.json:
        print(json.dumps(told))
    else:
        print(f"Account {account.name} opened with {options.credits} credits. Log-in: {user.username} Password: {password}")
        print(f"For programs: API password {api_password}, key {api_key} (shown only here)")
    return 0


def add_user(options: argparse.Namespace) -> int:
    """`staffetta account user`: a password is made up where none is given. Raises AccountUnknown, NameTaken, RoleUnknown."""
    account = Account.objects.filter(name=options.account).first()
    if account is None:
        raise AccountUnknown(name=options.account)
    password = options.password or secrets.token_urlsafe(9)
    user = team.add(account, options.login, password, options.role, options.email.strip().lower())
    told = {"account": account.name, "login": user.username, "role": user.role, "realm": operator.current().realm, "password": password}
    if options.json:
        print(json.dumps(told))
    else:
        print(f"User {user.username} added to {account.name} as {user.role}. Password: {password}")
    return 0


def credit(options: argparse.Namespace) -> int:
    """`staffetta account credit`: adds credits with a reason that stands in the ledger. Raises AccountUnknown."""
    account = Account.objects.filter(name=options.name).first()
    if account is None:
        raise AccountUnknown(name=options.name)
    if not options.reason.strip():
        raise ReasonMissing
    key = f"adjustment-{secrets.token_hex(8)}"
    entry = ledger.credit(account.pk, credits_e4(options.amount), "adjustment", key, options.reason)
    print(f"Account {account.name} now has {plain(entry.balance_after_e4)} credits.")
    return 0
