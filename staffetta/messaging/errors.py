"""What the line refuses.

Refused
└── MessagingRefused
    ├── TextRefused: EmptyText, TextTooLong, UnknownField, BraceAlone, LinkMissing
    ├── LinkRefused, LinkUnused
    ├── SenderRefused
    ├── NobodyToSendTo
    ├── TooLateToSend, TooFarAhead, TimeHasPassed
    ├── NoRoute
    ├── NumberRefused, TypeUnknown, OptedOut
    ├── KeyUsedDifferently
    ├── DraftNotReady
    ├── PriceChanged
    ├── GroupGone, FileGone, EverybodyReached, TooManyToRepeat, TooManyToEstimate
    ├── CountFailed
    ├── CutRefused, CutTooLate
    ├── SavedTextRefused: TextNameMissing, TextNameTooLong, TextNameTaken, TextTooLongToSave, TooManyTexts
    ├── SendersFull
    ├── GroupInUse, FieldInUse
    ├── ApprovalRefused: NotYoursToDecide, AlreadyDecided, PlannedTimePassed, TimeNotYours, ReasonToRefuseMissing, LimitWrong, SecondOwnerMissing
    └── MoveRefused, TimeFixed
"""

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused


class MessagingRefused(Refused):
    """Any refusal of the line."""


class TextRefused(MessagingRefused):
    """The text cannot be sent as it is."""


class EmptyText(TextRefused):
    """No values."""

    code = "empty_text"
    message = _("The text is empty: write what the recipients shall read.")


class TextTooLong(TextRefused):
    """Values: number, parts, parts_max, type."""

    code = "text_too_long"
    message = _(
        "For %(number)s the text needs %(parts)s parts and “%(type)s” carries at most %(parts_max)s: shorten the text or choose another type of SMS."
    )


class UnknownField(TextRefused):
    """Values: field, fields."""

    code = "unknown_field"
    message = _("{%(field)s} is not a field of your contacts: use one of %(fields)s, or remove the braces.")


class BraceAlone(TextRefused):
    """Values: near (some characters of the text)."""

    code = "brace_alone"
    message = _("Near “%(near)s” there is a brace without the name of a field: write for example {nome}, or remove the brace.")


class LinkMissing(TextRefused):
    """No values."""

    code = "link_missing"
    message = _("The text has {link}, and no address is written that it shall lead to: write it under “Link whose clicks are counted”.")


class LinkRefused(MessagingRefused):
    """Values: value, why (a sentence)."""

    code = "link_refused"
    message = _("The link “%(value)s” cannot be used: %(why)s")


class LinkUnused(MessagingRefused):
    """No values."""

    code = "link_unused"
    message = _("The link is not in the text: write {link} where it shall stand, or remove the address.")


class SenderRefused(MessagingRefused):
    """Values: sender, why (a sentence)."""

    code = "sender_refused"
    message = _("The sender “%(sender)s” cannot be used: %(why)s")


class NobodyToSendTo(MessagingRefused):
    """No values."""

    code = "nobody_to_send_to"
    message = _("There is nobody to send to: choose a group with contacts in it, or write at least one number.")


class TooLateToSend(MessagingRefused):
    """Values: time."""

    code = "too_late_to_send"
    message = _("%(time)s has already passed: choose a time to come, or send now.")


class TimeHasPassed(MessagingRefused):
    """Values: time."""

    code = "time_has_passed"
    message = _("The send was planned for %(time)s, which has passed: send it at once, or go back and choose another time.")


class TooFarAhead(MessagingRefused):
    """Values: time, limit (a time)."""

    code = "too_far_ahead"
    message = _("%(time)s is too far ahead: a send can be planned for a year at most, up to %(limit)s.")


class NoRoute(MessagingRefused):
    """Values: number."""

    code = "no_route"
    message = _("No carrier is connected for %(number)s at the moment: nothing was charged; tell the staff of the service.")
    retry = True


class NumberRefused(MessagingRefused):
    """Values: number (as it was given), why (a sentence), problem (one of sms.errors.NUMBER_CODES)."""

    code = "number_refused"
    message = _("“%(number)s” cannot be sent to. %(why)s")


class TypeUnknown(MessagingRefused):
    """Values: type (an API number), known."""

    code = "type_unknown"
    message = _("There is no type of SMS with the number %(type)s: use one of %(known)s.")


class OptedOut(MessagingRefused):
    """Values: number."""

    code = "opted_out"
    message = _("%(number)s has asked not to be written to: nothing was sent and nothing was charged. Take the number off your list.")


class KeyUsedDifferently(MessagingRefused):
    """Values: key."""

    code = "key_used_differently"
    message = _(
        "The key “%(key)s” was used before for another message: use a new key for each message, and the same one only to repeat it."
    )


class DraftNotReady(MessagingRefused):
    """No values."""

    code = "draft_not_ready"
    message = _("The cost of this send is still being counted: wait for the count to end, then confirm.")
    retry = True


class MoveRefused(MessagingRefused):
    """Values: state, why (a sentence)."""

    code = "move_refused"
    message = _("This send is “%(state)s”: %(why)s")


