"""`staffetta lookup`: look one number up from the command line, through the same door as everybody, and wait for its answer.

`work` asks, as it does for every lookup: at the provider's rate, once.
"""

import argparse
import json
import time
from uuid import uuid4

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staffetta.accounts.models import Account
from staffetta.billing.errors import AccountUnknown
from staffetta.lib.money import plain
from staffetta.lookup import accept, control, ranges, wanted
from staffetta.lookup.errors import LookupAccountUnclear, LookupMoveRefused, NobodyAsks
from staffetta.lookup.models import LookupBatch, LookupResult

POLL_S = 0.1
# `work` begins with so small a lookup at once: by then it does not run.
BEGUN_S = 10.0
ANSWERED, NOT_ANSWERED = 0, 1

LABELS: dict[str, Promise] = {
    "number": gettext_lazy("number"),
    "state": gettext_lazy("state"),
    "code": gettext_lazy("why"),
    "reach": gettext_lazy("reach"),
    "operator": gettext_lazy("operator now"),
    "original_operator": gettext_lazy("first operator"),
    "ported": gettext_lazy("ported"),
    "mcc": "MCC",  # type: ignore[dict-item]
    "mnc": "MNC",  # type: ignore[dict-item]
    "operator_of_range": gettext_lazy("operator of the number range"),
    "asked_at": gettext_lazy("asked at"),
    "reused": gettext_lazy("kept result"),
    "simulated": gettext_lazy("invented by the simulator"),
    "price": gettext_lazy("price in credits"),
    "credits": gettext_lazy("credits charged"),
}


def lookup(options: argparse.Namespace) -> int:
    """Look the number up and print what is known; the exit code is 1 where no answer came, and then nothing was charged.

    Raises NobodyAsks, AccountUnknown, LookupAccountUnclear, and what accept refuses.
    """
    batch = accept.accept(wanted.typed(account_of(options.account), options.number), f"command-{uuid4().hex}", reuse=options.reuse)
    _wait(batch, options.wait)
    result = LookupResult.objects.get(batch=batch)
    told = facts(batch, result)
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        width = max(len(str(label)) for label in LABELS.values()) + 2
        print("\n".join(f"{LABELS[name]!s:<{width}}{_shown(value)}" for name, value in told.items()))
    return ANSWERED if result.state == "answered" else NOT_ANSWERED


def account_of(name: str | None) -> Account:
    """Return the account of that name, or the only one. Raises AccountUnknown, LookupAccountUnclear."""
    if name:
        if found := Account.objects.filter(name=name).first():
            return found
        raise AccountUnknown(name=name)
    some = list(Account.objects.order_by("pk")[:3])
    if len(some) != 1:
        raise LookupAccountUnclear(names=", ".join(f"“{each.name}”" for each in some) or "–")
    return some[0]


def _wait(batch: LookupBatch, wait_s: float) -> None:
    """Wait until it has ended, or has waited so long; take it back where nobody even begins."""
    begun = time.monotonic()
    while batch.state != "settled" and time.monotonic() - begun < wait_s:
        if time.monotonic() - begun > BEGUN_S and _untouched(batch):
            break
        time.sleep(POLL_S)
        batch.refresh_from_db()
    if batch.state != "settled" and _untouched(batch):
        _take_back(batch)


def _untouched(batch: LookupBatch) -> bool:
    return LookupResult.objects.filter(batch=batch, state="queued", attempts=0).exists()


def _take_back(batch: LookupBatch) -> None:
    try:
        control.cancel(batch)
    except LookupMoveRefused:
        return  # it was asked and has ended at this very moment
    if batch.cancelled:
        raise NobodyAsks(number=batch.name)


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
        "price": plain(batch.price_e4),
        "credits": plain(batch.charged_e4),
    }


# What programs read as it is, people read in their language.
WORDS: dict[str, Promise] = {
    "queued": gettext_lazy("waiting to be asked"),
    "asked": gettext_lazy("asked, and not answered yet"),
    "answered": gettext_lazy("answered"),
    "refused": gettext_lazy("refused: nothing charged"),
    "unknown": gettext_lazy("no answer: nothing charged"),
    "cancelled": gettext_lazy("cancelled: nothing charged"),
    "reachable": gettext_lazy("can be reached"),
    "absent": gettext_lazy("switched off or out of reach"),
    "nonexistent": gettext_lazy("does not exist"),
}


def _shown(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(WORDS.get(value or "", value or "–"))
