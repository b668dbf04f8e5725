"""Documentation of the sandbox: its table of numbers is the sandbox's own."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from staffetta.messaging.sandbox import MAGIC
from staffetta.portal.interfaces.page import Page, Row, Section, Table


def _numbers() -> Iterable[Row]:
    return [(f"`{number}`", magic.says) for number, magic in MAGIC.items()]


PAGE = Page(
    "sandbox",
    _("Sandbox"),
    _("Try your program without sending or paying anything."),
    (
        Section(
            _("A key that sends nothing"),
            (
                _(
                    "Choose “for trying” when you make a key: it begins with `stf_test_`. Messages are sent and read with it as with "
                    "any other, prices and parts are counted, and webhooks come; but nothing leaves, no credit is spent, and the "
                    "messages are forgotten after a week. Everything else can be read; calls that would change it are refused: contacts, "
                    "groups, texts, webhooks and reports are the account's real ones."
                ),
                _(
                    "Events of the sandbox go to the webhooks of the account, made in the portal or with a live key, and have "
                    "`sandbox: true`: a program that acts on events looks at it first."
                ),
                _(
                    "A key for trying may send and read its own messages. With the tick “read real data too” it can also read what else "
                    "you allow, such as your contacts and your credit: give such a key only to whom you would show them."
                ),
                _("What becomes of a message is up to the number you send it to:"),
            ),
            table=Table((_("Number"), _("What happens")), _numbers),
            after=(_("Receipts come only for types of SMS that have them."),),
        ),
    ),
)
