"""Documentation of XML-RPC and SOAP."""

from django.utils.formats import number_format
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from staffetta.portal.interfaces.http import REAL
from staffetta.portal.interfaces.page import Page, Section

# The interfaces' own limits are in api/legacy/several.py, a neighbour that the portal does not import; tests/shape compares them.
MESSAGES_MAX, BODY_MIB_MAX = 10_000, 8


def _messages_max() -> str:
    return str(number_format(MESSAGES_MAX, force_grouping=True))


_messages = lazy(_messages_max, str)
_LIMITS = format_lazy(_("A call carries up to {messages} messages and {mib} MiB."), messages=_messages(), mib=BODY_MIB_MAX)
_SAME = _("Log-in, API password, numbers of types and errors are those of the HTTP interface.")

XMLRPC = Page(
    "xmlrpc",
    "XML-RPC",
    _("The same two operations for programs that speak XML-RPC, with many messages in a call."),
    (
        Section(
            _("Send messages"),
            (
                _(
                    "`send_sms` at `@URL@/xmlrpc/BCP/provisioning.py` takes one struct: `authlogin`, `authpasswd` and `sms`, a list "
                    "of structs with `sender`, `body`, `destination`, `id_api`, and optionally `client_id` and `deliver_timestamp`. "
                    "`sender` and `body` are base64 inside plain strings."
                ),
                _SAME,
                REAL,
            ),
            example="xmlrpc_send",
            after=(
                _(
                    "The answer is a list in the same order, each with `id_sms`, a string of 19 digits. Each message is judged by "
                    "itself: for one that was refused `id_sms` is empty, and `error_code` and `error` say why. If all are refused the "
                    "answer is a fault. Where the credit ends amid them, the first ones pass."
                ),
                _(
                    "More than twenty messages with the same type, sender and time, and without `client_id`, stand in the archive as "
                    "one send."
                ),
            ),
        ),
        Section(_("Credit"), (_("`get_credit` takes a struct with `authlogin` and `authpasswd` and returns a `double`."),)),
        Section(
            _("Faults"),
            (
                _("`faultCode` is the number of the HTTP interface's answer without its minus (3, 5, 13, 100 …), `faultString` its text."),
                _LIMITS,
            ),
        ),
    ),
    types=True,
)
SOAP = Page(
    "soap",
    "SOAP",
    _("The same operations for programs that make their code from a WSDL."),
    (
        Section(
            _("Send messages"),
            (
                _(
                    "SOAP 1.1, document/literal. The description is at `@URL@/soap/BCP?wsdl`; give it to your tool, and it makes "
                    "`send_sms` and `get_credit`."
                ),
                _SAME,
                REAL,
                _("This WSDL is our own: the older portals published none, so nobody has checked it against theirs."),
            ),
            example="soap_send",
        ),
        Section(_("Faults"), (_("A fault's `detail` has the number and the text of the HTTP interface's answer."), _LIMITS)),
    ),
    types=True,
)