class PriceChanged(MessagingRefused):
    """No values."""

    code = "price_changed"
    message = _("The price list has changed since this send was counted: go back and look at the new cost.")
    retry = True


class GroupGone(MessagingRefused):
    """No values."""

    code = "group_gone"
    message = _("A group of this send was deleted after you looked at its cost: go back and choose the recipients again.")


class FileGone(MessagingRefused):
    """No values."""

    code = "file_gone"
    message = _("The file of this send was forgotten, as it was not sent for some days: go back and choose the file again.")


class CountFailed(MessagingRefused):
    """No values."""

    code = "count_failed"
    message = _("The cost could not be counted, by a fault of ours: nothing was charged. Go back and try once more, or tell the staff.")
    retry = True


class CutRefused(MessagingRefused):
    """Values: first, recipients."""

    code = "cut_refused"
    message = _("The send has %(recipients)s recipients: write how many of the first ones shall get it, from 1 on and fewer than all.")


class CutTooLate(MessagingRefused):
    """No values."""

    code = "cut_too_late"
    message = _("This send was confirmed already, or waits for approval: nothing was changed. To write to fewer people, begin a new send.")


class SavedTextRefused(MessagingRefused):
    """A text that cannot be saved."""


class TextNameMissing(SavedTextRefused):
    """No values."""

    code = "text_name_missing"
    message = _("Give the text a name, so that you find it again: for example “Saturday's offers”.")


class TextNameTooLong(SavedTextRefused):
    """Values: name, length, limit."""

    code = "text_name_too_long"
    message = _("The name has %(length)s characters and at most %(limit)s are kept: shorten it.")


class TextNameTaken(SavedTextRefused):
    """Values: name."""

    code = "text_name_taken"
    message = _("There is a text “%(name)s” already: choose another name.")


class TextTooLongToSave(SavedTextRefused):
    """Values: length, limit."""

    code = "text_too_long_to_save"
    message = _("The text has %(length)s characters and at most %(limit)s are kept: shorten it.")


class TooManyTexts(SavedTextRefused):
    """Values: limit."""

    code = "too_many_texts"
    message = _("There are %(limit)s saved texts, the most an account can have: delete one that you do not use.")


class SendersFull(MessagingRefused):
    """Values: limit."""

    code = "senders_full"
    message = _("There are %(limit)s saved senders, the most an account can have: delete one that you do not use.")


class GroupInUse(MessagingRefused):
    """Values: name."""

    code = "group_in_use"
    message = _("“%(name)s” has a send that has not left yet: wait until it has left, or cancel it; then try again.")


class FieldInUse(MessagingRefused):
    """Values: field."""

    code = "field_in_use"
    message = _(
        "{%(field)s} stands in the text of a send that has not left yet or waits for approval: wait until it has left, or cancel it; then try again."
    )


class EverybodyReached(MessagingRefused):
    """No values."""

    code = "everybody_reached"
    message = _("Nobody is left to be written to again: this send reached all whom it could, or their receipts are still to come.")


class TooManyToRepeat(MessagingRefused):
    """Values: people, limit."""

    code = "too_many_to_repeat"
    message = _(
        "%(people)s were not reached, and at most %(limit)s can be written to again at once: "
        "order the send's report, import their rows as a group, and write to the group."
    )


class TooManyToEstimate(MessagingRefused):
    """Values: people, limit."""

    code = "too_many_to_estimate"
    message = _("The groups have %(people)s people, and at most %(limit)s are taken in a call: use the portal for them, or smaller groups.")


class ApprovalRefused(MessagingRefused):
    """Something about the approval of a send by a second person."""


class NotYoursToDecide(ApprovalRefused):
    """No values."""

    code = "not_yours_to_decide"
    message = _("Another owner than who asked must decide about this send, and whoever asked can take it back.")


class AlreadyDecided(ApprovalRefused):
    """Values: state (a word)."""

    code = "already_decided"
    message = _("This send is “%(state)s” already: nothing was done again. To send it after all, change it and confirm it anew.")


class PlannedTimePassed(ApprovalRefused):
    """Values: time."""

    code = "planned_time_passed"
    message = _("The send was planned for %(time)s, which has passed: approve it to leave now, or refuse it with a word why.")


class TimeNotYours(ApprovalRefused):
    """No values."""

    code = "time_not_yours"
    message = _("An owner approved this send for its time: ask an owner to change it.")


class ReasonToRefuseMissing(ApprovalRefused):
    """No values."""

    code = "reason_to_refuse_missing"
    message = _("The reason is empty: write what shall be changed; it goes by mail to who asked.")


class LimitWrong(ApprovalRefused):
    """Values: value."""

    code = "limit_wrong"
    message = _(
        "“%(value)s” is not a number of recipients: write a whole number from 1 on, for example 100, or leave it blank for no approval."
    )


class SecondOwnerMissing(ApprovalRefused):
    """No values."""

    code = "second_owner_missing"
    message = _(
        "Owners cannot approve each other's sends while there is only one: make somebody else an owner first, or leave the box empty."
    )


class TimeFixed(MessagingRefused):
    """No values."""

    code = "time_fixed"
    message = _("This send leaves within minutes, or has left: its time can no longer be changed. It can still be cancelled.")
