"""Which states an invoice has on its way through the exchange system, and which moves are allowed. Knows no tables."""

from django.utils.translation import pgettext_lazy

# An answer proves that the file was sent, whether or not anybody marked it so.
_ANY = frozenset({"delivered", "not_delivered", "rejected", "accepted", "refused", "expired", "attested"})
INVOICE_MOVES: dict[str, frozenset[str]] = {
    "issued": _ANY | {"sent"},
    "sent": _ANY,
    # A public body that could not be reached is tried again for ten days.
    "not_delivered": frozenset({"delivered", "accepted", "refused", "expired", "attested"}),
    "delivered": frozenset({"accepted", "refused", "expired"}),
    "rejected": frozenset({"issued"}),  # by issue_again alone: in law it was never issued
    "accepted": frozenset(),
    "refused": frozenset(),
    "expired": frozenset(),
    "attested": frozenset(),
}
NAMES = {
    "issued": pgettext_lazy("invoice", "Issued"),
    "sent": pgettext_lazy("invoice", "Sent to the exchange system"),
    "delivered": pgettext_lazy("invoice", "Delivered"),
    "not_delivered": pgettext_lazy("invoice", "In your tax drawer"),
    "rejected": pgettext_lazy("invoice", "Being corrected"),
    "accepted": pgettext_lazy("invoice", "Accepted"),
    "refused": pgettext_lazy("invoice", "Refused by the body"),
    "expired": pgettext_lazy("invoice", "Accepted by silence"),
    "attested": pgettext_lazy("invoice", "Could not be delivered"),
}
# As the staff read them.
STAFF_NAMES = {
    "issued": pgettext_lazy("invoice for the staff", "To be sent"),
    "sent": pgettext_lazy("invoice for the staff", "Sent"),
    "delivered": pgettext_lazy("invoice for the staff", "Delivered"),
    "not_delivered": pgettext_lazy("invoice for the staff", "In the tax drawer"),
    "rejected": pgettext_lazy("invoice for the staff", "Rejected by SDI"),
    "accepted": pgettext_lazy("invoice for the staff", "Accepted"),
    "refused": pgettext_lazy("invoice for the staff", "Refused by the body"),
    "expired": pgettext_lazy("invoice for the staff", "Accepted by silence"),
    "attested": pgettext_lazy("invoice for the staff", "Could not be delivered"),
}
MEANINGS = {
    "issued": pgettext_lazy("invoice", "The invoice is issued and was mailed to you; the electronic one goes to the exchange system (SDI) next."),
    "sent": pgettext_lazy("invoice", "The electronic invoice is with the exchange system (SDI), which passes it on to you."),
    "delivered": pgettext_lazy("invoice", "The exchange system has delivered the electronic invoice to your SDI code or PEC."),
    "not_delivered": pgettext_lazy(
        "invoice", "The electronic invoice waits in your reserved area on the site of the Agenzia delle Entrate, under “Fatture e corrispettivi”."
    ),
    "rejected": pgettext_lazy("invoice", "The exchange system did not take the electronic invoice: we correct it and send it again."),
    "accepted": pgettext_lazy("invoice", "Your body has accepted the electronic invoice."),
    "refused": pgettext_lazy("invoice", "Your body has refused the electronic invoice: we get in touch."),
    "expired": pgettext_lazy("invoice", "Your body has not answered within 15 days, so the electronic invoice counts as received."),
    "attested": pgettext_lazy("invoice", "The exchange system could not deliver the electronic invoice and attests that it was sent."),
}  # fmt: skip
GOOD = frozenset({"delivered", "not_delivered", "accepted", "expired", "attested"})
# What each kind of answer makes of the invoice; an NE says it by its outcome.
ANSWERS = {"RC": "delivered", "NS": "rejected", "MC": "not_delivered", "DT": "expired", "AT": "attested"}
OUTCOMES = {"EC01": "accepted", "EC02": "refused"}


def moves_into(state: str) -> tuple[str, ...]:
    """Return the states from which `state` may be reached."""
    return tuple(origin for origin, targets in INVOICE_MOVES.items() if state in targets)
