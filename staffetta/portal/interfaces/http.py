"""Documentation of the old HTTP interface."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.interfaces.page import Page, Section, Table

YES, NO = _("yes"), _("no")
PARAMETERS = (
    ("`authlogin`", YES, _("`@LOGIN@` or `@LOGIN@@@REALM@`: both work")),
    ("`authpasswd`", YES, _("the API password of the account")),
    ("`body`", YES, _("the text, in base64")),
    ("`destination`", YES, _("one number, digits alone: `39` and the number for Italy, no `+` and no `00`")),
    ("`id_api`", YES, _("the number of the type of SMS")),
    ("`sender`", _("by type"), _("in base64; types with a fixed sender do not look at it")),
    ("`deliver_timestamp`", NO, _("when it shall leave: `2026-12-24 09:00:00` in the account's time zone, ISO 8601, or Unix seconds")),
    ("`client_id`", NO, _("a key of your own, up to 100 characters: the same call again sends nothing twice")),
    ("`report_type`", NO, _("taken and not needed: the type says whether there is a receipt")),
)
ANSWERS = (
    ("`+01 SMS Queued - ID: 1234567890123456789`", _("accepted and charged; the message's id has 19 digits")),
    ("`-3-Access denied`", _("log-in or API password is wrong, or the account is closed")),
    ("`-5-body not specified`", _("this parameter is missing")),
    ("`-13-destination invalid parameter type`", _("this parameter is of the wrong kind, as a number with `+`")),
    ("`-5-sender not specified`", _("the type leaves the sender to you, and there is none")),
    ("`-13-request cannot be read`", _("the form or the characters in it cannot be read")),
    ("`-13-method must be GET or POST`", _("the call was neither; in XML-RPC and SOAP `POST` alone")),
    ("`-13-sms has more messages than a call can carry`", _("XML-RPC and SOAP: split the call")),
    ("`-13-client_id was used before for another message`", _("a key of your own stands for one message")),
    ("`-13-deliver_timestamp has passed`", _("the time to leave at is over")),
    ("`-13-deliver_timestamp is more than a year ahead`", _("choose a nearer time")),
    ("`-32-Too many calls, try again later`", _("more calls than a minute takes")),
    (
        "`-32-The first call with this client_id is still under way, try again later`",
        _("ask again in a moment, with the same `client_id`"),
    ),
    ("`-32-No carrier for this destination at the moment, try again later`", _("nothing was charged: try again later")),
    (
        "`-32-Unknown whether it was sent, repeat with the same client_id`",
        _("our database was lost at that moment: with the same `client_id` nothing is sent twice; without one look into the archive"),
    ),
    ("`-32-Internal error`", _("something went wrong on our side; nothing was charged. Try again")),
    ("`-100-Invalid destination`", _("digits, but no number can be so")),
    ("`-101-Destination not allowed`", _("not sold toward this number, or it asked not to be written to")),
    (
        "`-102-body contains invalid characters or is too long`",
        _("base64 that cannot be read, an empty text, or more parts than the type takes"),
    ),
    ("`-103-Not enough credit`", _("not enough credit")),
    ("`-104-Invalid id_api`", _("there is no such type of SMS")),
    ("`-105-sender contains invalid characters or is too long`", _("at most 11 letters and digits, or `+` and up to 20 digits")),
)

REAL = _(
    "There is no sandbox for the API password: the first call that is accepted sends a real SMS and costs real credit. Try with REST and a "
    "key for trying first, or with a number of your own."
)

PAGE = Page(
    "http",
    "HTTP",
    _("The interface of the older Italian SMS portals: a program that speaks it goes on working when you change its host."),
    (
        Section(
            _("You have such a program already"),
            (
                _(
                    "Change its host to this one. Then set the password that stands in the program as your API password, or put a new "
                    "one into the program. In the program nothing else changes."
                ),
                REAL,
            ),
        ),
        Section(
            _("Send a message"),
            (
                _(
                    "`GET` or `POST` to `@URL@/http/send_sms`; parameters in the address, in a form, or as `multipart/form-data`. In "
                    "the address they end up in logs: better in the form."
                ),
            ),
            table=Table((_("Parameter"), _("Needed"), _("What it is")), PARAMETERS),
            example="http_send",
            after=(
                _(
                    "The bytes in `body` may be UTF-8, Windows-1252 or the telephone alphabet GSM 03.38: which one it is, is found "
                    "out. Line breaks inside the base64 and a missing `=` at its end do no harm."
                ),
            ),
        ),
        Section(
            _("Answers"),
            (
                _(
                    "One line of text, always with status 200. It begins with `+` where the message was accepted, with `-` and a "
                    "number where not."
                ),
            ),
            table=Table((_("Answer"), _("What it means")), ANSWERS),
        ),
        Section(
            _("Credit"),
            (
                _(
                    "`@URL@/http/get_credit` with `authlogin` and `authpasswd` answers with a number, such as `60.0000`: four "
                    "decimals and a point."
                ),
            ),
            example="http_credit",
        ),
    ),
    types=True,
)
