"""A page of documentation as Markdown, for docs/api/. Knows nothing of the portal's pages."""

from collections.abc import Iterator

from staffetta.portal.interfaces import examples
from staffetta.portal.interfaces.examples import Values
from staffetta.portal.interfaces.page import Page, Section, Table

_FENCES = {"curl": "sh", "shell": "sh", "client": "python"}
_NOTE = "<!-- Written by scripts/api_docs.py from staffetta/portal/interfaces/. -->"


def written(page: Page, values: Values) -> str:
    """Return a page."""
    lines = [f"# {page.title}", "", _NOTE, "", values.said(str(page.about)), ""]
    for section in page.sections:
        lines += _section(section, values)
    return "\n".join(lines).rstrip() + "\n"


def contents(pages: tuple[Page, ...]) -> str:
    """Return the list of all pages."""
    lines = ["# The interfaces for programs", "", _NOTE, ""]
    lines += [f"- [{page.title}]({page.slug}.md): {page.about}" for page in pages]
    lines += ["", "The portal shows the same pages under /developers/, with the reader's own host, log-in and types of SMS filled in."]
    return "\n".join(lines) + "\n"


def _section(section: Section, values: Values) -> Iterator[str]:
    yield from (f"## {section.title}", "")
    for text in section.text:
        yield from (values.said(str(text)), "")
    if section.table:
        yield from (*_table(section.table, values), "")
    if section.sample:
        yield from ("```http", section.sample, "```", "")
    if section.example:
        for each in examples.shown(section.example, values):
            yield from (f"{each.label}:", "", f"```{_FENCES.get(each.language, each.language)}", each.code, "```", "")
    for text in section.after:
        yield from (values.said(str(text)), "")


def _table(table: Table, values: Values) -> Iterator[str]:
    yield "| " + " | ".join(map(str, table.head)) + " |"
    yield "| " + " | ".join("---" for _cell in table.head) + " |"
    for row in table.lines():
        yield "| " + " | ".join(values.said(str(cell)) for cell in row) + " |"
