"""All questions and answers in their themes: which are shown, and what their blanks are filled with."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from staffetta.accounts import operator
from staffetta.lib.money import CREDIT_E4, shown
from staffetta.portal.answers import access, contacts, credits, more, results, sending, start
from staffetta.portal.answers.answer import Answer, Words

# What the service can do by now: an answer that needs something else is not shown.
EXISTS = frozenset({"payments", "recurring", "links", "team", "api", "lookup"})
THEMES: list[tuple[str, Words, list[Answer]]] = [
    ("start", _("To begin"), start.ANSWERS),
    ("credits", _("Credits and costs"), credits.ANSWERS),
    ("sending", _("Texts and sends"), sending.ANSWERS),
    ("contacts", _("Contacts and groups"), contacts.ANSWERS),
    ("results", _("Results and archive"), results.ANSWERS),
    ("access", _("Getting in"), access.ANSWERS),
    ("more", _("And also"), more.ANSWERS),
]
ALL = {answer.slug: answer for _slug, _title, answers in THEMES for answer in answers}
LINKS: dict[str, Words] = {
    "account_signup": _("Open a free account"),
    "prices": _("What it costs"),
    "home": _("Your first page"),
    "compose": _("New send"),
    "archive": _("Archive"),
    "buy": _("Buy credits"),
    "orders": _("Orders"),
    "profile": _("Invoicing data"),
    "ask": _("Write to us"),
    "compose-senders": _("Your senders"),
    "recurring": _("Recurring sends"),
    "import": _("Import contacts"),
    "groups": _("Contacts"),
    "lookups": _("Number check"),
    "contacts": _("All contacts"),
    "login-help": _("Cannot get in?"),
    "signup-resend": _("Send the mail again"),
    "account_reset_password": _("Choose a new password"),
    "account": _("Your account"),
    "privacy": _("How data are used"),
    "developers": _("For developers"),
}


@dataclass(frozen=True)
class Shown:
    """An answer with its blanks filled in, in the language that is on."""

    slug: str
    question: str
    paragraphs: list[str]
    links: list[tuple[str, str]]


def themes() -> list[tuple[str, Words, list[Shown]]]:
    """Return the themes with the answers that are shown."""
    values = _values()
    found = [(slug, title, [_filled(each, values) for each in answers if _exists(each)]) for slug, title, answers in THEMES]
    return [theme for theme in found if theme[2]]


def find(slug: str) -> Shown | None:
    """Return one answer; None where there is none, or it is not shown."""
    answer = ALL.get(slug)
    return _filled(answer, _values()) if answer and _exists(answer) else None


def some(slugs: tuple[str, ...]) -> list[Shown]:
    """Return these answers, those that are shown."""
    return [found for slug in slugs if (found := find(slug))]


def _exists(answer: Answer) -> bool:
    return not answer.needs or answer.needs in EXISTS


def _filled(answer: Answer, values: dict[str, str]) -> Shown:
    links = [(address, str(LINKS[name])) for name in answer.links if (address := _address(name))]
    return Shown(answer.slug, str(answer.question) % values, [str(each) % values for each in answer.paragraphs], links)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:  # a page that comes with another feature
        return ""


def _values() -> dict[str, str]:
    current = operator.current()
    free_e4 = current.free_credits_e4
    free = ngettext("%(amount)s credit", "%(amount)s credits", 1 if free_e4 == CREDIT_E4 else 2) % {"amount": shown(free_e4)}
    return {"brand": current.brand, "realm": current.realm, "free": free}
