"""The rules of the test bank: what becomes of a payment. Knows no HTTP; `store.py` remembers, `events.py` tells the shop."""

import secrets
import time
from typing import Any

from staffetta.billing.payments.testbank import magic
from staffetta.billing.payments.testbank.store import Store

CODE_TRIES_MAX = 3
LATE_S = 150  # later than the shop's own look
OPEN, CHALLENGE, SUCCEEDED, REFUSED, REFUNDED = "open", "challenge", "succeeded", "refused", "refunded"


class Bank:
    """Payments are open, perhaps challenged, then succeeded or refused; a succeeded one may be refunded."""

    def __init__(self, store: Store) -> None:
        """Keep everything in this store."""
        self.store = store

    def start(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Open a payment, or return the one with this key."""
        payment_id, new = self.store.add_payment(f"tb_{secrets.token_urlsafe(15)}", asked)
        if new:
            self._tell(payment_id, "payment.created")
        return self.known(payment_id)

    def known(self, payment_id: str) -> dict[str, Any]:
        """Return a payment. Raises KeyError."""
        payment = self.store.payment(payment_id)
        if payment is None:
            raise KeyError(payment_id)
        return payment

    def pay(self, payment_id: str, number: str, year: int, month: int) -> dict[str, Any]:
        """Take a card for an open payment: it is paid, refused, or challenged."""
        card = magic.BY_NUMBER.get(number, magic.UNKNOWN)
        token = f"tbc_{secrets.token_urlsafe(12)}"
        keep = bool(self.known(payment_id)["asked"].get("save_card"))
        self.store.add_card(token, number, card.brand, year, month, keep)
        if card.challenge:
            self.store.move(payment_id, (OPEN,), CHALLENGE, card=token, code=f"{secrets.randbelow(900_000) + 100_000}")
        elif card.code or _is_past(year, month):
            self._refuse(payment_id, (OPEN,), card.code or magic.EXPIRED, card=token)
        else:
            self._succeed(payment_id, (OPEN,), card, card=token)
        return self.known(payment_id)

    def answer(self, payment_id: str, code: str) -> dict[str, Any]:
        """Take a 3-D Secure code: the right one pays, the third wrong one refuses."""
        payment = self.known(payment_id)
        if payment["state"] == CHALLENGE:
            kept = self.store.card(payment["card"])
            if secrets.compare_digest(code.encode(), payment["code"].encode()) and kept:
                self._succeed(payment_id, (CHALLENGE,), magic.BY_NUMBER[kept["number"]])
            elif self.store.count_try(payment_id) >= CODE_TRIES_MAX:
                self._refuse(payment_id, (CHALLENGE,), magic.CHALLENGE_FAILED)
        return self.known(payment_id)

    def cancel(self, payment_id: str) -> dict[str, Any]:
        """Let the customer go without paying."""
        if not self._refuse(payment_id, (CHALLENGE,), magic.CHALLENGE_FAILED):
            self._refuse(payment_id, (OPEN,), magic.CANCELLED)
        return self.known(payment_id)

    def abandon(self, payment_id: str) -> dict[str, Any]:
        """Close a payment that nobody has finished."""
        self._refuse(payment_id, (OPEN, CHALLENGE), magic.ABANDONED)
        return self.known(payment_id)

    def charge(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Charge a kept card without the customer."""
        payment = self.start(asked)
        kept = self.store.card(asked["token"])
        card = magic.BY_NUMBER.get(kept["number"], magic.UNKNOWN) if kept and kept["kept"] else magic.UNKNOWN
        code = card.code or card.later or (magic.EXPIRED if kept and _is_past(kept["year"], kept["month"]) else "")
        if code:
            self._refuse(payment["id"], (OPEN,), code, card=asked["token"])
        else:
            self._succeed(payment["id"], (OPEN,), card, card=asked["token"])
        return self.known(payment["id"])

    def refund(self, payment_id: str, key: str) -> bool:
        """Give a payment back once; a repeat with the same key says yes again."""
        if self.store.move(payment_id, (SUCCEEDED,), REFUNDED, refund_key=key):
            self._tell(payment_id, "payment.refunded")
            return True
        return bool(self.known(payment_id)["refund_key"] == key)

    def _succeed(self, payment_id: str, origins: tuple[str, ...], paying: magic.Magic, **values: Any) -> None:
        if self.store.move(payment_id, origins, SUCCEEDED, **values):
            self._tell(payment_id, "payment.succeeded", paying.events)

    def _refuse(self, payment_id: str, origins: tuple[str, ...], code: str, **values: Any) -> bool:
        moved = self.store.move(payment_id, origins, REFUSED, refusal=code, **values)
        if moved:
            self._tell(payment_id, "payment.refused")
        return moved

    def _tell(self, payment_id: str, kind: str, manner: str = "") -> None:
        """Have the shop told: once, twice, late and after what comes later, or with a dispute behind it."""
        url, now = self.known(payment_id)["asked"]["events_url"], time.time()
        kinds = {"late": ["payment.refunded", kind, "payment.created"], "dispute": [kind, "payment.disputed"]}.get(manner, [kind])
        for each in kinds:
            event_id = f"tbe_{secrets.token_urlsafe(12)}"
            body = {"id": event_id, "kind": each, "payment": payment_id, "at": int(now)}
            for _ in range(2 if manner == "twice" else 1):
                self.store.add_event(event_id, url, body, now + (LATE_S if manner == "late" else 0))


def _is_past(year: int, month: int) -> bool:
    today = time.gmtime()
    return (year, month) < (today.tm_year, today.tm_mon)
