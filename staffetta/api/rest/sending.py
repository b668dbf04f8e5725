"""The two ways of POST /batches: recipients with texts of their own, and groups. The one place that knows how each is accepted."""

import secrets
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from staffetta.api import bulk
from staffetta.api.errors import NotFound, ParameterMissing, ValueWrong
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.api.rest import many
from staffetta.api.rest.faults import Faulty
from staffetta.api.rest.moments import utc
from staffetta.contacts.models import Group
from staffetta.lib.errors import Refused
from staffetta.lib.money import fixed
from staffetta.messaging import accept, estimate, offer
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.errors import NobodyToSendTo
from staffetta.messaging.models import Batch
from staffetta.messaging.offer import Asked


def to_recipients(who: Principal, asked: Sequence[Asked]) -> dict[str, Any]:
    """Send a message to each recipient, as one batch; return what became of each, in their order.

    Raises NotEnoughCredit for all of them; and where nobody is taken, Faulty with each one's refusal.
    """
    sending = bulk.send(who, asked)
    taken = [answer for answer in sending.answers if isinstance(answer, Sent)]
    if not taken:
        raise _nobody([answer for answer in sending.answers if isinstance(answer, Refused)])
    return {
        "batch": None if sending.batch_id is None else str(sending.batch_id),
        "batches": [str(each) for each in sending.batch_ids],
        "accepted": len(taken),
        "parts": sum([each.parts for each in taken]),
        "credits": fixed(sum([each.cost_e4 for each in taken])),
        "messages": [str(answer.message_id) if isinstance(answer, Sent) else None for answer in sending.answers],
        "warnings": many.warnings(asked),
        "refused": [
            {"index": place, "to": each.number, "code": answer.code, "detail": str(answer)}
            for place, (each, answer) in enumerate(zip(asked, sending.answers, strict=True))
            if not isinstance(answer, Sent)
        ],
    }


def _nobody(refusals: Sequence[Refused]) -> Refused | Faulty:
    """Return what a call is refused with of which nobody is taken: what passes by itself stays what it is."""
    if all(each.retry for each in refusals):
        return refusals[0]
    told = [{"name": f"recipients[{place}]", "code": each.code, "detail": str(each)} for place, each in enumerate(refusals)]
    return Faulty(NobodyToSendTo(), told)


def to_groups(who: Principal, found: many.Batch) -> dict[str, Any]:
    """Send one text, its fields filled in, to groups. Raises a Refused, TooManyToEstimate among them: then nobody gets it."""
    request = request_of(who, found)
    estimate.audience_of(request)
    return _taken(accept.send(request, f"groups-{secrets.token_hex(16)}", who.via, who.key_id))


def request_of(who: Principal, found: many.Batch) -> SendRequest:
    """Return the send to groups that a body asks for. Raises TypeUnknown, ParameterMissing, NotFound, ValueWrong."""
    kind, _prices = offer.current().type(found.type)
    if found.text is None:
        raise ParameterMissing(name="text")
    wanted, out = tuple(found.groups or ()), tuple(found.exclude_groups or ())
    known = set(Group.objects.filter(account_id=who.account_id, pk__in={*wanted, *out}).values_list("pk", flat=True))
    if missing := sorted({*wanted, *out} - known):
        raise NotFound(what=_("group %(id)s") % {"id": missing[0]})
    if set(wanted) <= set(out):
        raise ValueWrong(name="exclude_groups", why=_("every group is left out: nobody would get anything."))
    return SendRequest(
        who.account_id,
        kind,
        found.text,
        found.sender,
        wanted,
        user_id=who.user_id or None,
        send_at=found.send_at and utc(found.send_at),
        excluded=out,
    )


def _taken(batch: Batch) -> dict[str, Any]:
    return {
        "batch": str(batch.pk),
        "batches": [str(batch.pk)],
        "accepted": batch.recipients,
        "parts": batch.parts,
        "credits": fixed(batch.credits_e4),
        "messages": [],
        "warnings": [],
        "refused": [],
    }
