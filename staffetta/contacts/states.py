"""The states of an import and the moves between them. One row changed is the proof that a move was ours."""

from typing import Any

from django.db.models import F

from staffetta.contacts.models import Import

# From each state, the states it may move to.
MOVES: dict[str, frozenset[str]] = {
    "waiting": frozenset({"reading", "refused", "dropped"}),
    "reading": frozenset({"ready", "refused", "dropped"}),
    "ready": frozenset({"waiting", "saving", "dropped"}),
    "refused": frozenset({"waiting", "dropped"}),
    "saving": frozenset({"saved"}),
    "saved": frozenset({"undoing"}),
    "undoing": frozenset({"undone"}),
    "undone": frozenset(),
    "dropped": frozenset(),
}
# From where a job may begin its work: also where a run of it that died has stopped.
_RUNS = {"reading": ("waiting", "reading"), "saving": ("saving",), "undoing": ("undoing",)}


class TakenOver(Exception):
    """Another run of the same job has begun, or the person dropped the import: this run must write nothing more."""


def move(import_id: int, to: str, **values: Any) -> bool:
    """Move an import to a state from any that allows it, setting `values` too; return whether it moved."""
    allowed = [state for state, moves in MOVES.items() if to in moves]
    return Import.objects.filter(pk=import_id, state__in=allowed).update(state=to, **values) == 1


def begin_run(import_id: int, state: str) -> Import | None:
    """Begin (again) the work of a state, `reading`, `saving` or `undoing`, within the caller's transaction; None where it is not to be done.

    Each run has a number: what an earlier run still tries to write is then refused by `keep`.
    """
    if not Import.objects.filter(pk=import_id, state__in=_RUNS[state]).update(state=state, run=F("run") + 1):
        return None
    return Import.objects.select_related("account").get(pk=import_id)


def keep(record: Import, **values: Any) -> None:
    """Set values while the run of `record` owns the import; the row stays locked for the caller's transaction. Raises TakenOver."""
    mine = Import.objects.filter(pk=record.pk, run=record.run, state=record.state)
    if mine.update(**values) != 1:
        raise TakenOver
