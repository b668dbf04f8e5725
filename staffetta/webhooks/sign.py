"""Sign calls as Standard Webhooks says (https://www.standardwebhooks.com). Pure: knows no endpoints and no network."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """Return a new secret, as the receiver's library takes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signature(secret: str, webhook_id: str, timestamp_s: int, body: bytes) -> str:
    """Return the signature of a body sent under an id at a time."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    digest = hmac.digest(key, f"{webhook_id}.{timestamp_s}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()


def headers(given: Iterable[str], webhook_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """Return the three headers: a signature for each of the secrets that are in use (two for a day after a change)."""
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(signature(secret, webhook_id, timestamp_s, body) for secret in given),
    }


def redacted(sent: dict[str, str]) -> dict[str, str]:
    """Return the headers of a call as they may be kept: without what the signature says."""
    return {name: "v1,…" if name == "webhook-signature" else value for name, value in sent.items()}
