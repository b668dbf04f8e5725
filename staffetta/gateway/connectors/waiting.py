"""Submits that wait for their answer, and what the answers of its parts make of a message. Knows no connection."""

from dataclasses import dataclass
from typing import Any

from staffetta.gateway.ports import Answer, Run
from staffetta.smpp.constants import Status


@dataclass(eq=False)
class Long:
    """A message of several parts on its way: answered when all of them are."""

    run: Run
    message: Any
    carrier_ids: list[str]
    unanswered: int
    state: str = "submitted"
    error: str | None = None
    overdue: bool = False


# A submit that waits for its answer: of a whole message, or of one part (by its place) of a long one.
Waiting = tuple[Run, Any] | tuple[Long, int, None]


def resolved(waiting: Waiting, state: str, now: float, message_id: str, error: str | None) -> list[Answer]:
    """Return the answer of the message that a submit belongs to; nothing while other parts of it wait."""
    if len(waiting) == 2:
        run, message = waiting
        return [Answer(run, message, state, now, (message_id,) if state == "submitted" else (), error)]
    long, part, _ = waiting
    if state == "uncertain":
        # Told once; the answers that come after all still count, and are told together as late.
        if long.overdue:
            return []
        long.overdue = True
        return [Answer(long.run, long.message, state, now, tuple(long.carrier_ids) if any(long.carrier_ids) else (), error)]
    long.unanswered -= 1
    long.carrier_ids[part] = message_id
    if state != "submitted":
        long.state, long.error = state, error
    if long.unanswered:
        return []
    some_taken = any(long.carrier_ids)
    # Trying again would send the parts twice that were taken.
    final = "failed" if long.state == "again" and some_taken else long.state
    return [Answer(long.run, long.message, final, now, tuple(long.carrier_ids) if some_taken else (), long.error, long.overdue)]


def status_name(status: int) -> str:
    try:
        return Status(status).name
    except ValueError:
        return f"0x{status:02X}"
