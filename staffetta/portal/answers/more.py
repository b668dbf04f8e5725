"""Answers: all else."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.answers.answer import Answer

ANSWERS = [
    Answer(
        "developers",
        _("Can my programs send SMS?"),
        [
            _("Yes: by a plain HTTP call, XML-RPC, SOAP or REST, with documentation and examples to copy."),
        ],
        covers="F14",
        needs="api",
        links=("developers",),
    ),
    Answer(
        "keys-for-programs",
        _("Which key do I give to a program?"),
        [
            _(
                "Each program one of its own, with no more permissions than it needs: so you can end one without stopping the others. "
                "A key is shown once. For trying there are keys that send and cost nothing. Who is closed in the team takes their keys "
                "along."
            ),
        ],
        needs="api",
        links=("developers",),
    ),
    Answer(
        "webhook-does-not-arrive",
        _("Why does my program hear nothing from a webhook?"),
        [
            _(
                "Look at the log of its calls: it says what your server answered. It must be reachable from the internet and answer "
                "within ten seconds with a status from 200 to 299. What fails is tried again for three days."
            ),
        ],
        needs="api",
        links=("developers",),
    ),
    Answer(
        "mail-to-sms",
        _("How does a mail become an SMS?"),
        [
            _(
                "Make an address here, and write the recipient's number and a point before it. The text of the mail is the SMS. Name "
                "the senders that may use it: whoever knows the address sends at your cost."
            ),
        ],
        needs="api",
        links=("developers",),
    ),
    Answer(
        "my-data",
        _("What do you do with my contacts' numbers?"),
        [
            _(
                "They are yours: used to send what you send, and for nothing else. Files you download from here are deleted after a week; "
                "a file you send to without saving it is forgotten after the send."
            ),
        ],
        links=("privacy",),
    ),
    Answer(
        "consent",
        _("Whom may I write to?"),
        [
            _(
                "For advertising, only those who have agreed to it beforehand; keep the proof. People who ask not to be written to any "
                "more must be left out. Notices about an order or an appointment need no such consent."
            ),
        ],
    ),
    Answer(
        "any-other-question",
        _("My question is not here."),
        [
            _(
                "Write to us from the contact page: if you are logged in, your account and the page you came from are attached, so that "
                "we can answer at once."
            ),
        ],
        covers="F18",
        links=("ask",),
    ),
]
