"""What a new send begins with: an earlier draft or recurring send as it was, or the sender and type of the last one. Reads only."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from staffetta.accounts.models import Account
from staffetta.billing import pricing
from staffetta.campaigns.models import Recurrence
from staffetta.messaging import listing, savedsenders
from staffetta.messaging.models import Batch, Draft
from staffetta.portal.forms.compose import LATER, NOW, REPEAT
from staffetta.portal.forms.repeat import typed
from staffetta.portal.paging import after_of

LIKE_NUMBERS_MAX = 1_000


def warnings_of(request: HttpRequest, account: Account) -> list[str]:
    """Return what somebody must know who writes another send like that of a program."""
    like = Batch.objects.filter(account=account, pk=after_of(request, "like"), draft=None).first()
    if like is None:
        return []
    said = []
    if like.personal:
        said.append(_("In that send each recipient had a text of their own: this is one of them. Change it before you send it to all."))
    if "{" in like.text or "}" in like.text:
        said.append(_("The text came from a program and has braces; here {…} stands for a field of your contacts: change or remove them."))
    if like.recipients > LIKE_NUMBERS_MAX:
        said.append(_("Only the first %(limit)s of its %(n)s numbers are filled in.") % {"limit": LIKE_NUMBERS_MAX, "n": like.recipients})
    return said


def initial_of(request: HttpRequest, account: Account) -> dict[str, Any]:
    """Return the fields' first values; the address may name a draft, a send to be like, a group or a number."""
    draft = Draft.objects.filter(account=account, pk=after_of(request, "draft")).select_related("type", "whole__link", "link").first()
    if draft is not None:
        draft = draft.whole or draft
        return {
            "groups": draft.groups,
            "excluded": draft.excluded,
            "listed": None if draft.test else draft.file_id,
            "numbers": "\n".join(draft.numbers),
            "sender": "" if draft.type.fixed_sender else draft.sender,
            "text": draft.text,
            "link": draft.link.target if draft.link else "",
            "type": draft.type_id,
            "when": LATER if draft.send_at else NOW,
            "send_at": f"{timezone.localtime(draft.send_at):%Y-%m-%dT%H:%M}" if draft.send_at else "",
        }
    recurrence = Recurrence.objects.filter(account=account, pk=after_of(request, "recurring")).first()
    if recurrence is not None:
        return {
            "groups": recurrence.groups,
            "excluded": recurrence.excluded,
            "numbers": "\n".join(recurrence.numbers),
            "sender": recurrence.sender,
            "text": recurrence.text,
            "link": recurrence.target,
            "type": recurrence.type_id,
            "when": REPEAT,
            "repeat": typed(recurrence),
        }
    like = Batch.objects.filter(account=account, pk=after_of(request, "like")).select_related("type", "link").first()
    if like is not None:
        listed = after_of(request, "listed") or None
        return {
            "listed": listed,
            "numbers": "" if listed or like.draft_id else "\n".join(listing.numbers(like, LIKE_NUMBERS_MAX)),
            "sender": "" if like.type.fixed_sender else like.sender,
            "text": like.text,
            "link": like.link.target if like.link else "",
            "type": like.type_id,
            "when": NOW,
        }
    group, number = after_of(request, "group"), request.GET.get("number", "")[:40]
    return {
        "groups": [group] if group else [],
        "numbers": number,
        "when": REPEAT if request.GET.get("when") == REPEAT else NOW,
        "type": _usual_type(account),
        "sender": savedsenders.usual(account.pk),
    }


def _usual_type(account: Account) -> int | None:
    on_sale = [kind for kind, _cost in pricing.on_sale()]
    last = Batch.objects.filter(account=account).order_by("-pk").values_list("type_id", flat=True).first()
    own_sender = [kind.pk for kind in on_sale if not kind.fixed_sender]
    choices = [kind.pk for kind in on_sale]
    return last if last in choices else next(iter(own_sender or choices), None)
