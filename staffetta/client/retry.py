"""When to try a call again and how long to wait before: after lost connections, 429 and 5xx that say so. Pure; nothing waits here."""

import random

import httpx

ATTEMPTS = 5
FIRST_S, LONGEST_S = 0.5, 30.0
# 409 is a repeat that came while the first was still under way; the others are the service, or a proxy before it, that is busy.
AGAIN = frozenset({409, 429, 502, 503, 504})
# What broke on the service's side: it says itself that another attempt is of use. A 500 that is not its own says nothing.
BROKEN = 500


def pause_s(attempt: int, response: httpx.Response | None) -> float | None:
    """Return the seconds to wait after the attempt of this number (from 1); None where another is of no use.

    `response` None: the connection was lost. What the service asks for (Retry-After) is waited for; else twice as long each time,
    and not all callers at the same moment.
    """
    if attempt >= ATTEMPTS or (response is not None and not _worth(response)):
        return None
    asked = _asked_s(response)
    if asked is not None:
        return asked if asked <= LONGEST_S else None
    longest = min(FIRST_S * 2 ** (attempt - 1), LONGEST_S)
    return float(longest * random.uniform(0.5, 1.0))


def _worth(response: httpx.Response) -> bool:
    if response.status_code not in AGAIN and response.status_code != BROKEN:
        return False
    unsaid = response.status_code != BROKEN
    try:
        told = response.json()
    except ValueError:
        return unsaid
    # What the service itself calls final does not get better by asking.
    return bool(told.get("retry", unsaid)) if isinstance(told, dict) else unsaid


def _asked_s(response: httpx.Response | None) -> float | None:
    header = response.headers.get("Retry-After", "") if response is not None else ""
    return float(header) if header.isdecimal() and header.isascii() else None
