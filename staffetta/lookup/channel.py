"""The channel on which `work` hears that there is something to look up (messaging/wake.py)."""

LOOKUP = "staffetta_lookup"
