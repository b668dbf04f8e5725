"""POST /batches without its web server: from bytes to the messages that are asked for, quickly. Pure."""

import re
from collections.abc import Sequence
from typing import Annotated

import msgspec
from django.utils.translation import gettext as _
from msgspec import Meta

from staffetta.api.errors import ParameterMissing, TooManyRecipients, ValueWrong
from staffetta.api.rest import reading
from staffetta.api.rest.moments import utc
from staffetta.api.rest.single import SendAt, Sender, To, Type
from staffetta.messaging.offer import Asked
from staffetta.sms.parts import GSM_JOINED, PARTS_LIMIT

RECIPIENTS_MAX, GROUPS_MAX = 10_000, 500
# More than all parts of an SMS carry: what is longer is not even counted.
CHARS_MAX = PARTS_LIMIT * GSM_JOINED
Text = Annotated[
    str, Meta(max_length=CHARS_MAX, description="The text: to recipients as it is, to groups with its fields ({nome}) filled in.")
]
Group = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Groups = Annotated[list[Group], Meta(max_length=GROUPS_MAX, description="Ids of groups.")]


class Recipient(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """One recipient; a text of its own goes before the text of all."""

    to: To
    text: Annotated[str, Meta(max_length=CHARS_MAX)] | None = None


class Batch(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """Messages to recipients that are listed, or one text to groups."""

    type: Type
    text: Text | None = None
    sender: Sender = ""
    recipients: Annotated[list[Recipient], Meta(extra_json_schema={"maxItems": RECIPIENTS_MAX})] | None = None
    groups: Groups | None = None
    exclude_groups: Groups | None = None
    send_at: SendAt | None = None


FIELDS_SHOWN = 10
_FIELD = re.compile(r"\{\w[\w ]{0,40}\}")
_decoder = msgspec.json.Decoder(Batch)


def read(body: bytes) -> Batch:
    """Return what a body asks for: recipients or groups, never both or neither. Raises ApiRefused."""
    reading.check_size(len(body), reading.BULK_BYTES_MAX)
    found = reading.decoded(_decoder, body)
    if reading.has_nul(body):
        reading.check_no_nul(msgspec.to_builtins(found, builtin_types=()))
    if found.recipients is None and found.groups is None:
        raise ParameterMissing(name="recipients")
    if found.recipients is not None and (found.groups is not None or found.exclude_groups is not None):
        raise ValueWrong(name="groups", why=_("a call has either recipients or groups: make two calls."))
    if found.recipients is not None and len(found.recipients) > RECIPIENTS_MAX:
        raise TooManyRecipients(recipients=len(found.recipients), limit=RECIPIENTS_MAX)
    if not (found.groups if found.recipients is None else found.recipients):
        raise ValueWrong(name="groups" if found.recipients is None else "recipients", why=_("the list is empty: name at least one."))
    return found


def asked(found: Batch) -> list[Asked]:
    """Return a message for every recipient. Raises ParameterMissing where somebody has no text."""
    kind, common, sender, send_at = found.type, found.text, found.sender, found.send_at and utc(found.send_at)
    recipients = found.recipients or []
    if common is None:
        for place, each in enumerate(recipients):
            if each.text is None:
                raise ParameterMissing(name=f"recipients[{place}].text")
    return [Asked(kind, each.to, common or "" if each.text is None else each.text, sender, "", send_at) for each in recipients]


def warnings(messages: Sequence[Asked]) -> list[dict[str, str]]:
    """Return what a caller may not have meant: in texts to recipients braces are braces, and a name in them is no field."""
    texts = dict.fromkeys(each.text for each in messages if "{" in each.text)  # that of all is searched once
    names = dict.fromkeys(name for text in texts for name in _FIELD.findall(text))
    if not names:
        return []
    shown = ", ".join(list(names)[:FIELDS_SHOWN])
    told = _("%(fields)s is sent as it is written: fields are filled in only in sends to groups. Put each one's words into its text.")
    return [{"code": "braces_as_written", "detail": told % {"fields": shown}}]


def decode(body: bytes) -> list[Asked]:
    """Return the messages that a body with recipients asks for. Raises ApiRefused."""
    return asked(read(body))
