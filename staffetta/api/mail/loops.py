"""Tell automatic replies and bounces from mails that somebody meant: those never become SMS, or two machines would write for ever. Pure."""

from email.message import EmailMessage


def automatic(mail: EmailMessage, mail_from: str | None) -> bool:
    """Tell whether a mail is an answer of a machine: no sender (a bounce), Auto-Submitted (RFC 3834), or Precedence bulk, junk, list.

    `Auto-Submitted: auto-generated` is what alarms write of themselves: these are meant.
    """
    submitted = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return not mail_from or submitted not in {"no", "auto-generated"} or precedence in {"bulk", "junk", "list"}
