"""How pages write credits and times, and which pages the menu has. Knows no tables."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import operator
from staffetta.lib import money
from staffetta.lib.money import CREDIT_E4, shown
from staffetta.messaging import words
from staffetta.sms.parts import Count

register = template.Library()

HOUSE_COLOUR = "#1c6a6e"
MOMENT, SECOND = "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"
_MONEY = ("buy", "orders", "order", "invoices", "statement", "cards", "credit")  # by what stands before the first hyphen
_PAGES = (
    ("home", _("Home"), pgettext_lazy("tab", "Home"), ("home",), "view"),
    ("compose", _("New send"), pgettext_lazy("tab", "Send"), ("compose", "draft", "approvals"), "send"),
    ("groups", _("Contacts"), pgettext_lazy("tab", "Contacts"), ("groups", "group", "contacts", "contact", "import"), "view"),
    ("archive", _("Archive"), pgettext_lazy("tab", "Archive"), ("archive", "send", "recipient", "recurring", "recurrence"), "view"),
    ("lookups", _("Number check"), "", ("lookups", "lookup"), "view"),
    # A telephone's bar has no room for it: there the way is over Home and More.
    ("buy", _("Credits"), "", _MONEY, "money"),
    ("keys", _("For developers"), "", ("developers", "interface", "keys", "key", "api", "mail", "webhooks", "webhook"), "api"),
)

_MONEY_PAGES = (
    ("buy", _("Price list"), "money"),
    ("orders", _("Orders"), "money"),
    ("invoices", _("Invoices"), "money"),
    ("cards", _("Cards"), "money"),
    ("statement", _("Movements"), "view"),
    ("credit-transfer", _("Other accounts"), "money"),
)


@register.filter
def credits(amount_e4: int | None) -> str:
    """Write credits of 1/10,000 as the reader's language does."""
    return "" if amount_e4 is None else shown(amount_e4)


@register.filter
def euro(amount_cents: int | None) -> str:
    """Write cents as the reader's language writes euro: "1.234,50 €"."""
    return "" if amount_cents is None else money.euro(amount_cents)


@register.filter
def euro_e4(amount_e4: int) -> str:
    """Write 1/10,000 of a euro with four decimals: "0,0725 €"."""
    return money.euro_e4(amount_e4)


@register.filter
def percent(bp: int) -> str:
    """Write hundredths of a percent: 2200 is "22 %"."""
    return f"{number_format(Decimal(bp) / 100, decimal_pos=0 if bp % 100 == 0 else 2)} %"


@register.filter
def nth(items: list[Any], at: int) -> Any:
    """Return one of a list, counted from 0."""
    return items[at]


@register.simple_tag
def in_credits(amount_e4: int) -> str:
    """Write credits with their word: "1 credit", "1.6 credits"."""
    return ngettext("%(amount)s credit", "%(amount)s credits", 1 if amount_e4 == CREDIT_E4 else 2) % {"amount": credits(amount_e4)}


@register.filter
def tenths(value: int) -> str:
    """Write thousandths as a percentage: 964 is "96,4", 1000 is "100"."""
    return number_format(Decimal(value) / 10, decimal_pos=0 if value % 10 == 0 else 1)


@register.filter
def moment(when: datetime | None) -> str:
    """Write a time to the minute, in the zone of the page: 22/11/2026 14:30."""
    return timezone.localtime(when).strftime(MOMENT) if when else ""


@register.filter
def last_day(ends: datetime) -> str:
    """Write the last whole day before a moment at which something ends: 31/12/2026."""
    return (timezone.localtime(ends) - timedelta(seconds=1)).strftime("%d/%m/%Y")


@register.filter
def day_of_week(when: datetime) -> str:
    """Write the day of the week, in the zone of the page."""
    return date_format(timezone.localtime(when), "l")


@register.filter
def second(when: datetime | None) -> str:
    """Write a time to the second, in the zone of the page."""
    return timezone.localtime(when).strftime(SECOND) if when else ""


