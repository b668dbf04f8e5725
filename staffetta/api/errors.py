"""What the interfaces refuse, and what every refusal of the product is in each dialect: one table.

Refused
└── ApiRefused
    ├── AccessDenied, TooManyWrong
    ├── KeyUnknown, KeyEnded, AddressNotAllowed, MayNot, LiveKeyNeeded
    ├── TooManyCalls
    ├── BodyTooLarge, ContentTypeWrong, NotReadable, MethodNotAllowed, NotFound, PathUnknown
    ├── ParameterMissing, ParameterWrong, WrongKind, ValueWrong, TextUnreadable
    ├── TooManyRecipients
    ├── RepeatUnderWay
    └── Busy, InDoubt, Internal
"""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class ApiRefused(Refused):
    """Any refusal of the interfaces themselves."""


class AccessDenied(ApiRefused):
    """No values: who guesses learns nothing."""

    code = "access_denied"
    message = _("The log-in or the API password is wrong, or the account is closed: look at both under “For developers” in the portal.")


class TooManyWrong(ApiRefused):
    """Values: minutes."""

    code = "too_many_wrong"
    message = _("Too many wrong attempts to log in: wait %(minutes)s minutes, then try again.")
    retry = True


class KeyUnknown(ApiRefused):
    """No values."""

    code = "key_unknown"
    message = _("The key is missing or unknown: send the header “Authorization: Bearer stf_…” with a key of your account.")


class KeyEnded(ApiRefused):
    """Values: begins."""

    code = "key_ended"
    message = _("The key %(begins)s… has expired or was revoked: make a new one in the portal.")


class AddressNotAllowed(ApiRefused):
    """Values: begins, address."""

    code = "address_not_allowed"
    message = _("The key %(begins)s… may not be used from %(address)s: add this address to the key, or call from one that is allowed.")


class MayNot(ApiRefused):
    """Values: scope."""

    code = "scope_missing"
    message = _("This key may not do that: it needs the permission “%(scope)s”. Make a key that has it.")


class LiveKeyNeeded(ApiRefused):
    """No values."""

    code = "live_key_needed"
    message = _(
        "This is a sandbox key, and the call would change something real: use a live key. In the sandbox send to numbers, not to groups."
    )


class TooManyCalls(ApiRefused):
    """Values: limit, seconds."""

    code = "too_many_calls"
    message = _("More than %(limit)s calls within a minute: wait %(seconds)s seconds, then go on.")
    retry = True


class BodyTooLarge(ApiRefused):
    """Values: limit (bytes)."""

    code = "body_too_large"
    message = _("The request is larger than %(limit)s bytes: split it into several.")


class ContentTypeWrong(ApiRefused):
    """Values: type."""

    code = "content_type_wrong"
    message = _("“%(type)s” is not read here: send JSON in UTF-8, with the header “Content-Type: application/json”.")


class NotReadable(ApiRefused):
    """Values: why."""

    code = "not_readable"
    message = _("The request cannot be read: %(why)s")


class MethodNotAllowed(ApiRefused):
    """Values: method, allowed."""

    code = "method_not_allowed"
    message = _("%(method)s is not possible here: use %(allowed)s.")


class NotFound(ApiRefused):
    """Values: what."""

    code = "not_found"
    message = _("There is no %(what)s of yours: check its number or address.")


class PathUnknown(NotFound):
    """Values: path."""

    message = _("This interface has no address “%(path)s”: look at the list of calls in the documentation.")


class ParameterMissing(ApiRefused):
    """Values: name."""

    code = "parameter_missing"
    message = _("“%(name)s” is missing: add it to the request.")


class ParameterWrong(ApiRefused):
    """Values: name. Of the wrong kind: letters where digits are due."""

    code = "parameter_wrong"
    message = _("“%(name)s” is of the wrong kind: look at its form in the documentation.")


class WrongKind(ParameterWrong):
    """Values: name, expected. As above, where it is known what is due."""

    message = _("“%(name)s” is of the wrong kind: %(expected)s is expected.")


class ValueWrong(ApiRefused):
    """Values: name, why."""

    code = "value_wrong"
    message = _("“%(name)s” cannot be used: %(why)s")


class TextUnreadable(ApiRefused):
    """No values. Of the old interfaces, whose texts are base64 of bytes."""

    code = "text_unreadable"
    message = _("“body” is no text: send the base64 of its bytes in Windows-1252, UTF-8 or GSM 03.38, without control characters.")


class TooManyRecipients(ApiRefused):
    """Values: recipients, limit."""

    code = "too_many_recipients"
    message = _("The call has %(recipients)s messages and at most %(limit)s are taken: split it. Nothing was sent.")


class RepeatUnderWay(ApiRefused):
    """Values: key."""

    code = "repeat_under_way"
    message = _("A call with the key “%(key)s” is still under way: ask again in a moment.")
    retry = True


class Busy(ApiRefused):
    """No values."""

    code = "busy"
    message = _("More calls wait than can be answered in time: nothing was sent and nothing was charged. Try again in a moment.")
    retry = True


