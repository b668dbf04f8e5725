"""What the staff decide about lines that were not matched by themselves: accept, assign to an order, set aside. Each once, each in the audit log."""

from django.db import transaction
from django.db.models import QuerySet

from staffetta.accounts import audit
from staffetta.accounts.models import User
from staffetta.billing import orders
from staffetta.billing.bank import matching, settling
from staffetta.billing.bank.errors import LineDecided, LineNotAsProven, LineReasonMissing, LineTooSmall, LineWithoutOrder
from staffetta.billing.models import BankFile, BankLine, Order
from staffetta.lib import clock
from staffetta.lib.money import euro

_OPEN = frozenset({"proposed", "unmatched", "set_aside"})


@transaction.atomic
def accept(line_id: int, staff: User | None, reason: str = "") -> BankLine:
    """Take a proposed line as the money of the order that it was proposed for.

    Raises LineDecided, LineWithoutOrder, and where no reason is written: LineTooSmall where less came than is due, LineNotAsProven
    where another amount came than a receipt said.
    """
    line = _undecided(line_id)
    if line.order_id is None:
        raise LineWithoutOrder(number=line.pk)
    return _settled(line, line.order_id, staff, reason)


@transaction.atomic
def assign(line_id: int, order: Order, staff: User | None, reason: str = "") -> BankLine:
    """Take a line as the money of an order that the staff have found. Raises LineDecided, LineTooSmall, LineNotAsProven."""
    return _settled(_undecided(line_id), order.pk, staff, reason)


@transaction.atomic
def set_aside(line_id: int, staff: User | None, reason: str) -> BankLine:
    """Note that a line is no order's money; it may still be assigned later. Raises LineDecided, LineReasonMissing."""
    if not reason.strip():
        raise LineReasonMissing(number=line_id)
    line = _undecided(line_id)
    before = _told(line)
    line.state, line.order, line.decided_by, line.decided_at = "set_aside", None, staff, clock.now()
    line.save(update_fields=["state", "order", "decided_by", "decided_at"])
    audit.record(staff, "set line aside", f"bank line {line.pk}", before=before, after=_told(line), reason=reason)
    return line


def recalls() -> QuerySet[BankFile]:
    """Return the files with transfers that were called back and at which nobody has looked, the newest first."""
    return BankFile.objects.filter(notes__contains=[{"code": "reversal", "seen": False}]).defer("content")


@transaction.atomic
def recalls_seen(file_id: int, staff: User | None, reason: str) -> BankFile:
    """Take a file's recalled transfers out of the queue, with what was done about them. Raises LineReasonMissing."""
    if not reason.strip():
        raise LineReasonMissing(number=file_id)
    file = BankFile.objects.select_for_update(of=("self",)).defer("content").get(pk=file_id)
    before = {"to_look_at": [note["value"] for note in file.notes if note.get("seen") is False]}
    file.notes = [note | {"seen": True} if "seen" in note else note for note in file.notes]
    file.save(update_fields=["notes"])
    audit.record(staff, "recalls looked at", f"bank file {file.pk}", before=before, after={"to_look_at": []}, reason=reason)
    return file


def _settled(line: BankLine, order_id: int, staff: User | None, reason: str) -> BankLine:
    order = orders.locked(order_id)
    if line.amount_cents < order.payable_cents and order.state not in {"paid", "refunded"} and not reason.strip():
        raise LineTooSmall(came=euro(line.amount_cents), due=euro(order.payable_cents), order=order.pk)
    promised = matching.promised(order) if order.state == "paid" else None
    if promised and promised.amount_cents != line.amount_cents and not reason.strip():
        raise LineNotAsProven(came=euro(line.amount_cents), due=euro(promised.amount_cents), order=order.pk)
    before = _told(line)
    line = settling.settle(line, order, staff, as_promised=promised is not None)
    after = _told(line) | {"due_cents": order.payable_cents, "surplus": bool(line.payment and _is_surplus(line))}
    audit.record(staff, "accept line", f"bank line {line.pk}", account_id=order.account_id, before=before, after=after, reason=reason)
    return line


def _is_surplus(line: BankLine) -> bool:
    return BankLine.objects.filter(pk=line.pk, payment__surplus=True).exists()


def _undecided(line_id: int) -> BankLine:
    line = settling.locked(line_id)
    if line.state not in _OPEN:
        raise LineDecided(number=line_id)
    return line


def _told(line: BankLine) -> dict[str, object]:
    return {"state": line.state, "order": line.order_id, "why": line.why, "amount_cents": line.amount_cents}
