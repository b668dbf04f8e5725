"""Which states lookups have, and which moves are allowed. Knows no tables: the SQL of each step names its own moves."""

BATCH_MOVES: dict[str, frozenset[str]] = {
    "accepted": frozenset({"running", "paused", "cancelling"}),
    "running": frozenset({"paused", "cancelling", "settling"}),
    # Ended while it was paused: the last question was in flight then.
    "paused": frozenset({"accepted", "running", "cancelling", "settling"}),
    "cancelling": frozenset({"settling"}),
    "settling": frozenset({"settled"}),
    "settled": frozenset(),
}
BATCH_STATES = tuple(BATCH_MOVES)

RESULT_MOVES: dict[str, frozenset[str]] = {
    "queued": frozenset({"asked", "cancelled"}),
    # Back to the queue: the provider said "not now".
    "asked": frozenset({"answered", "refused", "unknown", "queued"}),
    # An answer that comes late.
    "unknown": frozenset({"answered", "refused"}),
    "answered": frozenset(),
    "refused": frozenset(),
    "cancelled": frozenset(),
}
RESULT_STATES = tuple(RESULT_MOVES)

REACHABLE, ABSENT, NONEXISTENT = "reachable", "absent", "nonexistent"
REACHES = (REACHABLE, ABSENT, NONEXISTENT)

SOURCES = ("number", "pasted", "group", "file")
# Whose numbers the asker has not written: they are the account's contacts.
OF_CONTACTS = ("group", "file")


def batch_moves_into(state: str) -> tuple[str, ...]:
    """Return the batch states from which `state` may be reached."""
    return tuple(origin for origin, targets in BATCH_MOVES.items() if state in targets)


def moves_into(state: str) -> tuple[str, ...]:
    """Return the states of a result from which `state` may be reached."""
    return tuple(origin for origin, targets in RESULT_MOVES.items() if state in targets)
