"""Step 1: look at what someone wants to send, and count parts and cost of every recipient before anybody confirms.

Writes only the draft; touches no credits. A draft too large to count at once is counted by a job of `work` (jobs.py).

Next: accept.py
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from staffetta.billing import pricing
from staffetta.billing.errors import NoPrice
from staffetta.billing.models import SmsType
from staffetta.carriers import routing
from staffetta.contacts import audience as audiences
from staffetta.contacts.audience import Audience, Cursor
from staffetta.contacts.models import Field, FileList, Group
from staffetta.lib import clock
from staffetta.messaging import links
from staffetta.messaging.errors import (
    EmptyText,
    GroupGone,
    LinkMissing,
    LinkRefused,
    LinkUnused,
    NobodyToSendTo,
    NoRoute,
    SenderRefused,
    TextTooLong,
    TimeHasPassed,
    TooFarAhead,
    TooLateToSend,
    UnknownField,
)
from staffetta.messaging.merge import LINK, Template
from staffetta.messaging.models import Batch, Draft, Link
from staffetta.messaging.recipients import Terms, stretch
from staffetta.sms import sender as senders
from staffetta.sms.errors import SenderError

COUNT_AT_ONCE = 5_000
_COUNTED = (
    "state", "counted", "recipients", "parts", "parts_by_prefix", "recipients_by_parts", "recipients_by_cost", "left_out", "blank", "steps",
    "credits_e4",
)  # fmt: skip
STRETCH = 5_000
VALID_FOR = timedelta(hours=48)
AHEAD_MAX = timedelta(days=366)
LATE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class SendRequest:
    """What someone wants to send. `numbers` are E.164; `send_at` None means now; `valid_for` counts from that time.

    Who is in a group of `excluded` gets nothing, however chosen. `file` is a list of contacts/filelist.py. `test`: to oneself.
    `link` is where the short address leads that {link} in the text stands for.
    """

    account_id: int
    type: SmsType
    text: str
    sender: str = ""
    groups: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    user_id: int | None = None
    send_at: datetime | None = None
    valid_for: timedelta = VALID_FOR
    excluded: tuple[int, ...] = ()
    file: int | None = None
    test: bool = False
    link: str = ""


def sender_problem(error: SenderError) -> str:
    """Return in a sentence why a sender cannot be used."""
    return {
        "sender_empty": _("it is empty: write up to 11 letters and digits, or a number with its prefix."),
        "sender_edge_space": _("it begins or ends with a space: remove it."),
        "sender_too_long": _("a name has at most 11 characters, a number at most 15 digits: shorten it."),
        "sender_too_short": _("it has too few digits to be a number: write it with its prefix, for example +39 333 1234567."),
        "sender_characters": _("it has characters that telephones do not show: use letters without accents and digits."),
        "sender_no_letter": _("it is neither a name nor a number: use at least one letter, or only digits."),
        "sender_looks_like_number": _(
            "it looks like a telephone number: write it with its prefix, for example +39 333 1234567, or use a name."
        ),
    }[error.code]


def chosen_sender(sms_type: SmsType, sender: str) -> str:
    """Return the sender a message of this type goes out with. Raises SenderRefused."""
    if sms_type.fixed_sender:
        return sms_type.fixed_sender
    try:
        return senders.check(sender).value
    except SenderError as error:
        raise SenderRefused(sender=sender, why=sender_problem(error)) from None


def free_fields(account_id: int, file: int | None = None) -> list[str]:
    """Return the names of the account's own fields, and of those of a file, as texts may use them."""
    names = list(Field.objects.filter(account_id=account_id).order_by("name").values_list("name", flat=True))
    of_file = FileList.objects.filter(account_id=account_id, pk=file).first() if file else None
    return [*names, *(name for name in (of_file.fields if of_file else ()) if name not in names)]


