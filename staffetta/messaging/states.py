"""Which states batches and messages have, and which moves are allowed. Knows no tables: the SQL of each step names its own moves.

*claimed* is not written on each message: a message is claimed while a gateway holds the lease on its chunk and the
message lies at or below the chunk's mark (docs/decisions/0003). All other states are in the message's row.
"""

BATCH_MOVES: dict[str, frozenset[str]] = {
    "accepted": frozenset({"expanding", "paused", "cancelling"}),
    "expanding": frozenset({"sending", "paused", "cancelling"}),
    "sending": frozenset({"paused", "cancelling", "settling"}),
    "paused": frozenset({"accepted", "expanding", "sending", "cancelling"}),
    "cancelling": frozenset({"settling"}),
    "settling": frozenset({"settled"}),
    "settled": frozenset(),
}
BATCH_STATES = tuple(BATCH_MOVES)
RUNNING = ("accepted", "expanding", "sending")

RECEIPT_STATES = ("delivered", "undelivered", "expired", "rejected")
MESSAGE_MOVES: dict[str, frozenset[str]] = {
    # A receipt can arrive before its outcome was written: then both moves are one.
    "queued": frozenset({"submitted", "failed", "uncertain", "cancelled", "lapsed", *RECEIPT_STATES}),
    "submitted": frozenset(RECEIPT_STATES),
    "uncertain": frozenset({"submitted", "failed", "queued", *RECEIPT_STATES}),
    "delivered": frozenset(),
    "undelivered": frozenset(),
    "expired": frozenset(),
    "rejected": frozenset(),
    "failed": frozenset(),
    "cancelled": frozenset(),
    "lapsed": frozenset(),
}
MESSAGE_STATES = tuple(MESSAGE_MOVES)


def moves_into(state: str) -> tuple[str, ...]:
    """Return the message states from which `state` may be reached."""
    return tuple(origin for origin, targets in MESSAGE_MOVES.items() if state in targets)


def batch_moves_into(state: str) -> tuple[str, ...]:
    """Return the batch states from which `state` may be reached."""
    return tuple(origin for origin, targets in BATCH_MOVES.items() if state in targets)
