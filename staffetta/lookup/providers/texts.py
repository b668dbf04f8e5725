"""Read what a provider wrote: where each value stands, cleaned so that it can be kept, and when to come back. Pure."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

# What providers write where they know no operator.
_NOTHING: Final = frozenset(
    (
        "null",
        "none",
        "nil",
        "undefined",
        "unknown",
        "unknown operator",
        "unavailable",
        "not available",
        "not found",
        "n/a",
        "na",
        "?",
        "-",
        "--",
    )
)
# Neither halves of surrogate pairs nor control characters can be kept or shown.
_UNCLEAN: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def in_json(text: str, paths: Mapping[str, str]) -> dict[str, str]:
    """Return what stands at each path of an answer in JSON; nothing where it is none."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return _cleaned({name: _at(whole, path) for name, path in paths.items()})


def in_text(text: str, pattern: re.Pattern[str]) -> dict[str, str]:
    """Return what the pattern's named groups found."""
    match = pattern.search(text)
    return _cleaned({name: value or "" for name, value in match.groupdict().items()}) if match else {}


def operator(name: str) -> str:
    """Return the name of an operator; blank where it is a word for none."""
    return "" if name.casefold() in _NOTHING else name[:80]


def network_code(digits: str) -> str:
    """Return a mobile network code with the zero that it loses as a number; blank where it is none."""
    return digits.zfill(2) if digits.isascii() and digits.isdecimal() and len(digits) <= 3 else ""


def after_s(retry_after: str, now: datetime) -> float | None:
    """Return how many seconds a Retry-After asks for, be it seconds or a date; None where it is neither."""
    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())


def _cleaned(found: Mapping[str, str]) -> dict[str, str]:
    clean = {name: _UNCLEAN.sub("", value).strip() for name, value in found.items()}
    return {name: value for name, value in clean.items() if value}


def _at(whole: Any, path: str) -> str:
    """Return what stands at a path such as data.0.network; blank where nothing does."""
    for step in path.split("."):
        if isinstance(whole, dict):
            whole = whole.get(step)
        elif isinstance(whole, list) and step.isdecimal() and int(step) < len(whole):
            whole = whole[int(step)]
        else:
            return ""
    if isinstance(whole, bool):
        return str(whole).lower()
    return str(whole) if isinstance(whole, str | int) else ""
