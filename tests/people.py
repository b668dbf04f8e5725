"""Three fixed test people: an owner with credit, a colleague of the same account, a stranger who must see nothing of theirs."""

from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import make_password

from staffetta.accounts.models import Account, User
from staffetta.billing import ledger
from staffetta.billing.models import SmsType
from staffetta.carriers.commands import create
from staffetta.carriers.models import Connector
from staffetta.contacts.models import Contact, Group, Membership


@dataclass
class People:
    """The owner's account and group, and who is who."""

    account: Account
    other_account: Account
    owner: User
    colleague: User
    stranger: User


PASSWORD = "segreta-1"


@cache
def _hashed() -> str:
    return make_password(PASSWORD)  # 0.4 s, once


def _user(username: str, account: Account) -> User:
    return User.objects.create(username=username, password=_hashed(), account=account)


def make_people(credits: int = 1_000) -> People:
    """Make the three people; the owner's account has so many credits."""
    account, other = Account.objects.create(name="Ferramenta Bruni"), Account.objects.create(name="Altri Srl")
    for each in (account, other):
        ledger.open_wallet(each.pk)
    if credits:
        ledger.credit(account.pk, credits * 10_000, "grant", "test", "for the tests")
    return People(
        account,
        other,
        _user("owner", account),
        _user("colleague", account),
        _user("stranger", other),
    )


def make_group(account: Account, size: int, name: str = "Clienti", first: int = 3330000001) -> Group:
    """Make a group of so many contacts with numbers that follow one another."""
    group = Group.objects.create(account=account, name=name)
    contacts = Contact.objects.bulk_create(
        [Contact(account=account, number=f"+39{first + n}", name=f"Nome{n}", surname="Rossi") for n in range(size)]
    )
    Membership.objects.bulk_create([Membership(group=group, contact=contact) for contact in contacts])
    return group


def make_connector(name: str = "sim", **fields: object) -> Connector:
    """Make a connector with a route to it for every destination."""
    return create(name, **({"host": "127.0.0.1", "port": 2775, "system_id": "test", "password": "test"} | fields))


def sms_type(name: str) -> SmsType:
    """Return a type of the price list that every service starts with."""
    return SmsType.objects.get(name=name)
