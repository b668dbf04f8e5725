"""Proofs of payment: receipts that customers upload, or that the staff attach; the staff approve or refuse each, once.

An approved proof pays its order before the bank's statement does; `bank/settling.py` then takes the bank's line as that money.
"""

from django.db import transaction
from django.urls import reverse

from staffetta.accounts import audit, mail
from staffetta.accounts.models import Account, User
from staffetta.accounts.receivers import owners
from staffetta.billing import orders, proofkind
from staffetta.billing.models import Order, Payment, Proof
from staffetta.billing.prooferrors import (
    ProofDecided,
    ProofEmpty,
    ProofIsHeic,
    ProofOfPaidOrder,
    ProofReasonMissing,
    ProofsTooMany,
    ProofTooLarge,
    ProofUnknownKind,
)
from staffetta.lib import clock

FILE_MB_MAX = 5
WAITING_MAX = 20  # of one account, over all its orders


@transaction.atomic
def upload(order: Order, user: User | None, content: bytes, name: str, note: str = "") -> Proof:
    """Keep what a customer sent as proof. Raises a ProofRefused that says what is wrong with the file, or the order."""
    return _keep(order, user, content, name, note, by_staff=False)


@transaction.atomic
def attach(order: Order, staff: User, content: bytes, name: str, note: str = "") -> Proof:
    """Keep a proof that came by mail. Raises as upload does."""
    proof = _keep(order, staff, content, name, note, by_staff=True)
    audit.record(staff, "attach proof", f"proof {proof.pk}", account_id=order.account_id, after={"order": order.pk, "name": proof.name})
    return proof


def order_for(account: Account) -> Order | None:
    """Return the order that a proof without a number is most likely for: the account's newest unpaid one."""
    return Order.objects.filter(account=account, state__in=["waiting", "created", "failed"]).order_by("-pk").first()


@transaction.atomic
def approve(proof_id: int, staff: User | None) -> Proof:
    """Take the order as paid: its credits arrive now. Where it was paid meanwhile, only the proof is approved. Raises ProofDecided."""
    proof, order = _locked(proof_id)
    _decide(proof, "approved", staff, "")
    paid_before = order.state in {"paid", "refunded"}
    if not paid_before:
        payment = Payment.objects.create(order=order, provider="staff", reference=f"proof-{proof.pk}", amount_cents=order.payable_cents)
        orders.payment_succeeded(payment.pk)
        _tell(proof, order, "billing/mail/proof_approved.txt")
    after = {"state": "approved", "order": order.pk, "paid_before": paid_before, "amount_cents": order.payable_cents}
    audit.record(staff, "approve proof", f"proof {proof.pk}", account_id=order.account_id, before={"state": "waiting"}, after=after)
    return proof


@transaction.atomic
def refuse(proof_id: int, staff: User | None, reason: str) -> Proof:
    """Refuse a proof with a reason that the customer is told by mail; the order goes on waiting. Raises ProofDecided, ProofReasonMissing."""
    if not reason.strip():
        raise ProofReasonMissing
    proof, order = _locked(proof_id)
    _decide(proof, "refused", staff, reason.strip()[:300])
    _tell(proof, order, "billing/mail/proof_refused.txt")
    audit.record(
        staff,
        "refuse proof",
        f"proof {proof.pk}",
        account_id=order.account_id,
        before={"state": "waiting"},
        after={"state": "refused", "order": order.pk},
        reason=proof.reason,
    )
    return proof


def served(proof: Proof) -> tuple[bytes, dict[str, str]]:
    """Return a proof's bytes and the headers it must be served with: it came from outside, and nothing in it may run.

    A PDF is always downloaded: in a sandbox browsers do not show it.
    """
    shown = "attachment" if proof.kind == proofkind.PDF else "inline"
    headers = {
        "Content-Type": proof.kind,
        "Content-Disposition": f'{shown}; filename="proof-{proof.pk}.{proofkind.EXTENSIONS.get(proof.kind, "bin")}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'",
        "Cache-Control": "no-store",
    }
    return bytes(proof.content), headers


def viewed(proof: Proof) -> tuple[bytes, dict[str, str]]:
    """Return a proof as the staff look at it beside its order: a PDF goes to the browser's own viewer, which knows no script of ours."""
    content, headers = served(proof)
    if proof.kind == proofkind.PDF:
        headers["Content-Disposition"] = headers["Content-Disposition"].replace("attachment", "inline")
        headers["Content-Security-Policy"] = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    return content, headers


def _keep(order: Order, user: User | None, content: bytes, name: str, note: str, *, by_staff: bool) -> Proof:
    kind = _checked(content, name)
    order = orders.locked(order.pk)  # so that two uploads at once are counted one after the other
    if order.state in {"paid", "refunded"}:
        raise ProofOfPaidOrder(number=order.pk)
    if Proof.objects.filter(order__account=order.account_id, state="waiting").count() >= WAITING_MAX:
        raise ProofsTooMany(limit=WAITING_MAX)
    return Proof.objects.create(
        order=order, name=_tidy(name)[-120:], kind=kind, content=content, note=note.strip()[:300], user=user, by_staff=by_staff
    )


def _checked(content: bytes, name: str) -> str:
    name = _tidy(name)[-120:]
    if not content:
        raise ProofEmpty
    if len(content) > FILE_MB_MAX * 1_000_000:
        raise ProofTooLarge(name=name, limit=FILE_MB_MAX)
    kind = proofkind.of(content)
    if kind == proofkind.HEIC:
        raise ProofIsHeic(name=name)
    if not kind:
        raise ProofUnknownKind(name=name)
    return kind


def _tidy(name: str) -> str:
    return "".join(sign for sign in name if sign.isprintable()).strip() or "file"


def _locked(proof_id: int) -> tuple[Proof, Order]:
    """Return a proof and its order, the order locked until the transaction ends."""
    proof = Proof.objects.select_related("user").get(pk=proof_id)
    return proof, orders.locked(proof.order_id)


def _decide(proof: Proof, state: str, staff: User | None, reason: str) -> None:
    """Decide a proof that waits. Raises ProofDecided where somebody else was quicker."""
    values = {"state": state, "reason": reason, "decided_by": staff, "decided_at": clock.now()}
    if not Proof.objects.filter(pk=proof.pk, state="waiting").update(**values):
        raise ProofDecided(name=proof.name)
    for name, value in values.items():
        setattr(proof, name, value)


def _tell(proof: Proof, order: Order, template: str) -> None:
    """Write to who uploaded it, if they can be written to; else to the owners."""
    sender = proof.user if proof.user and not proof.by_staff and proof.user.email and proof.user.is_active else None
    for user in [sender] if sender else owners(order.account_id):
        values = {"order": order, "proof": proof, "reason": proof.reason, "url": mail.address(reverse("order", args=[order.pk]))}
        mail.send(user.email, *mail.written(template, user.language, **values), language=user.language)
