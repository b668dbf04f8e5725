"""The door: say what a lookup costs, then take it: hold its credits and record it. One short transaction, however many numbers.

What `wanted.py` makes of typed, pasted, group's and file's numbers goes in here. Next: expand.py
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction

from staffetta.accounts.errors import AccountClosed
from staffetta.accounts.models import Account, User
from staffetta.billing import ledger
from staffetta.contacts import audience, filelist
from staffetta.lib import clock
from staffetta.lib.money import shown
from staffetta.lookup import expand, judge, limits, provided, rules, settle
from staffetta.lookup.channel import LOOKUP
from staffetta.lookup.errors import (
    LookupFileGone,
    LookupKeyUsedDifferently,
    LookupPriceChanged,
    LookupRefused,
    NothingToLookUp,
    NumberAskedTooOften,
)
from staffetta.lookup.models import LookupBatch, LookupSettings
from staffetta.lookup.wanted import LEFT_SHOWN, LeftOut, Wanted
from staffetta.messaging.wake import wake

# Up to so many numbers are looked at one by one for the cost; of more it is said what they cost at most.
EXACT_MAX = 100_000
STRETCH = 20_000
# So few are written down as they are accepted, and asked at once; more wait for `work` to write them.
AT_ONCE_MAX = 1_000


@dataclass(frozen=True)
class Quote:
    """What a lookup costs: `asks` numbers at `price_e4`; `fresh` ones are answered from kept results, free.

    `left_out` are the first of `left_count` numbers that are not asked, with the reason. Not `exact`: there are so many that
    it is the most it can cost, and what kept results answer is given back at the end.
    """

    count: int
    fresh: int
    asks: int
    price_e4: int
    cost_e4: int
    left_out: tuple[LeftOut, ...]
    left_count: int
    exact: bool = True


def quote(wanted: Wanted, reuse: bool = True) -> Quote:
    """Return what looking these numbers up costs now; `reuse`: fresh results are used again. Holds and writes nothing."""
    settings = rules.current()
    if wanted.count > EXACT_MAX:
        cost_e4 = wanted.count * settings.price_e4
        return Quote(wanted.count, 0, wanted.count, settings.price_e4, cost_e4, wanted.left_out, wanted.left_count, exact=False)
    terms = _terms(wanted.account_id, settings, reuse)
    fresh = asks = 0
    often: list[str] = []
    after: audience.Cursor | None = audience.Cursor()
    while after is not None:
        people, after = audience.read(wanted.audience, after, STRETCH, False)
        judged = judge.judge(terms, [person.number for person in people])
        fresh, asks, often = fresh + judged.fresh, asks + judged.asks, often + judged.often
    left = (*wanted.left_out, *(LeftOut(number, "too_often") for number in often))[:LEFT_SHOWN]
    return Quote(fresh + asks, fresh, asks, settings.price_e4, asks * settings.price_e4, left, wanted.left_count + len(often))


def accept(wanted: Wanted, key: str, user: User | None = None, reuse: bool = True, confirmed_e4: int | None = None) -> LookupBatch:
    """Take a lookup: hold what it costs, record it. Whoever asked may be told "accepted" only after this returns.

    A repeat with the same key returns the first one. `confirmed_e4`: what a person was shown; it may be no more now.
    Raises NotEnoughCredit, HourlyLimitReached, DailyLimitReached, NumberAskedTooOften, LookupPriceChanged,
    LookupKeyUsedDifferently, LookupFileGone, NobodyToAsk, AccountClosed.
    """
    if batch := _earlier(wanted, key):
        return batch
    quoted = quote(wanted, reuse)
    if confirmed_e4 is not None and quoted.cost_e4 > confirmed_e4:
        raise LookupPriceChanged(cost=shown(quoted.cost_e4), confirmed=shown(confirmed_e4))
    if not quoted.count:
        raise _nobody_left(wanted, quoted)
    try:
        with transaction.atomic():
            return _earlier(wanted, key, locked=True) or _record(wanted, quoted, key, user, reuse)
    except IntegrityError:
        # Two with one key at once: the second loses on the unique key and is answered with the first one's.
        if batch := _earlier(wanted, key):
            return batch
        raise


def _nobody_left(wanted: Wanted, quoted: Quote) -> LookupRefused:
    """Return why there is nobody to ask about, where there was somebody before."""
    if often := next((left.written for left in quoted.left_out if left.code == "too_often"), ""):
        limit = rules.current().number_day_max
        return NumberAskedTooOften(number=often, limit=limit, seconds=limits.number_free_in_s(often, limit))
    return LookupFileGone(name=wanted.name) if wanted.source == "file" else NothingToLookUp()


def _earlier(wanted: Wanted, key: str, locked: bool = False) -> LookupBatch | None:
    if locked:
        ledger.lock_wallets(wanted.account_id)
    batch = LookupBatch.objects.filter(account_id=wanted.account_id, key=key).first()
    if batch and (batch.source, batch.group, batch.file, tuple(batch.numbers)) != _said(wanted):
        raise LookupKeyUsedDifferently(key=key)
    return batch


def _said(wanted: Wanted) -> tuple[str, int | None, int | None, tuple[str, ...]]:
    group = next(iter(wanted.audience.groups), None)
    return wanted.source, group, wanted.audience.file, wanted.audience.numbers


def _terms(account_id: int, settings: LookupSettings, reuse: bool) -> judge.Terms:
    fresh_from = clock.now() - timedelta(days=settings.fresh_days)
    return judge.Terms(account_id, reuse and settings.reuse_free, fresh_from, provided.simulated(), settings.number_day_max)


def _record(wanted: Wanted, quoted: Quote, key: str, user: User | None, reuse: bool) -> LookupBatch:
    """Write the lookup down; the account's wallet is locked."""
    account = Account.objects.get(pk=wanted.account_id)
    if account.closed_at is not None:
        raise AccountClosed(account=account.name)
    settings = rules.current()
    limits.check(account.pk, quoted.asks, settings)
    terms = _terms(account.pk, settings, reuse)
    source, group, file, numbers = _said(wanted)
    if file is not None and not filelist.keep(file):
        raise LookupFileGone(name=wanted.name)
    batch = LookupBatch.objects.create(
        account=account,
        user=user,
        key=key,
        source=source,
        name=wanted.name,
        group=group,
        file=file,
        ceiling=wanted.audience.ceiling,
        numbers=list(numbers),
        price_e4=quoted.price_e4,
        hold=ledger.hold(account.pk, quoted.cost_e4, key=f"lookup-{key}") if quoted.cost_e4 else None,
        credits_e4=quoted.cost_e4,
        count=wanted.count,
        asks=quoted.asks,
        reuses=quoted.fresh,
        left_out=quoted.left_count,
        reasons=[{"written": left.written, "code": left.code} for left in quoted.left_out],
        reuse=terms.reuse,
        fresh_from=terms.fresh_from,
        simulated=terms.simulated,
        created_at=clock.now(),
    )
    if wanted.count <= AT_ONCE_MAX:
        expand.stretch(batch)
        if batch.expanded_at and not batch.queued and settle.settle(batch.pk):
            batch.refresh_from_db()  # kept results answer all of it: nobody is waited for
    wake(LOOKUP)
    return batch
