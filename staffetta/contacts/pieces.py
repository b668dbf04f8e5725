"""What an import keeps between its steps, in pieces in the database. Knows no columns and no states.

In the database and not in files: web and work may run on different machines, a backup has it all, and what was
dropped leaves nothing behind.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from staffetta.contacts.models import ImportPiece

FILE, GOOD, BAD = "file", "good", "bad"
FILE_PIECE_BYTES = 2**20


def put_file(import_id: int, chunks: Iterable[bytes]) -> int:
    """Keep an upload as it comes; return its size in bytes."""
    size = 0
    for place, chunk in enumerate(chunks):
        ImportPiece.objects.create(parent_id=import_id, kind=FILE, place=place, content=chunk)
        size += len(chunk)
    return size


def put_rows(import_id: int, kind: str, place: int, rows: list[Any]) -> None:
    """Keep some rows (lists of JSON values) as one piece."""
    content = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    ImportPiece.objects.create(parent_id=import_id, kind=kind, place=place, content=content)


def count(import_id: int, kind: str) -> int:
    """Return how many pieces there are; their places are 0, 1, 2, …"""
    return ImportPiece.objects.filter(parent_id=import_id, kind=kind).count()


def text_at(import_id: int, kind: str, place: int) -> str:
    """Return the rows of one piece as JSON: a list of lists."""
    return _content(import_id, kind, place).decode()


def read_file(import_id: int) -> Iterator[bytes]:
    """Yield the upload, a piece at a time."""
    for place in range(count(import_id, FILE)):
        yield _content(import_id, FILE, place)


def read_rows(import_id: int, kind: str) -> Iterator[Any]:
    """Yield the rows, loading a piece at a time."""
    for place in range(count(import_id, kind)):
        yield from json.loads(text_at(import_id, kind, place))


def clear(import_id: int, *kinds: str) -> None:
    """Forget the pieces of these kinds."""
    ImportPiece.objects.filter(parent_id=import_id, kind__in=kinds).delete()


def _content(import_id: int, kind: str, place: int) -> bytes:
    return bytes(ImportPiece.objects.values_list("content", flat=True).get(parent_id=import_id, kind=kind, place=place))