def template(account_id: int, text: str, file: int | None = None, link: str = "") -> Template:
    """Return the text made ready; `link` stands for {link}. Raises EmptyText, UnknownField, LinkMissing and BraceAlone."""
    if not text.strip():
        raise EmptyText
    try:
        return Template(text, free_fields(account_id, file) if "{" in text else (), link)
    except UnknownField as refusal:
        if refusal.values["field"].casefold() == LINK:
            raise LinkMissing from None
        raise


def check_link(made: Template, target: str) -> str:
    """Return the target of a text's short link, tidied; "" for none. Raises LinkRefused, and LinkUnused where the text has no {link}."""
    if not target.strip():
        return ""
    tidy = links.target(target)
    if not made.has_link:
        raise LinkUnused
    if links.begin().startswith("http://127.0.0.1") and routing.carriers_elsewhere():
        raise LinkRefused(value=tidy, why=_("the service has no public address yet, so nobody could open it: tell the staff to set one."))
    return tidy


def sample_link(target: str) -> str:
    """Return what stands for {link} in a text while it is written: "" where no target is."""
    return links.sample(links.begin()) if target.strip() else ""


def check_time(send_at: datetime | None) -> None:
    """Raise TooLateToSend for a time that has passed, TooFarAhead for one beyond a year."""
    now = clock.now()
    if send_at and send_at < now - LATE_AFTER:
        raise TooLateToSend(time=_shown(send_at))
    if send_at and send_at > now + AHEAD_MAX:
        raise TooFarAhead(time=_shown(send_at), limit=_shown(now + AHEAD_MAX))


def time_passed(draft: Draft) -> bool:
    """Tell whether the time for which a draft was planned is over."""
    return draft.send_at is not None and draft.send_at < clock.now() - LATE_AFTER


def check_not_passed(draft: Draft) -> None:
    """Raise TimeHasPassed where the time for which a draft was planned is over."""
    if draft.send_at is not None and time_passed(draft):
        raise TimeHasPassed(time=_shown(draft.send_at))


def check_groups(draft: Draft) -> None:
    """Raise GroupGone where a group that the draft names, to be written to or left out, is there no more."""
    groups = {*draft.groups, *draft.excluded}
    if Group.objects.filter(account_id=draft.account_id, pk__in=groups).count() != len(groups):
        raise GroupGone


def state_locked(draft: Draft) -> str:
    """Return the state of a draft as it is now, its row locked: who accepts it, asks for approval or cuts it waits for the others."""
    return Draft.objects.select_for_update(no_key=True).values_list("state", flat=True).get(pk=draft.pk)


def _shown(when: datetime) -> str:
    try:
        return timezone.localtime(when).strftime("%d/%m/%Y %H:%M")
    except OverflowError:  # at the ends of the calendar there is no other zone
        return when.isoformat()


def prepare(request: SendRequest) -> Draft:
    """Check a request, freeze its audience and count it, or leave it in state `counting` where it is large.

    Raises TextRefused, LinkRefused, LinkUnused, SenderRefused, TooLateToSend, TooFarAhead, NobodyToSendTo, TextTooLong, NoPrice, NoRoute.
    """
    made = template(request.account_id, request.text, request.file, sample_link(request.link))
    target = check_link(made, request.link)
    sender = chosen_sender(request.type, request.sender)
    check_time(request.send_at)
    audience = audiences.freeze(request.account_id, request.groups, request.numbers, request.excluded, request.file)
    draft = Draft(
        account_id=request.account_id,
        user_id=request.user_id,
        type=request.type,
        sender=sender,
        text=request.text,
        send_at=request.send_at,
        valid_for=request.valid_for,
        test=request.test,
        link=Link.objects.create(account_id=request.account_id, target=target, begins=links.begin()) if target else None,
    )
    return begin(draft, audience)


