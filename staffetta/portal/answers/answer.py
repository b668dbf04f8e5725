"""A question with its answer, as the public pages and the help of each page show it. Knows no page."""

from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class Answer:
    """`covers`: the numbered promise that it tells of; `needs`: the feature without which it is not shown; `links`: names of pages."""

    slug: str
    question: Words
    paragraphs: list[Words]
    covers: str = ""
    needs: str = ""
    links: tuple[str, ...] = ()
