"""Hold, charge, release, credit, debit: the only writer of wallets, holds and entries. Never learns what was sent.

Every function runs inside the caller's transaction, so that credits move together with what they are for. What is
forbidden here is forbidden by the database too (migration 0002 and the CHECKs in models.py): docs/ledger.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from staffetta.billing.errors import AmountRefused, NotEnoughCredit
from staffetta.billing.models import Entry, Hold, Wallet
from staffetta.lib import literal, prepared
from staffetta.lib.money import shown

# Charges many small sends without holds, in their order: (accounts, amounts, keys, reason) to which of them could be paid for; an entry
# each. A function of the database (migration 0014), for messaging/singles.py charges and writes in one statement. Wallets are locked in
# the order of their accounts, so that two who charge at once never wait for each other.
CHARGE_AT_ONCE = "billing_charge_at_once"

_LOCK = "SELECT account_id, balance_e4, held_e4 FROM billing_wallet WHERE account_id = ANY(%(accounts)s::bigint[]) ORDER BY account_id FOR UPDATE"
_MOVE = """
WITH moved AS (
    UPDATE billing_wallet w SET balance_e4 = w.balance_e4 + g.amount_e4
    FROM unnest(%(wallets)s::bigint[], %(sums)s::bigint[]) AS g(account_id, amount_e4) WHERE w.account_id = g.account_id)
INSERT INTO billing_entry (account_id, kind, key, amount_e4, balance_after_e4, reason, created_at)
SELECT g.account_id, %(kind)s::text, g.key, g.amount_e4, g.balance_e4, g.reason, now()
FROM unnest(%(accounts)s::bigint[], %(keys)s::text[], %(amounts)s::bigint[], %(balances)s::bigint[], %(reasons)s::text[])
    AS g(account_id, key, amount_e4, balance_e4, reason)
"""


class HoldAlreadyResolved(Exception):
    """The hold was charged or released before: a caller's mistake, never a customer's."""


@dataclass(frozen=True)
class Books:
    """Sums that must agree for an account, in 1/10,000 of a credit."""

    account_id: int
    balance_e4: int
    entries_e4: int
    held_e4: int
    open_holds_e4: int

    @property
    def agree(self) -> bool:
        """Tell whether the wallet is what its entries and open holds say."""
        return self.balance_e4 == self.entries_e4 and self.held_e4 == self.open_holds_e4


def open_wallet(account_id: int) -> None:
    """Give the account an empty wallet; does nothing where it has one."""
    Wallet.objects.get_or_create(account_id=account_id)


def wallet(account_id: int) -> Wallet:
    """Return the account's wallet as it is now."""
    return Wallet.objects.get(account_id=account_id)


@transaction.atomic
def hold(account_id: int, amount_e4: int, key: str) -> Hold:
    """Set credit aside for a send. Raises NotEnoughCredit, and django's IntegrityError where the key was used before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_wallet SET held_e4 = held_e4 + %(amount)s WHERE account_id = %(account)s AND balance_e4 - held_e4 >= %(amount)s",
            {"account": account_id, "amount": amount_e4},
        )
        if cursor.rowcount != 1:
            available_e4 = wallet(account_id).available_e4
            raise NotEnoughCredit(needed=shown(amount_e4), available=shown(available_e4))
    return Hold.objects.create(account_id=account_id, amount_e4=amount_e4, key=key)


@transaction.atomic
def charge(hold_id: int, amount_e4: int, reason: str) -> None:
    """Resolve a hold: take `amount_e4` (0 up to what was held), give the rest back, write one entry. Raises HoldAlreadyResolved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE billing_hold SET state = CASE WHEN %(amount)s > 0 THEN 'charged' ELSE 'released' END, charged_e4 = %(amount)s,"
            " resolved_at = now() WHERE id = %(hold)s AND state = 'open' RETURNING account_id, amount_e4, key",
            {"hold": hold_id, "amount": amount_e4},
        )
        row = cursor.fetchone()
        if row is None:
            raise HoldAlreadyResolved(f"hold {hold_id}")
        account_id, held_e4, key = row
        cursor.execute(
            "UPDATE billing_wallet SET balance_e4 = balance_e4 - %s, held_e4 = held_e4 - %s WHERE account_id = %s RETURNING balance_e4",
            [amount_e4, held_e4, account_id],
        )
        (balance_e4,) = cursor.fetchone()
    if amount_e4:
        _write(account_id, "charge", key, -amount_e4, balance_e4, reason)


def release(hold_id: int) -> None:
    """Resolve a hold by giving all of it back. Raises HoldAlreadyResolved."""
    charge(hold_id, 0, "")


