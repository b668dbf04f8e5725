"""All that the compose page shows around its fields: groups, types, senders, texts, fields, times to choose. Reads only."""

import uuid
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from staffetta.accounts.models import Account
from staffetta.contacts import people
from staffetta.contacts.problems import PROBLEMS
from staffetta.messaging import compose, links, savedsenders, savedtexts, testsend
from staffetta.portal import live as lives
from staffetta.portal import pasted
from staffetta.portal.forms.compose import ComposeForm
from staffetta.portal.typecards import cards
from staffetta.sms.alphabet import BASIC, EXTENSION
from staffetta.sms.parts import GSM_JOINED, GSM_SINGLE, UCS2_JOINED, UCS2_SINGLE

_OPENS = time(9, 0)


@dataclass(frozen=True)
class Shortcut:
    """A time that people often choose, as the field wants it."""

    label: str
    value: str


def context_of(account: Account, form: ComposeForm, user_id: int | None) -> dict[str, Any]:
    """Return what the page's template needs for a form as it stands."""
    return {
        "form": form,
        "account": account,
        "groups": people.group_sizes(account),
        "chosen": {str(value) for value in form["groups"].value() or ()},
        "left": {str(value) for value in form["excluded"].value() or ()},
        "types": cards(),
        "senders": savedsenders.choices(account.pk),
        "texts": savedtexts.texts(account.pk),
        "shortcuts": shortcuts(timezone.localtime()),
        "own_number": form.data.get("own_number") or (testsend.own_number(user_id) if user_id else ""),
        "once": uuid.uuid4().hex,
        "alphabet": alphabet(),
        "live": live_of(account, form),
        "fields": fields(account, form),
        "repeat_weekdays": {int(day) for day in form.repeat["weekdays"].value() or () if str(day).isdecimal()},
        "short_link": links.sample(links.begin()),
        "problems": [problem | {"why": PROBLEMS[problem["code"]]} for problem in (form.of_file.problems if form.of_file else ())],
    }


def fields(account: Account, form: ComposeForm) -> list[str]:
    """Return the names of the fields that a text can have."""
    return ["nome", "cognome", "cellulare", *compose.free_fields(account.pk, form.of_file.pk if form.of_file else None)]


def live_of(account: Account, form: ComposeForm) -> lives.Live:
    """Return what to show of a form, without adding refusals to it that nobody asked for yet."""
    typed = ComposeForm(account, form.data if form.is_bound else form.initial)
    typed.of_file = form.of_file
    typed.is_valid()
    if form.of_file is not None:  # it has just come in with this form
        typed.of_file = form.of_file
    form.of_file = typed.of_file
    if not form.found.bad:
        form.found = typed.found if form.is_bound else pasted.Found()
    return lives.look(account, typed)


def shortcuts(now: datetime) -> list[Shortcut]:
    """Return tomorrow and the next Monday, at nine."""
    tomorrow = now.date() + timedelta(days=1)
    monday = tomorrow + timedelta(days=-tomorrow.weekday() % 7)
    found = {tomorrow: _("Tomorrow at 9:00")}
    found.setdefault(monday, _("Monday at 9:00"))
    return [Shortcut(label, f"{datetime.combine(day, _OPENS):%Y-%m-%dT%H:%M}") for day, label in found.items()]


def alphabet() -> dict[str, Any]:
    """Return the telephone's characters and the sizes of parts, for the counter in the browser (count.js)."""
    return {
        "single": BASIC.replace("\ufffe", ""),
        "double": "".join(EXTENSION.values()),
        "gsm": [GSM_SINGLE, GSM_JOINED],
        "ucs2": [UCS2_SINGLE, UCS2_JOINED],
    }
