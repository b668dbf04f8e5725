"""Documentation of the Python client and of the command line."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.interfaces.page import Page, Section, Table

METHODS = (
    ("`send(type, to, text, sender=, send_at=, key=)`", _("send one message")),
    ("`send_many(type, [(to, text), …], sender=, send_at=, key=)`", _("send up to 10,000 messages in a call")),
    ("`message(id)`, `messages(…)`", _("a message as it stands; all messages, page after page")),
    ("`batch(id)`, `batches()`, `batch_messages(id)`", _("sends, and the messages of one")),
    ("`credit()`, `types()`", _("credit; types of SMS with their prices")),
    ("`estimate(type, [(to, text), …], sender=)`", _("what messages would cost; nothing is sent")),
)
CLIENT = Page(
    "client",
    _("Python client"),
    _("A small, typed client of the REST interface, ordinary and asynchronous."),
    (
        Section(
            _("Send a message"),
            (
                _(
                    "`staffetta.client` is part of Staffetta's source and in no package index. Take it from who runs the service: `pip install` of "
                    "the source's folder brings the whole of Staffetta; for the client alone copy `staffetta/__init__.py` and "
                    "`staffetta/client/` beside your program, which then needs only `httpx`. Without arguments `Client()` takes key and "
                    "address from `STAFFETTA_KEY` and `STAFFETTA_URL`."
                ),
            ),
            example="client_send",
        ),
        Section(
            _("What it does for you"),
            (
                _(
                    "Each call that sends gets a key of its own, and is repeated with the same key when the line drops or the service "
                    "is busy (429, 502, 503, 504), up to five times and ever more slowly. Give `key` yourself, to be safe also when "
                    "your program ends half-way."
                ),
                _(
                    "A refusal is a `StaffettaError` with `code`, `status`, `detail` and `retry`; no answer at all is `NotReachable`. "
                    "`AsyncClient` has the same methods, with `await` and `async for`."
                ),
            ),
            table=Table((_("Method"), _("What it does")), METHODS),
        ),
    ),
)
COMMAND = Page(
    "command-line",
    _("Command line"),
    _("One SMS from a script or by hand, from any machine."),
    (
        Section(
            _("Send a message"),
            (
                _(
                    "Set `STAFFETTA_KEY` to your key. `--text -` reads the text from the standard input; `--id` is a key of your own, "
                    "with which the same call sends nothing twice. Without `--type` it takes the first type on sale that lets you choose the "
                    "sender where you give `--sender`, else the first with a fixed one. `--to` is given once: one call sends one message."
                ),
            ),
            example="command_send",
            after=(_("It prints the id and the state. A refusal is one line that says why, and exit code 2."),),
        ),
    ),
)