@transaction.atomic
def credit(account_id: int, amount_e4: int, kind: str, key: str, reason: str) -> Entry:
    """Add credits (`kind`: grant, purchase, refund, adjustment) once per key: a repeat returns the first entry. Raises AmountRefused."""
    if amount_e4 <= 0:
        raise AmountRefused(amount=shown(amount_e4))
    with connection.cursor() as cursor:
        # The wallet's row is locked first, so that of two repeats at once the second sees the first one's entry.
        cursor.execute("SELECT balance_e4 FROM billing_wallet WHERE account_id = %s FOR UPDATE", [account_id])
        (before_e4,) = cursor.fetchone()
        if earlier := Entry.objects.filter(account_id=account_id, key=key).first():
            return earlier
        cursor.execute("UPDATE billing_wallet SET balance_e4 = balance_e4 + %s WHERE account_id = %s", [amount_e4, account_id])
    return _write(account_id, kind, key, amount_e4, before_e4 + amount_e4, reason)


@transaction.atomic
def debit(account_id: int, amount_e4: int, kind: str, key: str, reason: str) -> Entry:
    """Take credits that are free (`kind`: purchase, adjustment, transfer) once per key: a repeat returns the first entry.

    Raises AmountRefused, and NotEnoughCredit where less is available.
    """
    if amount_e4 <= 0:
        raise AmountRefused(amount=shown(amount_e4))
    with connection.cursor() as cursor:
        cursor.execute("SELECT balance_e4, held_e4 FROM billing_wallet WHERE account_id = %s FOR UPDATE", [account_id])
        before_e4, held_e4 = cursor.fetchone()
        if earlier := Entry.objects.filter(account_id=account_id, key=key).first():
            return earlier
        if before_e4 - held_e4 < amount_e4:
            raise NotEnoughCredit(needed=shown(amount_e4), available=shown(before_e4 - held_e4))
        cursor.execute("UPDATE billing_wallet SET balance_e4 = balance_e4 - %s WHERE account_id = %s", [amount_e4, account_id])
    return _write(account_id, kind, key, -amount_e4, before_e4 - amount_e4, reason)


@dataclass(frozen=True)
class Movement:
    """One of many movements that are written together: credits (above zero), the key of its entry, and what it is for."""

    account_id: int
    amount_e4: int
    key: str
    reason: str


@transaction.atomic
def give_back_at_once(movements: Sequence[Movement]) -> None:
    """Give many charges back: one entry each (kind refund). A key that was used before is left out, with its amount."""
    balances = {account_id: balance_e4 for account_id, (balance_e4, _held_e4) in _locked(movements).items()}
    keys = [(movement.account_id, movement.key) for movement in movements]
    known = set(Entry.objects.filter(account_id__in=balances, key__in=[key for _account, key in keys]).values_list("account_id", "key"))
    written = []
    for movement in movements:
        if (movement.account_id, movement.key) not in known:
            balances[movement.account_id] += movement.amount_e4
            written.append((movement, movement.amount_e4, balances[movement.account_id]))
    _write_at_once("refund", written)


def _locked(movements: Sequence[Movement]) -> dict[int, tuple[int, int]]:
    """Lock the wallets of movements; return balance and held credits of each."""
    accounts = literal.numbers({movement.account_id for movement in movements})
    return {account_id: (balance_e4, held_e4) for account_id, balance_e4, held_e4 in prepared.rows(_LOCK, {"accounts": accounts})}


def _write_at_once(kind: str, written: Sequence[tuple[Movement, int, int]]) -> None:
    if not written:
        return
    sums: dict[int, int] = {}
    for movement, amount_e4, _balance_e4 in written:
        sums[movement.account_id] = sums.get(movement.account_id, 0) + amount_e4
    given = {
        "wallets": literal.numbers(sums),
        "sums": literal.numbers(sums.values()),
        "kind": kind,
        "accounts": literal.numbers([movement.account_id for movement, _, _ in written]),
        "keys": literal.texts([movement.key for movement, _, _ in written]),
        "amounts": literal.numbers([amount_e4 for _, amount_e4, _ in written]),
        "balances": literal.numbers([balance_e4 for _, _, balance_e4 in written]),
        "reasons": literal.texts([movement.reason[:200] for movement, _, _ in written]),
    }
    prepared.run(_MOVE, given)


def lock_wallets(*account_ids: int) -> None:
    """Lock several wallets until the caller's transaction ends, always in the same order, so that two movers never wait for each other."""
    list(Wallet.objects.select_for_update().filter(account_id__in=account_ids).order_by("account_id"))


def _write(account_id: int, kind: str, key: str, amount_e4: int, balance_e4: int, reason: str) -> Entry:
    return Entry.objects.create(
        account_id=account_id, kind=kind, key=key, amount_e4=amount_e4, balance_after_e4=balance_e4, reason=reason[:200]
    )


def books() -> list[Books]:
    """Return every account's sums, read in one statement so that they belong to one moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.account_id, w.balance_e4,"
            " (SELECT coalesce(sum(amount_e4), 0)::bigint FROM billing_entry e WHERE e.account_id = w.account_id), w.held_e4,"
            " (SELECT coalesce(sum(amount_e4), 0)::bigint FROM billing_hold h WHERE h.account_id = w.account_id AND h.state = 'open')"
            " FROM billing_wallet w ORDER BY w.account_id"
        )
        return [Books(*row) for row in cursor.fetchall()]
