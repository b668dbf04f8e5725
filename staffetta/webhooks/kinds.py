"""The kinds of events that a program can be told of. The one table of it; knows neither endpoints nor messages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Promise] = {
    "message.submitted": _("the carrier has taken the message"),
    "message.delivered": _("the message is on the recipient's telephone"),
    "message.undelivered": _("the carrier could not deliver the message"),
    "message.expired": _("the carrier tried for as long as it keeps messages, and gave up"),
    "message.rejected": _("the carrier took the message and then rejected it"),
    "message.failed": _("the carrier refused the message: its credit is given back"),
    "message.uncertain": _("nobody knows yet whether the carrier took the message"),
    "message.cancelled": _("the message was taken back before it left: its credit is given back"),
    "message.lapsed": _("the message did not leave in time: its credit is given back"),
    "batch.settled": _("a send has ended: what was sent is charged, the rest given back"),
    "lookup.finished": _("a number check has ended: what was answered is charged, the rest given back"),
    "credit.low": _("the credit has fallen below the threshold that is set under “Notices”"),
}
# Sent by hand, to try an endpoint; nobody subscribes to it.
TEST = "webhook.test"
