"""Key and address of the service: given, or from the environment (STAFFETTA_KEY, STAFFETTA_URL)."""

import os
from typing import Any


def options(key: str, url: str, timeout_s: float) -> dict[str, Any]:
    """Return what an httpx client begins with. Raises ValueError where key or address is nowhere."""
    key = key or os.environ.get("STAFFETTA_KEY", "").strip()
    url = url or os.environ.get("STAFFETTA_URL", "").strip()
    if not key:
        raise ValueError("The key is missing: give it, or set STAFFETTA_KEY.")
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"The address of the service is {url!r}: give for example https://sms.example.it, or set STAFFETTA_URL.")
    return {
        "base_url": url.rstrip("/"),
        "timeout": timeout_s,
        "headers": {"Authorization": f"Bearer {key}", "Accept": "application/json", "User-Agent": "staffetta-client/1"},
    }
