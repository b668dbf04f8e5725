"""What REST answers, field by field, and the states of messages and sends: for the page of REST."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from staffetta.messaging import words
from staffetta.messaging.states import MESSAGE_STATES
from staffetta.portal.interfaces.page import Row, Section, Table

ACCEPTED = """HTTP/1.1 202 Accepted
Content-Type: application/json

{"id": "2026110000000000042", "to": "+393300000001", "sender": "BRUNI", "parts": 1, "credits": "1.6000", "state": "queued"}"""
READ = """GET /api/v1/messages/2026110000000000042

{"id": "2026110000000000042", "batch": "42", "to": "+393300000001", "text": "Il tuo ordine è pronto.", "sender": "BRUNI",
 "type": 84, "parts": 1, "credits": "1.6000", "state": "delivered", "error": null, "reason": null,
 "submitted_at": "2026-11-22T14:30:00.200Z", "ended_at": "2026-11-22T14:30:01.250Z", "sandbox": false}"""
MANY = """HTTP/1.1 202 Accepted

{"batch": "43", "accepted": 1, "parts": 1, "credits": "1.6000", "messages": ["2026110000000000043", null],
 "refused": [{"index": 1, "to": "0511234", "code": "number_refused", "detail": "…"}]}"""
BATCH = """GET /api/v1/batches/43

{"id": "43", "type": 84, "sender": "BRUNI", "text": "Ciao Ada, ti aspettiamo domani alle 9.", "state": "settled", "recipients": 1,
 "parts": 1, "credits": "1.6000", "charged": "1.6000", "counts": {"delivered": 1}, "send_at": "2026-11-22T14:30:00Z",
 "created_at": "2026-11-22T14:30:00Z", "settled_at": "2026-11-22T14:30:05Z"}"""
BOOK = """POST /api/v1/contacts
{"number": "+393300000001", "name": "Ada", "surname": "Neri", "fields": {}, "groups": [12]}

PATCH /api/v1/contacts/7
{"name": "Ada Maria"}

POST /api/v1/groups
{"name": "Clienti"}

POST /api/v1/groups/12/members
{"members": [{"number": "+393300000021", "name": "Ugo", "surname": "Verdi"}]}

DELETE /api/v1/groups/12/members/+393300000021

POST /api/v1/texts
{"name": "Ordine pronto", "text": "Ciao {nome}, il tuo ordine è pronto."}"""
OTHERS = """POST /api/v1/reports
{"batch": "43", "form": "csv", "states": ["undelivered", "expired"]}

POST /api/v1/webhooks
{"url": "https://shop.example.it/sms", "kinds": ["message.delivered", "message.undelivered"], "description": "Shop", "batch_max": 1}

PATCH /api/v1/webhooks/3
{"active": false}"""

FIELDS = (
    ("`id`", _("the message's id, a string of 19 digits")),
    ("`batch`", _("the send that it belongs to; a single message is a send of its own")),
    ("`to`", _("the recipient, with prefix")),
    ("`parts`, `credits`", _("of how many parts it is, and what it costs")),
    ("`state`", _("what has become of it: see the states below")),
    ("`error`, `reason`", _("where it did not arrive: the carrier's code, and the same in words; otherwise `null`")),
    ("`submitted_at`, `ended_at`", _("when the carrier took it, and when its last state came; `null` until then")),
    ("`sandbox`", _("whether it was sent with a key for trying")),
)
BATCH_FIELDS = (
    ("`batch`", _("the id of the send; `null` where nothing was accepted")),
    ("`accepted`, `parts`, `credits`", _("how many messages were accepted, their parts and their cost")),
    ("`messages`", _("an id for each recipient in their order; `null` for one that was refused")),
    ("`refused`", _("who was refused: place in the call, number, code, and a sentence")),
    ("`counts`", _("how many messages of the send are in each state")),
    ("`charged`", _("what the send cost in the end; `null` until it has ended")),
)
BATCH_STATES = (
    ("`accepted`", _("recorded; it leaves at its time")),
    ("`expanding`", _("its messages are being written down")),
    ("`sending`", _("its messages leave, or wait for their time")),
    ("`paused`", _("held by somebody; nothing leaves until it is resumed")),
    ("`cancelling`", _("what has not left is being taken back")),
    ("`settling`", _("all has left; it is being closed")),
    ("`settled`", _("ended and charged; receipts may still come")),
)


def _states() -> Iterable[Row]:
    return [(f"`{state}`", words.of_message(state, receipts=True).help) for state in MESSAGE_STATES]


SENT = Section(
    _("What is answered"),
    (_("202: the message is kept. Read it again by its `id` to learn what became of it, or let a webhook tell you."),),
    table=Table((_("Field"), _("What it is")), FIELDS),
    sample=f"{ACCEPTED}\n\n{READ}",
)
SENT_MANY = Section(
    _("What is answered to many messages"),
    table=Table((_("Field"), _("What it is")), BATCH_FIELDS),
    sample=f"{MANY}\n\n{BATCH}",
)
STATES = Section(_("States of messages"), table=Table((_("State"), _("What it means")), _states))
STATES_OF_BATCHES = Section(_("States of sends"), table=Table((_("State"), _("What it means")), BATCH_STATES))
CHARGED = Section(
    _("When credit is charged"),
    (
        _(
            "A single message is charged when it is accepted, also when it leaves later; what it cost is given back if it is cancelled, if "
            "it does not leave in time, or if the carrier does not take it."
        ),
        _(
            "For a send to many the credit is held when it is accepted; when it has ended, what was sent is charged and the rest is given "
            "back. This is so in every interface."
        ),
    ),
)
BODIES = Section(
    _("Contacts, groups and texts"),
    (
        _(
            "`PATCH` changes only the fields that you name. `groups` are ids of groups; fields of your own must be there in the address book."
        ),
    ),
    sample=BOOK,
)
MORE_BODIES = Section(
    _("Reports and webhooks"),
    (
        _(
            "A report is written while you wait: when its `state` is `ready`, take the file. `form` is `xlsx`, `csv` or `pdf`. Making a "
            "webhook answers with its `secret`, once: a repeat with the same key has `null` there, and a new one can be made. `kinds` are the "
            "events of the page about webhooks."
        ),
    ),
    sample=OTHERS,
)
