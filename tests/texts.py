"""Texts whose count is written down, for the server's counter and the browser's alike."""

import json
from pathlib import Path
from typing import Any

TABLE: list[dict[str, Any]] = json.loads((Path(__file__).parent / "files" / "texts.json").read_text())


def text_of(row: dict[str, Any]) -> str:
    """Return the text of a row, whose pieces are repeated."""
    return "".join(piece * times for piece, times in row["text"])
