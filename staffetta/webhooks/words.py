"""Why a call failed, in words. A call keeps the code, and what the network said behind a colon: whoever looks has a language of their own."""

from django.utils.translation import gettext_lazy as _

TIMEOUT, REDIRECT, STATUS, CERTIFICATE, CONNECTION, NAME, ADDRESS = (
    *("timeout", "redirect", "status", "certificate", "connection", "name", "address"),
)
FAILURES = {
    TIMEOUT: _("The receiver did not answer within 10 seconds: answer at once, and do the work afterwards."),
    REDIRECT: _("The receiver answered with a redirect, and these are not followed: set the address that it leads to."),
    STATUS: _("The receiver did not take the call: only an answer with a status from 200 to 299 counts as taken."),
    CERTIFICATE: _("The certificate of the receiver is not valid: look at its name, its date and its chain."),
    CONNECTION: _("The receiver cannot be reached, or broke the connection."),
    NAME: _("The name in the address cannot be found: look at how it is written, and at your DNS."),
    ADDRESS: _("The address leads into a private network and is not called: use one of the public internet, or ask the staff to allow it."),
}


def failure(error: str) -> tuple[str, str]:
    """Return the sentence for what a call kept, and what the network said ("" for nothing)."""
    code, _colon, detail = error.partition(": ")
    return str(FAILURES.get(code, "")), detail
