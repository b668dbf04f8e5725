"""Credit too small: how many recipients it covers, the first ones as a draft of their own, the rest as a group. Touches no credits.

The order is the audience's own, and each recipient counts with what the text costs to that number. A draft remembers the sums at
the beginning of each stretch (compose.count), so that of a million recipients only one stretch is read again.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from staffetta.contacts import audience as audiences
from staffetta.contacts import people
from staffetta.contacts.audience import Cursor
from staffetta.contacts.import_save import put
from staffetta.contacts.models import Group
from staffetta.messaging import compose
from staffetta.messaging.errors import CutRefused, CutTooLate
from staffetta.messaging.models import Approval, Draft
from staffetta.messaging.recipients import Stretch, stretch

REST_AT_ONCE = 5_000
_RECIPIENTS, _COST = 0, 1


@dataclass(frozen=True)
class Covered:
    """So many of the first recipients, and what they cost together in 1/10,000 of a credit."""

    recipients: int
    credits_e4: int


def covered(draft: Draft, available_e4: int) -> Covered:
    """Return how many of a ready draft's recipients, from the first on, a credit pays for."""
    if available_e4 >= draft.credits_e4:
        return Covered(draft.recipients, draft.credits_e4)
    if len(draft.recipients_by_cost) == 1:
        each_e4 = draft.recipients_by_cost[0][1]
        number = max(available_e4, 0) // each_e4
        return Covered(number, number * each_e4)
    start, number, spent_e4 = _step(draft, _COST, available_e4)
    for step in _stretches(draft, start):
        for recipient in step.recipients:
            if spent_e4 + recipient.cost_e4 > available_e4:
                return Covered(number, spent_e4)
            number, spent_e4 = number + 1, spent_e4 + recipient.cost_e4
    return Covered(number, spent_e4)


def edge(draft: Draft, first: int) -> Cursor:
    """Return the place right behind a draft's first so many recipients. Raises CutRefused."""
    if not 0 <= first < draft.recipients:
        raise CutRefused(first=first, recipients=draft.recipients)
    if not first:
        return Cursor()
    start, before, _spent_e4 = _step(draft, _RECIPIENTS, first - 1)
    for step in _stretches(draft, start):
        if before + len(step.recipients) >= first:
            return audiences.where(compose.audience_of(draft), step.recipients[first - before - 1].number)
        before += len(step.recipients)
    raise CutRefused(first=first, recipients=before)


@transaction.atomic
def cut(draft: Draft, first: int) -> Draft:
    """Return a new draft of a draft's first so many recipients, counted or (where large) to be counted.

    Raises CutRefused, CutTooLate where the whole was confirmed or waits for approval, GroupGone, and what compose.count does.
    """
    if compose.state_locked(draft) != "ready" or Approval.objects.filter(draft=draft, state__in=("waiting", "approved")).exists():
        raise CutTooLate
    if first < 1:
        raise CutRefused(first=first, recipients=draft.recipients)
    compose.check_groups(draft)
    audience = audiences.cut(compose.audience_of(draft), edge(draft, first))
    small = Draft(
        account_id=draft.account_id,
        user_id=draft.user_id,
        type=draft.type,
        sender=draft.sender,
        text=draft.text,
        send_at=draft.send_at,
        valid_for=draft.valid_for,
        link_id=draft.link_id,
        whole=draft.whole or draft,
    )
    return compose.begin(small, audience)


def end_of(draft: Draft) -> Cursor:
    """Return the place at which a cut draft ends in the whole one."""
    if draft.end_contact is not None:
        return Cursor(draft.end_contact)
    return Cursor(file=draft.end_file) if draft.end_file is not None else Cursor(number=len(draft.numbers))


def rest(draft: Draft, after: Cursor, with_fields: bool = False) -> Iterator[Stretch]:
    """Yield the stretches of a draft's recipients after a place; their free fields too where asked for."""
    yield from _stretches(draft, after, with_fields)


def rest_group(draft: Draft, name: str) -> Group:
    """Make the group for the rest of a draft. Raises GroupNameMissing, GroupNameTooLong, GroupNameTaken, GroupGone."""
    compose.check_groups(draft)
    return people.create_group(draft.account, name)


def save_rest(draft: Draft, after: Cursor, group: Group) -> int:
    """Put the recipients after a place into a group, as contacts where they are not yet; return how many. Repeating it adds nobody."""
    saved = 0
    for step in rest(draft, after):
        wanted = {recipient.number for recipient in step.recipients}
        persons = [[each.number, each.name, each.surname, each.fields] for each in step.people if each.number in wanted]
        if persons:
            put(draft.account_id, group.pk, json.dumps(persons))
        saved += len(persons)
    return saved


def rest_name(draft: Draft) -> str:
    """Return a name that fits for the group of the rest, and that no group has."""
    first = Group.objects.filter(account_id=draft.account_id, pk__in=draft.groups).order_by("name").first()
    begin = _("%(name)s, the rest") % {"name": (first.name if first else _("Send"))[: people.GROUP_NAME_CHARS_MAX - 20]}
    taken = set(Group.objects.filter(account_id=draft.account_id, name__startswith=begin).values_list("name", flat=True))
    name, number = begin, 2
    while name in taken:
        name, number = f"{begin} {number}", number + 1
    return name


def _step(draft: Draft, which: int, limit: int) -> tuple[Cursor, int, int]:
    """Return the last stretch whose sum (`_RECIPIENTS` or `_COST`) is within a limit: its beginning and both sums."""
    for contact, number, file, recipients, cost_e4 in reversed(draft.steps):
        if (recipients, cost_e4)[which] <= limit:
            return Cursor(contact, number, file), recipients, cost_e4
    return Cursor(), 0, 0


def _stretches(draft: Draft, after: Cursor, with_fields: bool = False) -> Iterator[Stretch]:
    audience, terms = compose.audience_of(draft), compose.terms_of(draft)
    terms.template.wants_free = terms.template.wants_free or with_fields
    cursor: Cursor | None = after
    while cursor is not None:
        step = stretch(audience, terms, cursor, compose.STRETCH)
        yield step
        cursor = step.cursor
