"""The calls of the REST interface as values: method, path, body. Pure: both clients send them, nothing is sent here."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

BASE = "/api/v1"


@dataclass(frozen=True)
class Call:
    """One call. `key`: the Idempotency-Key, the same at every attempt ("" where nothing is changed)."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that belong to this call alone."""
        return {"Idempotency-Key": self.key} if self.key else {}


def get(path: str, id: str = "", below: str = "", **query: Any) -> Call:
    """Return a call that reads a list, one thing by its id, or a list below it."""
    if id:
        path = f"{path}/{quote(id, safe='')}{below}"
    return Call("GET", BASE + path, None, {name: _text(value) for name, value in query.items() if value is not None})


def post(path: str, body: Mapping[str, Any], key: str = "") -> Call:
    """Return a call that changes something, with a key made up where none is given."""
    return Call(
        "POST", BASE + path, {name: _value(value) for name, value in body.items() if value is not None}, key=key or secrets.token_hex(16)
    )


def send(type: int, to: str, text: str, sender: str | None, send_at: datetime | None, key: str) -> Call:
    """Return the call that sends one message."""
    return post("/messages", {"type": type, "to": to, "text": text, "sender": sender, "send_at": send_at}, key)


def send_many(
    type: int,
    recipients: Iterable[tuple[str, str]],
    sender: str | None,
    send_at: datetime | None,
    key: str,
) -> Call:
    """Return the call that sends many messages, each (number, text)."""
    listed = [{"to": to, "text": text} for to, text in recipients]
    return post("/batches", {"type": type, "recipients": listed, "sender": sender, "send_at": send_at}, key)


def estimate(type: int, recipients: Iterable[tuple[str, str]], sender: str | None) -> Call:
    """Return the call that counts and prices messages and sends nothing."""
    listed = [{"to": to, "text": text} for to, text in recipients]
    return post("/estimate", {"type": type, "recipients": listed, "sender": sender})


def lookup(whom: Mapping[str, Any], reuse: bool, key: str) -> Call:
    """Return the call that looks numbers up: one, several, or a group's."""
    return post("/lookups", {**whom, "reuse": reuse}, key)


def following(call: Call, cursor: str) -> Call:
    """Return the call for the next page."""
    return Call(call.method, call.path, None, {**call.query, "cursor": cursor})


def _value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime) else str(value)
