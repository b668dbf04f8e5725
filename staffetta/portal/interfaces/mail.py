"""Documentation of sending by e-mail."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.interfaces.page import Page, Section, Table

ANSWERS = (
    ("`250`", _("accepted and charged; the message's id follows")),
    ("`550 5.1.1`", _("the address is not a number, a point and a token that is in use")),
    ("`550 5.7.1`", _("this sender may not use the token, or the mail is an automatic reply: these are never sent on")),
    ("`552`", _("the mail is larger than 256 KiB")),
    ("`554 5.6.0`", _("there is no text in it, or the message was refused: the answer says why")),
    ("`451 4.3.0`", _("not at the moment: your mail server tries again by itself")),
)

PAGE = Page(
    "email",
    _("E-mail to SMS"),
    _(
        "For what can send mails and nothing else: alarm systems, printers, old programs. Who runs the service must have switched it on (`STAFFETTA_MAIL_LISTEN`)."
    ),
    (
        Section(
            _("The address says it all"),
            (
                _(
                    "Make a mail address under “E-mail to SMS”. It has a token that lets mails in; write the number of the recipient, "
                    "a point and the token before the `@`: `+393300000001.@TOKEN@@@MAILHOST@`. Several recipients are several "
                    "addresses."
                ),
                _(
                    "The text of the mail becomes the SMS. A signature below a line with `-- ` is cut off; a mail that is only HTML "
                    "is made into text; attachments are left out. Type and sender of the SMS are chosen with the token."
                ),
            ),
            example="email_send",
            after=(
                _(
                    "The same mail delivered twice is sent once: it is known by its `Message-ID`, and where it has none by sender, "
                    "date and text. A mail that has no date either counts as the same within an hour."
                ),
                _(
                    "Whoever knows the address can send at your cost: name the senders that may use it, and take the address away "
                    "when it is no longer needed."
                ),
            ),
        ),
        Section(
            _("Answers"),
            (
                _(
                    "The mail server is told at once what became of the mail, by LMTP of each recipient. By SMTP a mail with several "
                    "recipients is taken as soon as one message was accepted; who was refused is named in the answer, and told to the "
                    "sender by mail."
                ),
            ),
            table=Table((_("Answer"), _("What it means")), ANSWERS),
        ),
    ),
)
