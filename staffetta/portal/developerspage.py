"""What the developers' pages are filled with: the reader's host, log-in and types. Knows no single interface."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from staffetta.accounts import operator
from staffetta.accounts.models import User
from staffetta.billing import pricing
from staffetta.billing.models import SmsType
from staffetta.portal.adapter import public_address
from staffetta.portal.interfaces import examples
from staffetta.portal.interfaces.examples import Values
from staffetta.portal.interfaces.page import Page, Table


def values(request: HttpRequest, **known: Any) -> Values:
    """Return what examples are filled with for this reader; `known`: a secret that was just made."""
    user, url = request.user, public_address(request, "/").rstrip("/")
    host = operator.current().realm if not settings.MAIL_LISTEN else url.partition("://")[2].partition(":")[0]
    filled = Values(url=url, realm=operator.current().realm, mail_host=host)
    if isinstance(user, User) and user.account_id:
        filled = replace(filled, login=user.get_username())
    kinds = types()
    if kinds:
        filled = replace(filled, type=_best(kinds).api_id)
    port = settings.MAIL_LISTEN.rpartition(":")[2]
    if port:
        filled = replace(filled, mail_port=int(port))
    return replace(filled, **known)


def types() -> list[SmsType]:
    """Return the types on sale, the cheapest first."""
    return [kind for kind, _cost_e4 in pricing.on_sale()]


def priced() -> list[dict[str, Any]]:
    """Return the types on sale with what a part costs."""
    return [{"kind": kind, "cost_e4": cost_e4} for kind, cost_e4 in pricing.on_sale()]


def _best(kinds: list[SmsType]) -> SmsType:
    """Return the type that shows most: with receipts, and a sender of one's own."""
    return max(kinds, key=lambda kind: (kind.receipts, not kind.fixed_sender))


def _rows(table: Table, filled: Values) -> list[list[tuple[str, str]]]:
    """Return each row's cells, filled in, each with its head: on a telephone a row is a card."""
    return [[(str(head), filled.said(str(cell))) for head, cell in zip(table.head, row, strict=True)] for row in table.lines()]


def sections(page: Page, filled: Values) -> list[dict[str, Any]]:
    """Return the sections of a page, filled in."""
    return [
        {
            "id": f"s{place}",
            "title": section.title,
            "text": [filled.said(str(text)) for text in section.text],
            "head": section.table.head if section.table else (),
            "rows": _rows(section.table, filled) if section.table else [],
            "examples": examples.shown(section.example, filled) if section.example else [],
            "sample": section.sample,
            "after": [filled.said(str(text)) for text in section.after],
        }
        for place, section in enumerate(page.sections)
    ]
