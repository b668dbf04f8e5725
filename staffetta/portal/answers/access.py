"""Answers: getting in."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.answers.answer import Answer

ANSWERS = [
    Answer(
        "cannot-log-in",
        _("I cannot log in: what shall I do?"),
        [
            _(
                "There is a page that goes through every cause and tests what it can by itself: the confirmation that is missing, the "
                "name with or without @%(realm)s, blanks copied along, Caps Lock, a page open for too long, cookies, the clock."
            ),
        ],
        covers="F15",
        links=("login-help",),
    ),
    Answer(
        "registration-not-completed",
        _("I signed up but the account does not work."),
        [
            _(
                "The e-mail is not confirmed yet: open the link in the mail that we sent you. It may be among the unwanted mail; you can "
                "have it sent again."
            ),
        ],
        covers="F15",
        links=("signup-resend",),
    ),
    Answer(
        "forgotten-password",
        _("I have forgotten the password."),
        [
            _("Write your e-mail on the page for it, and you get a link to choose a new one."),
        ],
        covers="F15",
        links=("account_reset_password",),
    ),
    Answer(
        "several-people",
        _("Can several people work with one account?"),
        [
            _(
                "Yes: invite them by e-mail. Each has a log-in of their own and a role: owner, sender, reader or developer. Large sends "
                "can be made to wait for a second person's approval."
            ),
        ],
        needs="team",
        links=("account",),
    ),
    Answer(
        "two-factor",
        _("How do I protect the account?"),
        [
            _(
                "With a code of your telephone that is asked for after the password, and the list of where you are logged in, from which "
                "you can log out everywhere else."
            ),
        ],
        links=("account",),
    ),
]
