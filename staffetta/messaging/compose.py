"""Step 1: look at what someone wants to send, and count parts and cost of every recipient before anybody confirms.

Writes only the draft; touches no credits. A draft too large to count at once is counted by a job of `work` (jobs.py).

Next: accept.py
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from staffetta.billing import pricing
from staffetta.billing.errors import NoPrice
from staffetta.billing.models import SmsType
from staffetta.carriers import routing
from staffetta.contacts import audience as audiences
from staffetta.contacts.audience import Audience, Cursor
from staffetta.contacts.models import Field
from staffetta.lib import clock
from staffetta.messaging.errors import EmptyText, NobodyToSendTo, NoRoute, SenderRefused, TextTooLong, TooLateToSend
from staffetta.messaging.merge import Template
from staffetta.messaging.models import Draft
from staffetta.messaging.recipients import Terms, stretch
from staffetta.sms import sender as senders
from staffetta.sms.errors import SenderError

COUNT_AT_ONCE = 5_000
STRETCH = 5_000
VALID_FOR = timedelta(hours=48)


@dataclass(frozen=True)
class SendRequest:
    """What someone wants to send. `numbers` are E.164; `send_at` None means now; `valid_for` counts from that time."""

    account_id: int
    type: SmsType
    text: str
    sender: str = ""
    groups: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    user_id: int | None = None
    send_at: datetime | None = None
    valid_for: timedelta = VALID_FOR


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


def free_fields(account_id: int) -> list[str]:
    """Return the names of the account's own fields, as texts may use them."""
    return list(Field.objects.filter(account_id=account_id).order_by("name").values_list("name", flat=True))


def template(account_id: int, text: str) -> Template:
    """Return the text made ready. Raises EmptyText and UnknownField."""
    if not text.strip():
        raise EmptyText
    return Template(text, free_fields(account_id) if "{" in text else ())


def prepare(request: SendRequest) -> Draft:
    """Check a request, freeze its audience and count it, or leave it in state `counting` where it is large.

    Raises EmptyText, UnknownField, SenderRefused, TooLateToSend, NobodyToSendTo, TextTooLong, NoRoute.
    """
    template(request.account_id, request.text)
    sender = chosen_sender(request.type, request.sender)
    if request.send_at and request.send_at < clock.now() - timedelta(minutes=1):
        raise TooLateToSend(time=timezone.localtime(request.send_at).strftime("%d/%m/%Y %H:%M"))
    audience = audiences.freeze(request.account_id, request.groups, request.numbers)
    expected = audiences.size(audience)
    if not expected:
        raise NobodyToSendTo
    draft = Draft.objects.create(
        account_id=request.account_id,
        user_id=request.user_id,
        type=request.type,
        sender=sender,
        text=request.text,
        groups=list(audience.groups),
        numbers=list(audience.numbers),
        ceiling=audience.ceiling,
        send_at=request.send_at,
        valid_for=request.valid_for,
        expected=expected,
    )
    return count(draft) if expected <= COUNT_AT_ONCE else draft


def audience_of(account_id: int, groups: Iterable[int], ceiling: int, numbers: Iterable[str]) -> Audience:
    """Return an audience frozen before."""
    return Audience(account_id, tuple(groups), ceiling, tuple(numbers))


def count(draft: Draft) -> Draft:
    """Count parts and cost of every recipient and make the draft ready. Repeating it gives the same.

    Raises TextTooLong where nobody could get the text, NoPrice or NobodyToSendTo where everybody was left out, NoRoute where no carrier takes a number.
    """
    audience = audience_of(draft.account_id, draft.groups, draft.ceiling, draft.numbers)
    terms = Terms(template(draft.account_id, draft.text), draft.type.parts_max, pricing.prices(draft.type))
    routes = routing.table()
    parts_by_prefix: Counter[str] = Counter()
    by_parts: Counter[int] = Counter()
    left_out: Counter[str] = Counter()
    too_long = unsold = None
    cursor: Cursor | None = Cursor()
    while cursor is not None:
        step = stretch(audience, terms, cursor, STRETCH)
        for number, _text, parts, prefix, _cost in step.recipients:
            parts_by_prefix[prefix] += parts
            by_parts[parts] += 1
            if routes.connector(number) is None:
                _refuse(draft, NoRoute(number=number))
        left_out += step.left_out
        too_long = too_long or step.too_long
        unsold = unsold or step.unsold
        draft.counted += len(step.recipients) + step.left_out.total()
        Draft.objects.filter(pk=draft.pk).update(counted=draft.counted)
        cursor = step.cursor
    draft.recipients = by_parts.total()
    if not draft.recipients and too_long:
        _refuse(draft, TextTooLong(number=too_long[0], parts=too_long[1], parts_max=draft.type.parts_max, type=draft.type.name))
    if not draft.recipients:
        _refuse(draft, NoPrice(type=draft.type.name, number=unsold) if unsold else NobodyToSendTo())
    draft.parts = parts_by_prefix.total()
    draft.parts_by_prefix = dict(parts_by_prefix)
    draft.recipients_by_parts = {str(parts): people for parts, people in sorted(by_parts.items())}
    draft.left_out = dict(left_out)
    draft.credits_e4 = pricing.quote(draft.type, parts_by_prefix).credits_e4
    draft.state = "ready"
    draft.save()
    return draft


def _refuse(draft: Draft, refusal: Exception) -> None:
    Draft.objects.filter(pk=draft.pk).update(state="refused")
    raise refusal
