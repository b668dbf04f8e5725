"""Documentation of webhooks: the table of events is that of the webhooks themselves."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from staffetta.portal.interfaces.page import Page, Row, Section, Table
from staffetta.webhooks.kinds import KINDS, TEST

SAMPLE = """POST /sms HTTP/1.1
Content-Type: application/json
webhook-id: msg_2026
webhook-timestamp: 1795357801
webhook-signature: v1,iwlPz1g6q9Ss0rDcOFgVEgjNmZ3CG7J8Uk6A0qBzUtQ=

{"id": "evt_71", "type": "message.delivered", "timestamp": "2026-11-22T14:30:01.250Z", "data": {
  "id": "2026110000000000042", "batch": "42", "to": "+393300000001", "state": "delivered", "error": null,
  "parts": 1, "credits": "1.6000", "at": "2026-11-22T14:30:01.250Z", "key": "order-1041", "sandbox": false}}"""


def _kinds() -> Iterable[Row]:
    return [
        *((f"`{kind}`", words) for kind, words in KINDS.items()),
        (f"`{TEST}`", _("a test that you send by hand; it stands for no message")),
    ]


PAGE = Page(
    "webhooks",
    _("Webhooks"),
    _("We call your program when something has become of a message, so that it need not ask."),
    (
        Section(
            _("What comes"),
            (
                _(
                    "Under “Webhooks” name an address of yours and what it wants to hear. For each event we call it with `POST`, "
                    "signed as Standard Webhooks says (standardwebhooks.com)."
                ),
            ),
            sample=SAMPLE,
            after=(
                _(
                    "Answer with any status from 200 to 299 within ten seconds. An endpoint that takes several events in a call gets "
                    '`{"type": "batch", "events": […]}`, up to 500 of them.'
                ),
            ),
        ),
        Section(
            _("Events"),
            table=Table((_("Event"), _("What it means")), _kinds),
            after=(
                _(
                    "`lookup.finished` has in its `data` the check's `id`, `state`, the `counts` of its numbers by state, the `credits` that "
                    "were charged, and `at`: then read its results at `/lookups/{id}/results`. A single number has such an event, too."
                ),
                _(
                    "`credit.low` comes at most five minutes after the credit fell, once, and again only after there was more; its `data` "
                    "has `available`, `threshold` and `at`."
                ),
            ),
        ),
        Section(
            _("Is it from us?"),
            (
                _(
                    "The signature is made with the endpoint's secret, which begins with `whsec_`, over the bytes of the body as they "
                    "come. These programs check it; they read the secret from `STAFFETTA_WEBHOOK_SECRET`."
                ),
            ),
            example="webhook",
        ),
        Section(
            _("Nothing is lost"),
            (
                _(
                    "A call that fails is made again, ever more slowly, for 72 hours; those behind it wait, so that events come in "
                    "their order. The same event can come twice: it has the same `webhook-id`. After 72 hours of nothing but "
                    "failures, or when you answer 410, the webhook is switched off, and the owner gets a mail. A call that you repeat by "
                    "hand is tried for 72 hours of its own."
                ),
                _(
                    "The page of the webhook shows each call with its attempts and its answer, and sends any of them again. Addresses inside private "
                    "networks are refused, unless who runs the service allows them in `STAFFETTA_WEBHOOK_ALLOWED`, and redirects are not followed."
                ),
            ),
        ),
    ),
)
