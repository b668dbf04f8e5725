"""What the public pages ask for: their menu, who runs the service, the help of a page. Knows no tables."""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import operator
from staffetta.accounts.models import Operator
from staffetta.portal import pagehelp
from staffetta.portal.answers import book
from staffetta.portal.answers.book import Shown

register = template.Library()
_PAGES = (
    ("prices", _("What it costs"), ("prices",)),
    ("questions", _("Questions"), ("questions", "question")),
    ("developers", _("For developers"), ("developers", "interface")),
    ("ask", _("Write to us"), ("ask", "ask-sent")),
)


@register.simple_tag(takes_context=True)
def site_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pages of the public menu, with the one that the reader is on marked."""
    here = _url_name(context)
    return [{"url_name": name, "label": label, "here": here in group} for name, label, group in _PAGES]


@register.simple_tag
def operator_data() -> Operator:
    """Return who runs the service."""
    return operator.current()


@register.simple_tag(takes_context=True)
def page_help(context: dict[str, Any]) -> list[Shown]:
    """Return the answers that help on the page that is open."""
    return book.some(pagehelp.HELP.get(_url_name(context), ()))


def _url_name(context: dict[str, Any]) -> str:
    match = getattr(context.get("request"), "resolver_match", None)
    return (match.url_name or "") if match else ""
