"""Bring the translations up to date with the source: `.venv/bin/python scripts/messages.py`. Needs Babel and no gettext programs.

Every string of the package (Python and templates) gets its place in each .po; translations are kept, and strings that the source
has no more are dropped. What is left to translate is listed.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "staffetta"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def sources() -> Iterator[tuple[str, bytes]]:
    """Yield each file that has strings, as Python that Babel can read."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path.relative_to(ROOT).as_posix(), path.read_bytes()
    for path in sorted([*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("templates/**/*.txt")]):
        yield path.relative_to(ROOT).as_posix(), templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode()


def extracted() -> Catalog:
    """Return every string of the package, with the files it stands in."""
    catalog = Catalog(charset="utf-8")
    for name, content in sources():
        for line, text, comments, context in extract("python", io.BytesIO(content), keywords=KEYWORDS, options={"encoding": "utf-8"}):
            catalog.add(text, locations=[(name, line)], auto_comments=comments, context=context)
    return catalog


def catalogs() -> Iterator[Path]:
    """Yield the .po files."""
    yield from sorted(PACKAGE.glob("locale/*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """Return the catalog of a .po file."""
    with path.open("rb") as file:
        return pofile.read_po(file, locale=path.parts[-3])


def missing(catalog: Catalog, template: Catalog) -> list[Message]:
    """Return the messages of the source that the catalog does not translate, or only guesses."""
    found = []
    for message in template:
        known = catalog.get(message.id, message.context) if message.id else message
        texts = known.string if known and isinstance(known.string, (tuple, list)) else (known.string if known else "",)
        if message.id and (known is None or known.fuzzy or not all(texts)):
            found.append(message)
    return found


def main() -> int:
    """Update all .po files; return 1 where something is left to translate."""
    template, left = extracted(), 0
    for path in catalogs():
        catalog = read(path)
        template.creation_date = catalog.creation_date  # or every run would change the file
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            pofile.write_po(file, catalog, width=140, sort_output=True, include_lineno=False, omit_header=False)
        for message in missing(catalog, template):
            left += 1
            print(f"{path.relative_to(ROOT)}: {message.id!r}" + (f" ({message.context})" if message.context else ""))  # noqa: T201
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