@register.filter
def near(when: datetime | None) -> str:
    """Write a time as people say it: today 11:02, yesterday 17:30, 18/11 09:00, 18/11/2025 09:00."""
    if when is None:
        return ""
    local, today = timezone.localtime(when), timezone.localdate()
    clock = f"{local:%H:%M}"
    days = {today: gettext("today"), today - timedelta(days=1): gettext("yesterday"), today + timedelta(days=1): gettext("tomorrow")}
    if day := days.get(local.date()):
        return f"{day} {clock}"
    return f"{local:%d/%m} {clock}" if local.year == today.year else f"{local:%d/%m/%Y} {clock}"


@register.filter
def lasting(seconds: int) -> str:
    """Write how long something takes, roughly: 42 s, 7 min, 3 h."""
    if seconds < 100:
        return f"{seconds} s"
    return f"{round(seconds / 60)} min" if seconds < 5_400 else f"{round(seconds / 3600)} h"


@register.simple_tag
def counted(count: Count) -> str:
    """Write the length of a text: "163 characters · 3 parts (Unicode)"; as count.js does with `count_words`."""
    forms = count_words()
    characters, parts = forms["characters"][count.units != 1], forms["parts"][count.parts != 1]
    return f"{characters.replace('#', str(count.units))} · {parts.replace('#', str(count.parts))} ({forms[count.alphabet]})"


@register.simple_tag
def count_words() -> dict[str, Any]:
    """Return what the counter says, with # for the number: one, and many."""
    return {
        "characters": [ngettext("# character", "# characters", number) for number in (1, 2)],
        "parts": [ngettext("# part", "# parts", number) for number in (1, 2)],
        "gsm": gettext("telephone alphabet"),
        "ucs2": "Unicode",
    }


@register.simple_tag
def brand() -> str:
    """Return the name of the service."""
    return operator.current().brand


@register.simple_tag
def headline() -> str:
    """Return the operator's headline in the reader's language; empty: the house's."""
    shown: str = getattr(operator.current(), f"headline_{(get_language() or 'it')[:2]}", "")
    return shown


@register.simple_tag
def free_credits() -> str:
    """Return the credits that a new account gets, with their word; empty where there are none."""
    amount_e4 = operator.current().free_credits_e4
    return in_credits(amount_e4) if amount_e4 else ""


@register.simple_tag
def accent() -> str:
    """Return the operator's colour as a style, where it is not the house's; in the dark it is mixed with white to be read."""
    colour = operator.current().colour
    if colour == HOUSE_COLOUR:
        return ""
    return format_html(
        "<style>:root{{--accent:light-dark({0},color-mix(in srgb,{0} 38%,white));"
        "--accent-wash:light-dark(color-mix(in srgb,{0} 8%,white),color-mix(in srgb,{0} 22%,#1b2124))}}</style>",
        colour,
    )


@register.simple_tag
def state_words() -> list[words.Word]:
    """Return every state of a recipient in words, for the help."""
    return words.all_of_messages()


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pages of the menu that the reader's role may use, with the one that they are on marked."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = (match.url_name or "").partition("-")[0] if match else ""
    may = getattr(context.get("user"), "may", ())
    return [
        {"url_name": name, "label": label, "tab": tab, "here": here in group} for name, label, tab, group, needed in _PAGES if needed in may
    ]


@register.simple_tag(takes_context=True)
def money_menu(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pages about credits and money that there are for the reader, with the one that they are on marked."""
    match = getattr(context.get("request"), "resolver_match", None)
    here = (match.url_name or "").partition("-")[0].rstrip("s") if match else ""
    may = getattr(context.get("user"), "may", ())
    return [
        {"address": reverse(name), "label": label, "here": here == name.partition("-")[0].rstrip("s")}
        for name, label, needed in _MONEY_PAGES
        if needed in may
    ]
