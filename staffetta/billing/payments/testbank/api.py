"""What the shop asks of the test bank, as JSON, with the secret that both know."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from staffetta.billing.payments.testbank.answer import Answer, as_json, refused
from staffetta.billing.payments.testbank.bank import Bank


def answered(bank: Bank, secret: str, path: list[str], headers: Mapping[str, str], body: bytes) -> Answer:
    """Answer one request below /api/."""
    if not secrets.compare_digest(headers.get("Authorization", "").encode(), f"Bearer {secret}".encode()):
        return refused(401, "The secret is not ours.")
    asked = json.loads(body or b"{}")
    match path:
        case ["payments"]:
            return as_json(_shown(bank, bank.start(asked)))
        case ["charges"]:
            return as_json(_shown(bank, bank.charge(asked)))
        case ["payments", payment_id]:
            return as_json(_shown(bank, bank.known(payment_id)))
        case ["payments", payment_id, "abandon"]:
            return as_json(_shown(bank, bank.abandon(payment_id)))
        case ["payments", payment_id, "refund"]:
            return as_json({"refunded": bank.refund(payment_id, asked["key"])})
        case ["cards", token, "forget"]:
            bank.store.forget_card(token)
            return as_json({})
    return refused(404, "There is no such address.")


def _shown(bank: Bank, payment: dict[str, Any]) -> dict[str, Any]:
    """Return a payment as the shop may see it: nothing of a card but its token and what is printed on receipts."""
    card = bank.store.card(payment["card"]) if payment["card"] else None
    kept = card if card and card["kept"] else None
    return {
        "id": payment["id"],
        "state": payment["state"],
        "refusal": payment["refusal"],
        "amount_cents": payment["asked"]["amount_cents"],
        "order_id": payment["asked"]["order_id"],
        "account_id": payment["asked"].get("account_id", 0),
        "shop": payment["asked"].get("shop", ""),
        "card": {name: kept[name] for name in ("token", "brand", "last4", "year", "month")} if kept else None,
    }