class InDoubt(ApiRefused):
    """No values. The database was lost within a commit."""

    code = "in_doubt"
    message = _(
        "Our database was lost at this moment: it is unknown whether the call was carried out. Repeat it with the same key: nothing is"
        " then done twice. If it has no key, look into the archive first."
    )
    retry = True


class Internal(ApiRefused):
    """No values."""

    code = "internal"
    message = _("Something went wrong on our side: nothing was sent and nothing was charged. Try again.")
    retry = True


class Dialect(NamedTuple):
    """What a refusal is outside: the HTTP status of REST, and the number of the old interfaces (HTTP, XML-RPC and SOAP faults)."""

    status: int
    legacy: int


# Numbers of the old interfaces: 3 access, 5 missing, 13 wrong kind, 32 internal, 100 number, 101 destination, 102 text, 103 credit,
# 104 type, 105 sender.
DIALECTS: dict[str, Dialect] = {
    "access_denied": Dialect(401, 3),
    "too_many_wrong": Dialect(429, 3),
    "account_closed": Dialect(403, 3),
    "key_unknown": Dialect(401, 3),
    "key_ended": Dialect(401, 3),
    "address_not_allowed": Dialect(403, 3),
    "scope_missing": Dialect(403, 3),
    "live_key_needed": Dialect(403, 3),
    "too_many_calls": Dialect(429, 32),
    "body_too_large": Dialect(413, 102),
    "content_type_wrong": Dialect(415, 13),
    "not_readable": Dialect(400, 13),
    "method_not_allowed": Dialect(405, 13),
    "not_found": Dialect(404, 13),
    "parameter_missing": Dialect(422, 5),
    "parameter_wrong": Dialect(422, 13),
    "value_wrong": Dialect(422, 13),
    "too_many_recipients": Dialect(422, 13),
    "key_used_differently": Dialect(422, 13),
    "repeat_under_way": Dialect(409, 32),
    "busy": Dialect(503, 32),
    "in_doubt": Dialect(503, 32),
    "internal": Dialect(500, 32),
    "number_refused": Dialect(422, 100),
    "no_price": Dialect(422, 101),
    "opted_out": Dialect(422, 101),
    "no_route": Dialect(503, 32),
    "empty_text": Dialect(422, 102),
    "text_unreadable": Dialect(422, 102),
    "text_too_long": Dialect(422, 102),
    "not_enough_credit": Dialect(402, 103),
    "type_unknown": Dialect(422, 104),
    "sender_refused": Dialect(422, 105),
    "too_late_to_send": Dialect(422, 13),
    "too_far_ahead": Dialect(422, 13),
    "move_refused": Dialect(409, 32),
    "group_in_use": Dialect(409, 32),
    "group_name_taken": Dialect(409, 32),
    "number_taken": Dialect(409, 32),
    "text_name_taken": Dialect(409, 32),
    "webhook_off": Dialect(409, 32),
    "webhook_unknown": Dialect(404, 32),
    "webhook_call_unknown": Dialect(404, 32),
    "nobody_to_send_to": Dialect(422, 32),
    "too_many_to_estimate": Dialect(422, 32),
    "unknown_field": Dialect(422, 32),
    "brace_alone": Dialect(422, 32),
    "link_missing": Dialect(422, 32),
    "group_gone": Dialect(422, 32),
    "price_changed": Dialect(422, 32),
    "draft_not_ready": Dialect(422, 32),
    "text_name_missing": Dialect(422, 32),
    "text_name_too_long": Dialect(422, 32),
    "text_too_long_to_save": Dialect(422, 32),
    "too_many_texts": Dialect(422, 32),
    "group_name_missing": Dialect(422, 32),
    "group_name_too_long": Dialect(422, 32),
    "contact_number_refused": Dialect(422, 32),
    "webhook_url_refused": Dialect(422, 32),
    "webhook_address_refused": Dialect(422, 32),
    "webhook_kind_unknown": Dialect(422, 32),
    "webhook_kinds_missing": Dialect(422, 32),
    "webhook_batch_wrong": Dialect(422, 32),
    "too_many_webhooks": Dialect(422, 32),
    "nothing_to_look_up": Dialect(422, 32),
    "too_many_numbers_to_look_up": Dialect(422, 32),
    "nobody_to_ask": Dialect(503, 32),
    "lookup_hour_limit": Dialect(429, 32),
    "lookup_day_limit": Dialect(429, 32),
    "number_asked_too_often": Dialect(429, 32),
    "lookup_group_gone": Dialect(422, 32),
    "lookup_move_refused": Dialect(409, 32),
    "too_long_for_paper": Dialect(422, 32),
    "too_many_reports": Dialect(422, 32),
    "unknown_report": Dialect(422, 32),
}
# What the table does not name: right in form, and refused by a rule that says why.
OTHERWISE = Dialect(422, 32)


def dialect(refusal: Refused) -> Dialect:
    """Return what a refusal is outside."""
    return DIALECTS.get(refusal.code, OTHERWISE)
