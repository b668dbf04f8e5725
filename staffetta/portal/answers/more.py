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