def begin(draft: Draft, audience: Audience) -> Draft:
    """Give a new draft its audience and count it, or leave it in state `counting` where it is large. Raises as `count` does."""
    draft.groups, draft.excluded, draft.numbers = list(audience.groups), list(audience.excluded), list(audience.numbers)
    draft.ceiling, draft.file_id = audience.ceiling, audience.file
    draft.end_contact, draft.end_file = audience.end_contact, audience.end_file
    draft.expected = audiences.size(audience)
    if not draft.expected:
        raise NobodyToSendTo
    draft.save()
    return count(draft) if draft.expected <= COUNT_AT_ONCE else draft


def audience_of(sent: Draft | Batch) -> Audience:
    """Return the audience that a draft or batch was frozen with."""
    return Audience(
        sent.account_id,
        tuple(sent.groups),
        sent.ceiling,
        tuple(sent.numbers),
        tuple(sent.excluded),
        sent.file_id,
        sent.end_contact,
        sent.end_file,
    )


def terms_of(draft: Draft) -> Terms:
    """Return what a draft says, under the price list as it is now."""
    link = links.sample(draft.link.begins) if draft.link else ""
    return Terms(template(draft.account_id, draft.text, draft.file_id, link), draft.type.parts_max, pricing.prices(draft.type))


def count(draft: Draft) -> Draft:
    """Count parts and cost of every recipient and make the draft ready. Repeating it gives the same.

    Raises TextTooLong where nobody could get the text, NoPrice or NobodyToSendTo where everybody was left out, NoRoute where no carrier takes a number.
    """
    audience, terms = audience_of(draft), terms_of(draft)
    routes = routing.table()
    parts_by_prefix: Counter[str] = Counter()
    by_cost: Counter[tuple[int, int]] = Counter()
    left_out: Counter[str] = Counter()
    too_long = unsold = None
    steps: list[tuple[int, ...]] = []
    draft.counted = draft.blank = people = cost_e4 = 0
    cursor: Cursor | None = Cursor()
    while cursor is not None:
        steps.append((*cursor, people, cost_e4))
        step = stretch(audience, terms, cursor, STRETCH)
        for number, _text, parts, prefix, each_e4 in step.recipients:
            parts_by_prefix[prefix] += parts
            by_cost[parts, each_e4] += 1
            cost_e4 += each_e4
            if routes.connector(number) is None:
                _refuse(draft, NoRoute(number=number))
        people += len(step.recipients)
        left_out += step.left_out
        too_long = too_long or step.too_long
        unsold = unsold or step.unsold
        draft.blank += step.blank
        draft.counted += len(step.people)
        Draft.objects.filter(pk=draft.pk).update(counted=draft.counted)
        cursor = step.cursor
    if not people and too_long:
        _refuse(draft, TextTooLong(number=too_long[0], parts=too_long[1], parts_max=draft.type.parts_max, type=draft.type.name))
    if not people:
        _refuse(draft, NoPrice(type=draft.type.name, number=unsold) if unsold else NobodyToSendTo())
    draft.recipients, draft.steps = people, steps
    draft.recipients_by_cost = [[parts, each_e4, number] for (parts, each_e4), number in sorted(by_cost.items())]
    by_parts: Counter[int] = Counter()
    for parts, _each_e4, number in draft.recipients_by_cost:
        by_parts[parts] += number
    draft.recipients_by_parts = {str(parts): number for parts, number in by_parts.items()}
    draft.parts = parts_by_prefix.total()
    draft.parts_by_prefix = dict(parts_by_prefix)
    draft.left_out = dict(left_out)
    draft.credits_e4 = pricing.quote(draft.type, parts_by_prefix).credits_e4
    draft.state = "ready"
    if not _uncommitted(draft).update(**{name: getattr(draft, name) for name in _COUNTED}):
        draft.refresh_from_db()
    return draft


def _refuse(draft: Draft, refusal: Exception) -> None:
    _uncommitted(draft).update(state="refused")
    raise refusal


def _uncommitted(draft: Draft) -> QuerySet[Draft]:
    # Somebody may have confirmed it while it was counted again: what was accepted stays as it is.
    return Draft.objects.filter(pk=draft.pk, state__in=("counting", "ready"))
