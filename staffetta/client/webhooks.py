"""Check that a webhook comes from the service, as Standard Webhooks says. Pure: headers and body in, the event out."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from staffetta.client.errors import SignatureWrong

TOLERANCE_S = 300


def verify(headers: Mapping[str, str], body: bytes, secret: str, *, now_s: float | None = None) -> dict[str, Any]:
    """Return the event in a webhook's body. Raises SignatureWrong where it was not signed with `secret`, or is older than five minutes.

    `body` must be the bytes as they came: a body that was read as JSON and written again has another signature.
    """
    given = {name.lower(): value for name, value in headers.items()}
    try:
        id, timestamp, signatures = (given[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as error:
        raise SignatureWrong(f"The header {error.args[0]} is missing.") from None
    if not timestamp.isdecimal() or abs((time.time() if now_s is None else now_s) - int(timestamp)) > TOLERANCE_S:
        raise SignatureWrong("The webhook is older than five minutes, or this machine's clock is wrong.")
    made = hmac.digest(_key(secret), b".".join((id.encode(), timestamp.encode(), body)), hashlib.sha256)
    wanted = "v1," + base64.b64encode(made).decode()
    if not any(hmac.compare_digest(wanted.encode(), each.encode()) for each in signatures.split(" ")):
        raise SignatureWrong("The signature is not of this secret.")
    event: dict[str, Any] = json.loads(body)
    return event


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("The secret is not one of a webhook: it begins with whsec_.") from None
