"""How often Python looks for circles of garbage. Knows nothing of what is made."""

import gc

# Messages on their way are many small tuples without circles; at the usual 700 Python looked through them all the time.
OBJECTS = 100_000


def seldom_collect() -> None:
    """Look for circles only after many more new objects than usual, and never among what was there at the start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, 20, 20)
