"""Documentation of XML-RPC and SOAP."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.interfaces.page import Page, Section

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
            ),
            example="xmlrpc_send",
            after=(
                _(
                    "The answer is a list in the same order, each with `id_sms`, a string of 19 digits. Each message is judged by "
                    "itself: for one that was refused `id_sms` is empty, and `error_code` and `error` say why. If all are refused the "
                    "answer is a fault."
                ),
            ),
        ),
        Section(_("Credit"), (_("`get_credit` takes a struct with `authlogin` and `authpasswd` and returns a `double`."),)),
        Section(
            _("Faults"),
            (
                _(
                    "`faultCode` is the number of the HTTP interface's answer without its minus (3, 5, 13, 100 …), `faultString` its "
                    "text. A call carries up to 10,000 messages and 4 MiB."
                ),
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
                _("This WSDL is our own: the older portals published none, so nobody has checked it against theirs."),
            ),
            example="soap_send",
        ),
        Section(_("Faults"), (_("A fault's `detail` has the number and the text of the HTTP interface's answer."),)),
    ),
    types=True,
)
