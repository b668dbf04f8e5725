"""What a mail server is answered: codes of RFC 3463 and a sentence in ASCII. Pure but for the translations."""

from collections.abc import Sequence

from django.utils import translation

from staffetta.api.errors import dialect
from staffetta.api.operations import Sent
from staffetta.lib.errors import Refused

NOT_OURS = "550 5.1.1 The address must be a number, a point and a token that is in use: make one in the portal under E-mail to SMS."
NOT_ALLOWED = "550 5.7.1 This sender may not use the token: add it to the senders of the address in the portal."
AUTOMATIC = "550 5.7.1 Automatic replies and bounces are not sent on as SMS."
NO_TEXT = "554 5.6.0 There is no text in the mail: write the SMS into its body."
LATER = "451 4.3.0 Something went wrong on our side: try again later. Nothing is sent twice."
_ALIKE = str.maketrans({"“": '"', "”": '"', "’": "'", "…": "...", "–": "-"})


def ascii_only(sentence: str) -> str:
    """Return a sentence as SMTP without SMTPUTF8 can carry it, on one line."""
    return " ".join(sentence.translate(_ALIKE).encode("ascii", "replace").decode().split())


def refusal(refused: Refused, code: str = "554 5.6.0") -> str:
    """Return the answer for a refusal: what can succeed later is tried again by the mail server itself."""
    later = refused.retry or dialect(refused).status >= 500
    with translation.override("en"):
        return ascii_only(f"{'451 4.3.0' if later else code} {refused}")


def of_one(answer: Sent | Refused) -> str:
    """Return the answer for one recipient."""
    return refusal(answer) if isinstance(answer, Refused) else f"250 2.0.0 SMS queued - ID: {answer.message_id}"


def of_all(numbers: Sequence[str], found: Sequence[Sent | Refused]) -> str:
    """Return the one answer of SMTP for several recipients.

    Once a message was accepted the mail is: nobody tries it again. Who was refused is named here and told by mail (back.py).
    """
    told = [of_one(each) for each in found]
    if len(told) == 1:
        return told[0]
    ids = [str(each.message_id) for each in found if isinstance(each, Sent)]
    wrong = [(number, refusal(each)) for number, each in zip(numbers, found, strict=True) if isinstance(each, Refused)]
    said = "; ".join(f"{number}: {line[10:]}" for number, line in wrong)
    if ids:
        return f"250 2.0.0 {len(ids)} SMS queued - IDs: {' '.join(ids)}{' - refused: ' * bool(wrong)}{said}"[:500]
    code = next((line[:9] for _number, line in wrong if line.startswith("451")), wrong[0][1][:9])
    return f"{code} {said}"[:500]


def partly(found: Sequence[Sent | Refused]) -> bool:
    """Tell whether some recipients of a mail were refused, and not all."""
    return len({isinstance(each, Refused) for each in found}) == 2
