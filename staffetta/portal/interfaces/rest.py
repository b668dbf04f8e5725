"""Documentation of the REST interface."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.interfaces import restanswers, restlookups
from staffetta.portal.interfaces.page import Page, Section, Table

CALLS = (
    ("`POST /messages`", _("send one message")),
    (
        "`GET /messages`, `GET /messages/{id}`",
        _(
            "messages and what became of them, those made last first; filters: `batch`, `state`, `number`, `key`, and `since` and `until`, "
            "which are about when a message was accepted; `key` stands alone, and `batch` goes without a time"
        ),
    ),
    ("`POST /batches`", _("send many messages, or one text to groups")),
    (
        "`GET /batches`, `GET /batches/{id}`",
        _(
            "sends, with how many messages are in each state; `state` is planned, accepted, expanding, sending, paused, cancelling, "
            "settling or settled"
        ),
    ),
    (
        "`POST /batches/{id}/pause`, `/batches/{id}/resume`, `/batches/{id}/cancel`",
        _("hold a send, let it go on, or end it; what has not left is given back"),
    ),
    ("`POST /estimate`", _("parts and cost for each recipient, and the character that makes it dearer; nothing is sent or charged")),
    ("`GET /batches/{id}/messages`", _("the messages of a send; filters: `state`, `number`")),
    ("`GET /contacts`, `POST /contacts`", _("the address book; filter: `search`")),
    ("`GET /contacts/{id}`, `PATCH /contacts/{id}`, `DELETE /contacts/{id}`", _("one contact: read, change, delete")),
    ("`GET /groups`, `POST /groups`", _("the groups")),
    ("`GET /groups/{id}`, `PATCH /groups/{id}`, `DELETE /groups/{id}`", _("one group: read, rename, delete")),
    (
        "`GET /groups/{id}/members`, `POST /groups/{id}/members`, `DELETE /groups/{id}/members/{id}`",
        _("who is in a group: read, add, take out by number"),
    ),
    ("`GET /texts`, `POST /texts`", _("the saved texts")),
    ("`GET /texts/{id}`, `PATCH /texts/{id}`, `DELETE /texts/{id}`", _("one text: read, change, delete")),
    ("`GET /credit`, `GET /movements`, `GET /types`", _("credit, movements, types of SMS with their prices")),
    ("`POST /lookups`, `GET /lookups`", _("ask which operator has numbers, and whether they can be reached; the lookups, newest first")),
    (
        "`GET /lookups/{id}`, `GET /lookups/{id}/results`",
        _("one lookup, and what is known of each number; filters: `state`, `reach`, `operator`, `ported`, `number`"),
    ),
    (
        "`POST /lookups/{id}/pause`, `/lookups/{id}/resume`, `/lookups/{id}/cancel`",
        _("hold a lookup, let it go on, or end it; what was not asked is given back"),
    ),
    ("`GET /lookups/price`", _("what a lookup costs a number, and the limits")),
    ("`GET /reports`, `POST /reports`", _("reports of sends as files: list, order")),
    ("`GET /reports/{id}`, `GET /reports/{id}/file`, `DELETE /reports/{id}`", _("one report: how far it is, its file, delete")),
    ("`GET /webhooks`, `POST /webhooks`", _("webhooks: list, make")),
    ("`GET /webhooks/{id}`, `PATCH /webhooks/{id}`, `DELETE /webhooks/{id}`", _("one webhook: read, change, delete")),
    ("`POST /webhooks/{id}/secret`, `POST /webhooks/{id}/test`", _("make a new secret; send a test")),
    ("`GET /webhooks/{id}/calls`, `POST /calls/{id}/repeat`", _("the calls of a webhook; make one again")),
    ("`GET /me`", _("what this key may do")),
)

PAGE = Page(
    "rest",
    "REST",
    _("JSON with keys: the interface to choose for new programs."),
    (
        Section(
            _("Send a message"),
            (
                _(
                    "Make a key, put it into the variable `STAFFETTA_KEY`, and run this. When you read the answer, the message is "
                    "kept and charged. The examples make a new `Idempotency-Key` at each run; in your program it is the same at each repeat."
                ),
            ),
            example="rest_send",
            after=(
                _(
                    "`type` is the number of the type of SMS. `sender` is who it comes from, where the type leaves you the choice. "
                    "`send_at`, a time with its zone such as `2026-12-24T09:00:00+01:00`, sends it later."
                ),
            ),
        ),
        restanswers.SENT,
        Section(
            _("Many messages in one call"),
            (
                _(
                    "Up to 10,000 recipients, each with a text of its own; or `groups` of your address book, with one text whose "
                    "fields, such as `{nome}`, are filled in. Each message is judged by itself: `messages` has an id for each in "
                    "their order, or `null`, and then `refused` says why."
                ),
                _(
                    "A batch has no number twice: where one comes again in a call there are several batches, and `batches` names them all. "
                    "Where nobody is left the call is refused, and `errors` says why for each. `warnings` tells of braces in texts to "
                    "recipients, which are sent as they are written."
                ),
                _("Groups go out whole or not at all, and with at most 100,000 people in a call; larger ones are for the portal."),
            ),
            example="rest_many",
        ),
        restanswers.SENT_MANY,
        restanswers.STATES,
        restanswers.STATES_OF_BATCHES,
        restanswers.CHARGED,
        Section(
            _("Never twice"),
            (
                _(
                    "Give each call that changes something a key of your own in the header `Idempotency-Key`: the number of the "
                    "order, say. Did the line drop before the answer came? Make the same call again with the same key: you get the "
                    "answer of the first, and nothing is sent twice, even when two calls arrive at once."
                ),
                _(
                    "The same key with something else in the call is refused: `key_used_differently`. A key is remembered for at "
                    "least seven days."
                ),
                _(
                    "A key is of one call only: that of a message is not taken for a batch or a group, nor the other way round. "
                    "`client_id` of the other interfaces counts too; a sandbox key has keys of its own."
                ),
            ),
        ),
        Section(
            _("Credit"),
            (
                _('Money and credits are decimal numbers in quotes, such as `"1.6000"`: no rounding on the way.'),
                _("An estimate says `available` to keys that may read money; to others it is `null`."),
            ),
            example="rest_credit",
        ),
        restlookups.ASK,
        restlookups.ANSWER,
        Section(
            _("All calls"),
            (
                _("All begin with `@URL@/api/v1`. The description for machines (OpenAPI) is at `@URL@/api/v1/openapi.json`."),
                _("The same description to read, with every field of every call, is at [`@URL@/api/v1/docs`](@URL@/api/v1/docs)."),
            ),
            table=Table((_("Call"), _("What it does")), CALLS),
        ),
        restanswers.BODIES,
        restanswers.MORE_BODIES,
        Section(
            _("Refusals, lists, limits"),
            (
                _(
                    "A refusal is `application/problem+json`: `code` is for your program and never changes, `detail` is a sentence "
                    "for people, in the language of `Accept-Language`, and `retry` says whether the same call can succeed later."
                ),
                _("Lists come in pages of up to 200 (`limit`): as long as `next` is not empty, give it back as `cursor`."),
                _(
                    "The headers `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` say how many calls a minute the key "
                    "may make and how many are left. After a 429 wait for as many seconds as `Retry-After` says."
                ),
            ),
        ),
    ),
    types=True,
)
