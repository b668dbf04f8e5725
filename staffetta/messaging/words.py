"""The states of sends and recipients, and what carriers answer, in words that a shop owner understands. Reads no tables."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from staffetta.lib import clock
from staffetta.messaging.models import Batch
from staffetta.messaging.states import RUNNING

Words = str | Promise


@dataclass(frozen=True)
class Word:
    """A state in words; `tone` is its colour; `help` says what it means in a sentence."""

    label: Words
    tone: str
    help: Words


_WAITING = Word(
    pgettext_lazy("recipient", "waiting for the receipt"),
    "wait",
    _("The carrier has taken the message; it has not told us yet whether the telephone got it. It tries again by its own rules."),
)
_STATES = {
    "queued": Word(pgettext_lazy("recipient", "in the queue"), "queue", _("The message waits in our queue and leaves as soon as its turn comes.")),
    "submitted": Word(
        pgettext_lazy("recipient", "sent"),
        "sent",
        _("The carrier has taken the message. This type of SMS does not tell whether and when the telephone got it."),
    ),
    "delivered": Word(pgettext_lazy("recipient", "delivered"), "good", _("The telephone has got the message, at the time shown.")),
    "undelivered": Word(
        pgettext_lazy("recipient", "not delivered"), "bad", _("The carrier could not deliver the message. It had taken it, so the credit is spent.")
    ),
    "expired": Word(
        pgettext_lazy("recipient", "expired"),
        "bad",
        _("The telephone was off or out of reach for too long and the carrier gave up. How long it tries is its own rule. The credit is spent."),
    ),
    "rejected": Word(
        pgettext_lazy("recipient", "refused by the network"), "bad", _("The network has refused the message after taking it. The credit is spent.")
    ),
    "failed": Word(pgettext_lazy("recipient", "not sent"), "bad", _("The carrier has not taken the message. The credit is given back.")),
    "uncertain": Word(
        pgettext_lazy("recipient", "uncertain"),
        "doubt",
        _("The link to the carrier broke off in the middle: nobody can know yet whether it took the message. We do not send it again, so that nobody gets it twice."),
    ),
    "cancelled": Word(pgettext_lazy("recipient", "cancelled"), "none", _("You took the message back before it left. The credit is given back.")),
    "lapsed": Word(
        pgettext_lazy("recipient", "not left in time"), "none", _("The message could not leave within its validity. The credit is given back.")
    ),
}  # fmt: skip

# Answers of carriers that have a cause a customer can understand (SMPP 3.4 §5.1.3); all others are told by their code.
_CAUSES = {
    "RINVMSGLEN": _("The carrier finds the message too long or badly made."),
    "RSYSERR": _("The carrier had a fault of its own."),
    "RINVSRCADR": _("The carrier does not accept this sender."),
    "RINVDSTADR": _("The carrier says that this number does not exist or cannot get SMS."),
    "RMSGQFUL": _("The carrier's queue was full each time we tried."),
    "RSUBMITFAIL": _("The carrier could not take the message."),
    "RTHROTTLED": _("The carrier asked us to slow down each time we tried."),
}

_NO_ANSWER = _("The carrier did not answer in time.")
_LINK_BROKE = _("The link to the carrier broke off while the message was handed over.")
OTHER_CAUSE = _("The carrier gives no reason but its code %(code)s.")
_NO_CAUSE = ("0", "000", "ROK")

# What control.MoveRefused names: translated there by gettext(batch.state).
_BATCH_STATES = [
    gettext_noop("accepted"),
    gettext_noop("expanding"),
    gettext_noop("sending"),
    gettext_noop("paused"),
    gettext_noop("cancelling"),
    gettext_noop("settling"),
    gettext_noop("settled"),
]

LEFT_OUT = {
    "opted_out": _("asked not to be written to any more"),
    "no_price": _("have a number this type of SMS is not sold to"),
    "too_long": _("would get a text longer than this type of SMS carries"),
}


CANCELLED_WHOLE = Word(pgettext_lazy("send", "cancelled"), "none", _("You took it back before anything left; its credit was given back."))


def of_message(state: str, receipts: bool) -> Word:
    """Return a recipient's state in words: *sent* is an end only where the type brings no receipts."""
    return _WAITING if state == "submitted" and receipts else _STATES[state]


def all_of_messages() -> list[Word]:
    """Return every state of a recipient, with and without receipts."""
    return [_STATES["queued"], _STATES["submitted"], _WAITING, *list(_STATES.values())[2:]]


def of_batch(batch: Batch) -> Word:
    """Return a send's state in words."""
    if batch.state in RUNNING and batch.send_at > clock.now():  # it is written down some minutes ahead
        return Word(pgettext_lazy("send", "planned"), "wait", _("It leaves by itself at its time; until then you can cancel it."))
    if batch.state in RUNNING:
        return Word(pgettext_lazy("send", "under way"), "sent", _("It is being sent now."))
    return {
        "paused": Word(
            pgettext_lazy("send", "paused"),
            "wait",
            _("Nothing more leaves until you resume it; what the carrier has already is still delivered."),
        ),
        "cancelling": Word(pgettext_lazy("send", "being cancelled"), "none", _("What has not left is being taken back.")),
        "settling": Word(pgettext_lazy("send", "being closed"), "sent", _("All has left; the last answers of the carrier are coming in.")),
        "settled": Word(
            pgettext_lazy("send", "ended"), "good", _("What was sent has been charged; the credit of the rest was given back.")
        ),
    }[batch.state]


def cause(error: str | None) -> Words:
    """Return why the carrier did not take or deliver a message; "" where it has not said so."""
    if not error or error in _NO_CAUSE:
        return ""
    if " " in error:  # said by the link itself: a carrier's codes have no blanks
        return _NO_ANSWER if error == "no answer" else _LINK_BROKE
    return _CAUSES.get(error) or OTHER_CAUSE % {"code": error}


def known_causes() -> list[str]:
    """Return the carriers' codes that `cause` has words of its own for."""
    return [*_CAUSES, *_NO_CAUSE]
