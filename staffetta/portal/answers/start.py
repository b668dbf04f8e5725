"""Answers: to begin."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.answers.answer import Answer

ANSWERS = [
    Answer(
        "what-it-is",
        _("What is it, and what do I need?"),
        [
            _(
                "%(brand)s sends SMS to many people at once: you load your contacts from a spreadsheet, write the text once, and read who "
                "got it and when."
            ),
            _(
                "You need a browser: on a PC, a tablet or a telephone it is the same, and nothing is installed. You can write to a single "
                "number or to groups, now or at a day and hour that you choose."
            ),
        ],
        covers="F1",
        links=("account_signup",),
    ),
    Answer(
        "what-does-the-account-cost",
        _("What does the account cost?"),
        [
            _("Nothing. There is no monthly fee and no contract: you pay for credits, and each SMS costs so many of them."),
            _("Credits never expire. What you have not used this year is still there the next."),
        ],
        covers="F2",
        links=("prices",),
    ),
    Answer(
        "free-credits",
        _("Can I try it before I pay?"),
        [
            _("Yes. Once you have confirmed your e-mail, your account has %(free)s in it, once, with nothing to pay and no card to show."),
            _("They are ordinary credits: you can send with every type of SMS, and see delivery times and reports as everybody does."),
        ],
        covers="F3",
        links=("account_signup",),
    ),
    Answer(
        "company-or-person",
        _("Can a private person open an account?"),
        [
            _(
                "Yes: companies, professionals, associations, public bodies and private persons. At the sign-up only a name, an e-mail "
                "and a password are asked; data for invoices can be written later, and their check digits are verified while you write."
            ),
        ],
        covers="F5",
        links=("account_signup",),
    ),
]
