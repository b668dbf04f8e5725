"""`staffetta lookup`: look one number up from the command line, through the same door, and wait for its answer."""

import argparse
import asyncio
import json
import threading
from uuid import uuid4

from django.db import connection
from django.utils.translation import gettext as _

from staffetta.accounts.models import Account
from staffetta.lib.money import plain
from staffetta.lookup import accept, provided, ranges, wanted
from staffetta.lookup.ask import Asker
from staffetta.lookup.errors import LookupAccountUnclear
from staffetta.lookup.models import LookupBatch, LookupResult, Provider

POLL_S = 0.1
WAIT_S_MAX = 120.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("number", help="in any usual form, for example 333 1234567 or +39 333 1234567")
    parser.add_argument("--account", help="whose credits pay for it; may be left out where there is only one")
    parser.add_argument("--anew", action="store_true", help="ask also where a fresh result is kept, which would be free")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def lookup(options: argparse.Namespace) -> int:
    """Look the number up and print what is known; the exit code is 1 where no answer came, and nothing was charged."""
    batch = accept.accept(wanted.typed(account_of(options.account), options.number), f"command-{uuid4().hex}", reuse=not options.anew)
    asyncio.run(_answered(batch))
    batch.refresh_from_db()
    result = LookupResult.objects.get(batch=batch)
    shown = facts(batch, result)
    if options.json:
        print(json.dumps(shown, ensure_ascii=False))
    else:
        print("\n".join(f"{name.replace('_', ' '):<22}{_shown(value)}" for name, value in shown.items()))
    return 0 if result.state == "answered" else 1


def account_of(name: str | None) -> Account:
    """Return the account of that name, or the only one. Raises LookupAccountUnclear."""
    found = list(Account.objects.filter(**({"name": name} if name else {})).order_by("pk")[:2])
    if len(found) != 1:
        raise LookupAccountUnclear(name=name or "")
    return found[0]


async def _answered(batch: LookupBatch) -> None:
    """Wait for the end; `work` may run or not: whoever claims the number first asks."""
    stop = threading.Event()
    row = await asyncio.to_thread(_in_use)
    asking = asyncio.create_task(Asker(row, stop, only=batch.pk).run())
    try:
        async with asyncio.timeout(WAIT_S_MAX):
            while not asking.done() and await asyncio.to_thread(_state, batch) != "settled":
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        pass
    stop.set()
    await asking


def _state(batch: LookupBatch) -> str:
    try:
        return LookupBatch.objects.values_list("state", flat=True).get(pk=batch.pk)
    finally:
        connection.close()  # of a thread that may not be used again


def _in_use() -> Provider:
    try:
        return provided.in_use()
    finally:
        connection.close()


def facts(batch: LookupBatch, result: LookupResult) -> dict[str, str | bool | None]:
    """Return what is known of one number, under the names that programs read; `operator_of_range` is free and no lookup."""
    return {
        "number": result.number,
        "state": result.state,
        "code": result.code,
        "reach": result.reach,
        "operator": result.operator,
        "original_operator": result.original_operator,
        "ported": result.ported,
        "mcc": result.mcc,
        "mnc": result.mnc,
        "operator_of_range": ranges.operator_of_range(result.number),
        "asked_at": result.asked_at.isoformat() if result.asked_at else None,
        "reused": result.reused,
        "simulated": result.simulated,
        "credits": plain(batch.charged_e4),
    }


def _shown(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value or "–"
