"""Try a provider's description out with one number: nothing is charged or written down. Shows what it said, without its secrets."""

import asyncio
from typing import NamedTuple

from staffetta.lookup.models import Provider
from staffetta.lookup.providers.base import Answer, Described, Unknown
from staffetta.lookup.providers.table import KINDS

# The page waits: no provider may hold it longer.
WAIT_S_MAX = 10.0
RAW_SHOWN = 4_000


class Tried(NamedTuple):
    """What the answer means, and what the provider said word by word."""

    answer: Answer
    raw: str


def ask_once(row: Provider, number: str) -> Tried:
    """Ask about a number (E.164) as the row describes, which has no problems (provided.problems)."""
    return asyncio.run(_ask_once(row, number))


async def _ask_once(row: Provider, number: str) -> Tried:
    timeout_s = min(row.timeout_ms / 1000, WAIT_S_MAX)
    provider = KINDS[row.kind](Described(row.options, row.secrets, timeout_s), lambda _own_id, _answer: None)
    answer: Answer = Unknown()
    try:
        async with asyncio.timeout(timeout_s):
            answer = await provider.ask(number, 0)
    except TimeoutError:
        pass
    finally:
        await provider.close()
    raw = provider.raw
    for secret in sorted(filter(None, row.secrets.values()), key=len, reverse=True):
        raw = raw.replace(secret, "•••")
    return Tried(answer, raw[:RAW_SHOWN])
