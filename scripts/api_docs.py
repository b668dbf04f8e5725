"""Write docs/api/ from the pages of the portal: `.venv/bin/python scripts/api_docs.py`. A test compares the two."""

import os
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import django
from django.utils import translation

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "api"


def documents() -> Iterator[tuple[str, str]]:
    """Yield each file's name and text, in English."""
    book, markdown, examples = (import_module(f"staffetta.portal.interfaces.{name}") for name in ("book", "markdown", "examples"))
    import_module("staffetta.urls")  # so that the table of codes finds the sentences of every app
    with translation.override("en"):
        yield "README.md", markdown.contents(book.PAGES)
        for page in book.PAGES:
            yield f"{page.slug}.md", markdown.written(page, examples.Values())


def main() -> None:
    """Write all of them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "staffetta.settings")
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("STAFFETTA_HOME", home)
        django.setup()
        FOLDER.mkdir(exist_ok=True)
        for name, text in documents():
            (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
