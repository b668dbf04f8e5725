"""Take in a statement that the staff upload: keep its lines once, and match each with the order that it pays.

The same file again, or one that overlaps it, adds nothing. Lines are matched one by one, each in its own transaction: what was
interrupted goes on by a job, or when the file is uploaded once more.
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from staffetta.accounts import audit
from staffetta.accounts.models import User
from staffetta.billing import orders, reasoncode, salessettings
from staffetta.billing.bank import camt, matching, payername, settling, table
from staffetta.billing.bank.errors import StatementOfOtherAccount, StatementTooLarge
from staffetta.billing.bank.movement import Movement, Note, Statement, keyed
from staffetta.billing.models import BankFile, BankLine, StatementMapping
from staffetta.billing.slip import codeline
from staffetta.lib import clock

FILE_MB_MAX = 20
PREVIEW_LINES = 20
CUT_SHORT_AFTER = timedelta(minutes=5)
_CHUNK = 1_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Done:
    """What became of a file: how many lines are new, were known, and how the file's lines were judged; and what else was in it."""

    file: BankFile
    new: int
    known: int
    states: dict[str, int]
    notes: list[Note]


def preview(content: bytes, name: str, mapping: StatementMapping) -> Statement:
    """Return how a file's first lines are read by a mapping that need not be kept yet. Raises StatementRefused."""
    _check_size(content, name)
    return table.read(content, name, mapping, PREVIEW_LINES)


def read(
    content: bytes, name: str, source: str, mapping: StatementMapping | None, staff: User | None, *, other_account: bool = False
) -> Done:
    """Take in a statement of the "bank" or the "post": CAMT.053 where no mapping is given. Raises StatementRefused.

    `other_account`: it may be that of another IBAN than the one in the settings.
    """
    statement = _parsed(content, name, mapping, other_account=other_account)
    file, new = _kept(content, name, source, mapping, staff, statement)
    match(file)
    states = Counter(file.lines.values_list("state", flat=True))
    known = len(statement.movements) - new
    audit.record(
        staff, "read statement", f"bank file {file.pk}", after={"name": file.name, "new": new, "known": known, "states": dict(states)}
    )
    return Done(file, new, known, dict(states), statement.notes)


def notes(file: BankFile) -> list[Note]:
    """Return what a kept file holds beside its lines."""
    return [Note(each["code"], each["place"], each["value"]) for each in file.notes]


def match(file: BankFile) -> None:
    """Match the lines of a file that nobody and nothing has decided about; at last, note that this was done."""
    lines = list(file.lines.filter(state="unmatched", decided_at=None, order=None, why=""))
    orders_known = matching.known(lines)
    judged = [(line, matching.verdict(line, orders_known)) for line in lines]
    for line, verdict in judged:
        if verdict.state == "matched" and verdict.order_id:
            _pay(line.pk, verdict.order_id)
    _propose([(line, verdict) for line, verdict in judged if verdict.state != "matched" and verdict.why])
    BankFile.objects.filter(pk=file.pk).update(matched_at=clock.now())


def go_on() -> int:
    """Match the files whose matching was cut short, as by a machine that went off; return how many."""
    done = 0
    for file in BankFile.objects.filter(matched_at=None, created_at__lt=clock.now() - CUT_SHORT_AFTER).defer("content"):
        try:
            match(file)
        except Exception:  # each of its lines is a transaction of its own; the other files must not wait for it
            _log.exception("bank file %s could not be matched", file.pk)
        else:
            done += 1
    return done


@transaction.atomic
def _pay(line_id: int, order_id: int) -> None:
    """Have a line pay its order, if both are still as they were judged: others may have come first."""
    line = settling.locked(line_id)
    if line.state != "unmatched":
        return
    order = orders.locked(order_id)
    verdict = matching.judged(line, order)
    if verdict.state == "matched":
        settling.settle(line, order, None)
    else:
        BankLine.objects.filter(pk=line.pk).update(state=verdict.state, order=order, why=verdict.why)


def _propose(judged: Iterable[tuple[BankLine, matching.Verdict]]) -> None:
    for line, verdict in judged:
        # Still as it was judged: the staff may have been quicker.
        fresh = BankLine.objects.filter(pk=line.pk, state="unmatched", decided_at=None)
        fresh.update(state=verdict.state, order_id=verdict.order_id, why=verdict.why)


def _parsed(content: bytes, name: str, mapping: StatementMapping | None, *, other_account: bool = False) -> Statement:
    _check_size(content, name)
    if mapping is not None:
        return table.read(content, name, mapping)
    statement = camt.read(content, name)
    own = salessettings.current().iban
    if own and (theirs := ", ".join(iban for iban in statement.ibans if iban != own)):
        if not other_account:
            raise StatementOfOtherAccount(name=name, theirs=theirs, own=own)
        statement.notes.append(Note("other_account", 0, theirs))
    return statement


def _check_size(content: bytes, name: str) -> None:
    if len(content) > FILE_MB_MAX * 1_000_000:
        raise StatementTooLarge(name=name, size=-(-len(content) // 1_000_000), limit=FILE_MB_MAX)


@transaction.atomic
def _kept(
    content: bytes, name: str, source: str, mapping: StatementMapping | None, staff: User | None, statement: Statement
) -> tuple[BankFile, int]:
    """Keep a file and those of its lines that are new; of two uploads at once the second waits, and finds the first's."""
    file, _made = BankFile.objects.get_or_create(
        digest=hashlib.sha256(content).hexdigest(),
        defaults={
            "source": source,
            "kind": mapping.kind if mapping else "camt053",
            "mapping": mapping,
            "name": name[:200],
            "content": content,
            "user": staff,
            "notes": _told(statement.notes),
        },
    )
    lines = {key: _line(file, key, movement) for key, movement in keyed(statement.movements)}
    known = set(BankLine.objects.filter(source=file.source, key__in=lines).values_list("key", flat=True))
    # In one order: two files that overlap wait for each other's lines and not across.
    fresh = [lines[key] for key in sorted(set(lines) - known)]
    BankLine.objects.bulk_create(fresh, batch_size=_CHUNK, ignore_conflicts=True)
    kept = BankLine.objects.filter(file=file, source=file.source, key__in=[line.key for line in fresh]).count()
    return file, kept


def _told(found: list[Note]) -> list[dict[str, Any]]:
    """Return notes as a file keeps them: money that went out as one count, recalls to be looked at, but those that another file told."""
    told = [{"code": note.code, "place": note.place, "value": note.value[:300]} for note in found if note.code != "debit"]
    for note in told:
        if note["code"] == "reversal":
            alike = [{"code": "reversal", "value": note["value"]}]
            note["seen"] = BankFile.objects.filter(notes__contains=alike).exists()
    if money_out := sum(note.code == "debit" for note in found):
        told.append({"code": "debits", "place": 0, "value": str(money_out)})
    return told


def _line(file: BankFile, key: str, movement: Movement) -> BankLine:
    return BankLine(
        file=file,
        source=file.source,
        key=key,
        booked_on=movement.booked_on,
        amount_cents=movement.amount_cents,
        payer=payername.shown(movement.payer, movement.iban),
        reason=_reason(movement)[:500],
    )


def _reason(movement: Movement) -> str:
    """Return the reason; before it the order's code where a field of its own names the order, as slips of type 896 do."""
    for reference in movement.references:
        order_id = codeline.order_of(reference)
        if order_id and order_id < 10**8:
            return f"{reasoncode.shown(order_id)} {reference} {movement.reason}".strip()
    return movement.reason
