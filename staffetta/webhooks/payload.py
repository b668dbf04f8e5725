"""Events as programs read them, in JSON. Knows neither endpoints nor tables."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from staffetta.lib import money
from staffetta.messaging import ownkeys, settle
from staffetta.messaging.events import BATCH_SETTLED, CREDIT_LOW, LOOKUP_FINISHED, Taken
from staffetta.webhooks.kinds import TEST

BATCH = "batch"


def event(taken: Taken) -> dict[str, Any]:
    """Return one event of a message, a send, a lookup or credit. Ids are text: they have more digits than JavaScript's numbers."""
    data = {CREDIT_LOW: _of_credit, LOOKUP_FINISHED: _of_lookup}.get(taken.kind, _of_what_was_sent)(taken)
    return {"id": f"evt_{taken.id}", "type": taken.kind, "timestamp": written(taken.at), "data": data}


def _of_lookup(taken: Taken) -> dict[str, Any]:
    counts = {state: count for state, count in (taken.counts or {}).items() if count}
    told = {"id": str(taken.batch_id), "state": taken.state, "counts": counts}
    return told | {"credits": money.fixed(taken.cost_e4), "at": written(taken.at)}


def _of_credit(taken: Taken) -> dict[str, Any]:
    threshold_e4 = (taken.counts or {})["threshold_e4"]
    return {"available": money.fixed(taken.cost_e4), "threshold": money.fixed(threshold_e4), "at": written(taken.at)}


def _of_what_was_sent(taken: Taken) -> dict[str, Any]:
    data: dict[str, Any]
    if taken.kind == BATCH_SETTLED:
        counts = {state: count for state, count in (taken.counts or {}).items() if count}
        data = {"id": str(taken.batch_id), "state": taken.state, "messages": counts}
        charged_e4 = taken.cost_e4
    else:
        batch = str(taken.batch_id) if taken.batch_id else None
        data = {"id": str(taken.message_id), "batch": batch, "to": taken.number, "state": taken.state, "error": taken.error}
        charged_e4 = settle.cost_e4(taken.state, taken.cost_e4)
    return data | {
        "parts": taken.parts,
        "credits": money.fixed(charged_e4),
        "at": written(taken.at),
        "key": ownkeys.given(taken.key),
        "sandbox": taken.sandbox,
    }


def trial(endpoint_id: int, now: datetime) -> dict[str, Any]:
    """Return an event that stands for nothing."""
    return {
        "id": f"evt_test_{endpoint_id}_{int(now.timestamp() * 1000)}",
        "type": TEST,
        "timestamp": written(now),
        "data": {"webhook": str(endpoint_id)},
    }


def body(events: Sequence[dict[str, Any]], batched: bool) -> str:
    """Return the body of a call: the event itself, or `events` where the endpoint takes several in a call."""
    shown = {"type": BATCH, "events": list(events)} if batched else events[0]
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def written(at: datetime) -> str:
    """Return a time in ISO 8601, in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
