"""The states of lookups and of their numbers, and why a number is left out, in words that a shop owner understands. Reads no tables."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staffetta.contacts.problems import ALONE
from staffetta.lookup.models import LookupBatch, LookupResult
from staffetta.lookup.states import ABSENT, NONEXISTENT, REACHABLE
from staffetta.messaging.words import Word, Words

REACH = {
    REACHABLE: Word(pgettext_lazy("number", "reachable"), "good", _("The telephone is on and in the network: an SMS gets there now.")),
    ABSENT: Word(
        pgettext_lazy("number", "off or out of reach"),
        "wait",
        _("The number exists, but its telephone is off or out of reach at the moment: an SMS waits for it at the operator."),
    ),
    NONEXISTENT: Word(
        pgettext_lazy("number", "does not exist"), "bad", _("No operator has this number any more: every SMS to it is money thrown away.")
    ),
    "": Word(
        pgettext_lazy("number", "not told"), "sent", _("The operator is known, but it does not tell whether the telephone can be reached.")
    ),
}
_STATES = {
    "queued": Word(pgettext_lazy("number", "waiting"), "queue", _("Its turn to be asked for comes soon.")),
    "asked": Word(pgettext_lazy("number", "being asked for"), "wait", _("The question is with the operators' network.")),
    "refused": Word(pgettext_lazy("number", "refused"), "none", _("The network did not take the question. Nothing was charged for it.")),
    "unknown": Word(pgettext_lazy("number", "no answer"), "none", _("No answer came in time. Nothing was charged for it.")),
    "cancelled": Word(pgettext_lazy("number", "cancelled"), "none", _("It was taken back before it was asked for. Nothing was charged.")),
}
_BATCH = {
    "accepted": Word(pgettext_lazy("lookup", "beginning"), "wait", _("The numbers are being written down.")),
    "running": Word(pgettext_lazy("lookup", "under way"), "wait", _("The numbers are being asked for, one after the other.")),
    "paused": Word(pgettext_lazy("lookup", "paused"), "none", _("Nothing is asked for until you resume it.")),
    "cancelling": Word(
        pgettext_lazy("lookup", "being cancelled"), "wait", _("What was on its way is still answered; the rest is given back.")
    ),
    "settling": Word(pgettext_lazy("lookup", "being closed"), "wait", _("The answers are being added up.")),
    "settled": Word(
        pgettext_lazy("lookup", "finished"), "good", _("Every number has its answer, and what was not answered was given back.")
    ),
}
_CANCELLED = Word(pgettext_lazy("lookup", "cancelled"), "none", _("It was cancelled: what was not asked for was given back."))

_TOO_OFTEN = _("It cannot be asked for any more today, for how often one number may be is limited: try again tomorrow.")
_OTHER_CAUSE = _("The network gives no reason but its code %(code)s.")
_CAUSES: dict[str, Words] = {
    "too_often": _TOO_OFTEN,
    "no_answer": _("No answer came in time."),
    "failed": _("No answer came in time."),
    "no_meaning": _("The answer says nothing that can be understood."),
    "not_allowed": _("The network does not tell anything about this number."),
}


_LEFT_OUT: dict[str, Words] = {
    "too_often": _TOO_OFTEN,
    "number_too_long": _("There are too many digits: write one number only. If these are two numbers, put a comma between them."),
}


def of_batch(batch: LookupBatch) -> Word:
    """Return the state of a lookup in words."""
    # Numbers are cancelled also where one was erased, or where more were found than were paid for: nobody did that to the lookup.
    by_somebody = batch.cancelled_at is not None and batch.cancelled
    return _CANCELLED if batch.state == "settled" and by_somebody else _BATCH[batch.state]


def of_result(state: str, reach: str | None) -> Word:
    """Return what became of a number: of an answered one whether it can be reached."""
    return REACH[reach or ""] if state == "answered" else _STATES[state]


def all_of_results() -> list[Word]:
    """Return everything that can become of a number, in words."""
    return [*REACH.values(), *_STATES.values()]


def cause(result: LookupResult) -> str:
    """Return why a number was refused or not answered; blank where its state says it all."""
    if not result.code or result.state not in {"refused", "unknown"}:
        return ""
    known = _CAUSES.get(result.code)
    return str(known) if known else str(_OTHER_CAUSE) % {"code": result.code}


def left_out(code: str) -> str:
    """Return why a number is not asked for, in a sentence."""
    return str(_LEFT_OUT.get(code) or ALONE.get(code, ALONE["number_invalid"]))
