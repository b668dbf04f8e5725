"""What proofs of payment are refused for.

BillingRefused
└── ProofRefused
    ├── ProofEmpty
    ├── ProofTooLarge
    ├── ProofIsHeic
    ├── ProofUnknownKind
    ├── ProofsTooMany
    ├── ProofOfPaidOrder
    ├── ProofDecided
    └── ProofReasonMissing
"""

from django.utils.translation import gettext_lazy as _

from staffetta.billing.errors import BillingRefused


class ProofRefused(BillingRefused):
    """Any refusal about a proof."""

    code = "proof_refused"


class ProofEmpty(ProofRefused):
    """No values."""

    code = "proof_empty"
    message = _("There is no file, or it is empty: choose the receipt as a PDF, JPEG or PNG.")


class ProofTooLarge(ProofRefused):
    """Values: name, limit (megabytes)."""

    code = "proof_too_large"
    message = _(
        "“%(name)s” has more than %(limit)s MB, the most that are taken: send a smaller picture, or only the page with the receipt."
    )


class ProofIsHeic(ProofRefused):
    """Values: name."""

    code = "proof_is_heic"
    message = _(
        "“%(name)s” is a HEIC photograph, which not every computer can open: send a screenshot of the receipt, or save the photograph as JPEG."
    )


class ProofUnknownKind(ProofRefused):
    """Values: name."""

    code = "proof_unknown_kind"
    message = _("“%(name)s” is neither a PDF nor a JPEG or PNG picture, whatever its name says: save the receipt as one of these.")


class ProofsTooMany(ProofRefused):
    """Values: limit."""

    code = "proofs_too_many"
    message = _("%(limit)s receipts wait already, the most there can be: wait until the staff have looked at them.")


class ProofOfPaidOrder(ProofRefused):
    """Values: number."""

    code = "proof_of_paid_order"
    message = _("Order %(number)s needs no receipt: it is paid already, or was given back.")


class ProofDecided(ProofRefused):
    """Values: name."""

    code = "proof_decided"
    message = _("“%(name)s” was decided already: load the page again to see how.")


class ProofReasonMissing(ProofRefused):
    """No values."""

    code = "proof_reason_missing"
    message = _("The reason is empty: write why the receipt is refused; the customer reads it in a mail.")
