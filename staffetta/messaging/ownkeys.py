"""Keys that programs give their messages, among all keys of batches: theirs have a beginning of their own, so that none meets one of ours. Pure."""

_BEGINS = "api-"


def kept(key: str) -> str:
    """Return a program's key as batches keep it ("" for none)."""
    return f"{_BEGINS}{key}" if key else ""


def given(kept_key: str) -> str | None:
    """Return the key that a program gave; None for one of ours, which is nobody's business."""
    return kept_key.removeprefix(_BEGINS) if kept_key.startswith(_BEGINS) else None
