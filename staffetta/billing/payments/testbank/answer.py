"""What the test bank answers to a request. Knows no rule."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """Status, body, and headers beside those that every answer has."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: dict[str, Any], status: int = 200) -> Answer:
    """Return an answer for the shop."""
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


def redirect(url: str) -> Answer:
    """Send the browser on."""
    return Answer(303, headers={"Location": url})


def refused(status: int, why: str) -> Answer:
    """Return a refusal in plain words."""
    return Answer(status, why.encode(), {"Content-Type": "text/plain; charset=utf-8"})
