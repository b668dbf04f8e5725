"""What the test bank remembers, in a small SQLite file: payments, cards, events to send. Knows no rule of paying."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS payments (id TEXT PRIMARY KEY, key TEXT UNIQUE, asked TEXT, state TEXT DEFAULT 'open', refusal TEXT DEFAULT '',
    tries INTEGER DEFAULT 0, code TEXT DEFAULT '', card TEXT DEFAULT '', refund_key TEXT DEFAULT '');
CREATE TABLE IF NOT EXISTS cards (token TEXT PRIMARY KEY, number TEXT, brand TEXT, last4 TEXT, year INTEGER, month INTEGER, kept INTEGER);
CREATE TABLE IF NOT EXISTS events (id TEXT, url TEXT, body TEXT, due REAL, tries INTEGER DEFAULT 0);
"""


class Store:
    """One file; each use has a connection of its own, so that any thread may."""

    def __init__(self, path: Path) -> None:
        """Make the tables where they are missing."""
        self._path = path
        with self.open() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.executescript(_TABLES)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Have a connection for one transaction."""
        with closing(sqlite3.connect(self._path, timeout=20)) as db:
            db.row_factory = sqlite3.Row
            with db:
                yield db

    def payment(self, payment_id: str) -> dict[str, Any] | None:
        """Return a payment with what was asked, or None."""
        with self.open() as db:
            row = db.execute("SELECT * FROM payments WHERE id = ?", [payment_id]).fetchone()
        return dict(row) | {"asked": json.loads(row["asked"])} if row else None

    def card(self, token: str) -> dict[str, Any] | None:
        """Return a card, or None."""
        with self.open() as db:
            row = db.execute("SELECT * FROM cards WHERE token = ?", [token]).fetchone()
        return dict(row) if row else None

    def add_payment(self, payment_id: str, asked: dict[str, Any]) -> tuple[str, bool]:
        """Keep a new payment; return the id of the one with this key, and whether it is new."""
        with self.open() as db:
            made = db.execute(
                "INSERT INTO payments (id, key, asked) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING",
                [payment_id, asked["key"], json.dumps(asked)],
            )
            row = db.execute("SELECT id FROM payments WHERE key = ?", [asked["key"]]).fetchone()
        return row["id"], made.rowcount == 1

    def add_card(self, token: str, number: str, brand: str, year: int, month: int, kept: bool) -> None:
        """Keep a card under its token."""
        with self.open() as db:
            db.execute("INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?)", [token, number, brand, number[-4:], year, month, kept])

    def forget_card(self, token: str) -> None:
        """Have a card charged no more."""
        with self.open() as db:
            db.execute("UPDATE cards SET kept = 0, number = '' WHERE token = ?", [token])

    def move(self, payment_id: str, origins: tuple[str, ...], state: str, **values: Any) -> bool:
        """Move a payment where it is in one of these states; return whether it was."""
        sets = "".join(f", {name} = ?" for name in values)
        marks = ", ".join("?" * len(origins))
        with self.open() as db:
            moved = db.execute(
                f"UPDATE payments SET state = ?{sets} WHERE id = ? AND state IN ({marks})", [state, *values.values(), payment_id, *origins]
            )
        return moved.rowcount == 1

    def count_try(self, payment_id: str) -> int:
        """Count a wrong code; return how many there were."""
        with self.open() as db:
            db.execute("UPDATE payments SET tries = tries + 1 WHERE id = ?", [payment_id])
            return int(db.execute("SELECT tries FROM payments WHERE id = ?", [payment_id]).fetchone()[0])

    def add_event(self, event_id: str, url: str, body: dict[str, Any], due: float) -> None:
        """Keep an event until it is delivered."""
        with self.open() as db:
            db.execute("INSERT INTO events (id, url, body, due) VALUES (?, ?, ?, ?)", [event_id, url, json.dumps(body), due])

    def due_events(self, now: float) -> list[dict[str, Any]]:
        """Return the events whose time has come."""
        with self.open() as db:
            return [dict(row) for row in db.execute("SELECT rowid, * FROM events WHERE due <= ? ORDER BY due, rowid LIMIT 20", [now])]

    def event_done(self, rowid: int) -> None:
        """Forget an event."""
        with self.open() as db:
            db.execute("DELETE FROM events WHERE rowid = ?", [rowid])

    def event_later(self, rowid: int, due: float) -> None:
        """Try an event again then."""
        with self.open() as db:
            db.execute("UPDATE events SET tries = tries + 1, due = ? WHERE rowid = ?", [due, rowid])
