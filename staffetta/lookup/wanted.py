"""Which numbers somebody wants looked up: typed, pasted, a group's or a file's. Each once, in E.164; what is no mobile is left out, with why."""

from collections.abc import Iterable
from dataclasses import dataclass

from staffetta.accounts.models import Account
from staffetta.contacts import audience, people
from staffetta.contacts.audience import Audience
from staffetta.contacts.models import FileList, Group
from staffetta.lookup.errors import LookupFileGone, LookupGroupGone, NothingToLookUp, TooManyNumbers
from staffetta.sms.errors import NumberError
from staffetta.sms.number import parse

NUMBERS_MAX = 1_000_000
LEFT_SHOWN = 50
_WRITTEN_CHARS = 40


@dataclass(frozen=True)
class LeftOut:
    """What was written and why it is not looked up: a code of sms.errors (number_…), or `too_often`."""

    written: str
    code: str


@dataclass(frozen=True)
class Wanted:
    """The numbers of one lookup, frozen; `left_out` are the first of `left_count` that cannot be asked; `twice`: written again."""

    account_id: int
    source: str
    name: str
    audience: Audience
    count: int
    left_out: tuple[LeftOut, ...] = ()
    left_count: int = 0
    twice: int = 0


def typed(account: Account, written: str) -> Wanted:
    """Return a single number in any usual form. Raises people.NumberRefused."""
    number = people.number_of(account, written)
    return Wanted(account.pk, "number", number, Audience(account.pk, (), 0, (number,)), 1)


def listed(account: Account, written: Iterable[str], name: str = "") -> Wanted:
    """Return a list of numbers in any usual form, each once. Raises NothingToLookUp, TooManyNumbers."""
    good: dict[str, None] = {}
    left: list[LeftOut] = []
    left_count = read = 0
    for each in written:
        try:
            good[parse(each, account.country)] = None
            read += 1
        except NumberError as error:
            left_count += 1
            if len(left) < LEFT_SHOWN:
                left.append(LeftOut(" ".join(each.split())[:_WRITTEN_CHARS], error.code))
    once = Audience(account.pk, (), 0, tuple(good))
    return _checked(Wanted(account.pk, "pasted", name[:200], once, len(good), tuple(left), left_count, read - len(good)))


def of_group(account: Account, group: Group) -> Wanted:
    """Return the members of a group as they are now. Raises LookupGroupGone, NothingToLookUp, TooManyNumbers."""
    frozen = audience.freeze(account.pk, [group.pk], [])
    if not frozen.groups:
        raise LookupGroupGone
    return _checked(Wanted(account.pk, "group", group.name, frozen, audience.size(frozen)))


def of_file(account: Account, record: FileList) -> Wanted:
    """Return the people of a file that was read with filelist.take. Raises LookupFileGone, NothingToLookUp."""
    frozen = audience.freeze(account.pk, [], [], file=record.pk)
    if frozen.file is None:
        raise LookupFileGone(name=record.name)
    left = tuple(LeftOut(each["value"][:_WRITTEN_CHARS], each["code"]) for each in record.problems)
    return _checked(Wanted(account.pk, "file", record.name, frozen, audience.size(frozen), left, record.bad, record.merged))


def _checked(wanted: Wanted) -> Wanted:
    if not wanted.count:
        raise NothingToLookUp
    if wanted.count > NUMBERS_MAX:
        raise TooManyNumbers(count=wanted.count, limit=NUMBERS_MAX)
    return wanted
