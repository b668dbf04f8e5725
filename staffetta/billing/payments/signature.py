"""Signatures of events, as Stripe makes them too: HMAC-SHA256 over "time.body". Knows not what the events say."""

import hashlib
import hmac
import time

from staffetta.billing.payments.base import Forged

TOLERANCE_S = 300


def signed(secret: str, body: bytes, at: int | None = None) -> str:
    """Return the header "t=…,v1=…" for a body."""
    moment = int(time.time()) if at is None else at
    return f"t={moment},v1={_digest(secret, body, moment)}"


def check(secret: str, body: bytes, header: str, now: float | None = None) -> None:
    """Do nothing where the header is right for this body and fresh. Raises Forged."""
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    if not parts.get("t", "").isdecimal() or not parts["t"].isascii():
        raise Forged("the signature names no time")
    moment = int(parts["t"])
    if not hmac.compare_digest(_digest(secret, body, moment).encode(), parts.get("v1", "").encode()):
        raise Forged("the signature does not fit the body")
    if abs((time.time() if now is None else now) - moment) > TOLERANCE_S:
        raise Forged("the signature is too old")


def _digest(secret: str, body: bytes, moment: int) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
