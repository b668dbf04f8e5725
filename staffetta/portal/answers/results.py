"""Answers: results and the archive."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.answers.answer import Answer

ANSWERS = [
    Answer(
        "what-became-of-it",
        _("How do I know who got the message?"),
        [
            _(
                "Every send stays in the archive, with the state of each recipient in plain words. With the type with notification you "
                "read day and hour at which the telephone really got it. You can search by text, number, day and outcome, and download "
                "all as Excel, CSV or PDF."
            ),
        ],
        covers="F10",
        links=("archive",),
    ),
    Answer(
        "not-delivered",
        _("Why has somebody not got it yet?"),
        [
            _(
                "A message that cannot be delivered at once is kept by the carrier, which tries again. How often and for how long is each "
                "carrier's own rule, and it does not tell it. A telephone that is off or out of reach for long may never get the message."
            ),
            _("The credit is spent in any case once the carrier has taken the message."),
        ],
        covers="F9",
        links=("archive",),
    ),
    Answer(
        "uncertain",
        _("What does “uncertain” mean?"),
        [
            _(
                "The link to the carrier broke off in the very moment of handing over: nobody can know whether it took the message. These "
                "few are counted and shown, and never sent again by themselves, so that nobody gets a text twice."
            ),
        ],
        links=("archive",),
    ),
    Answer(
        "write-again",
        _("Can I write again only to those who did not get it?"),
        [
            _(
                "Yes: on the page of the send there is a button for it. The new send takes another route where there is one, and you can "
                "choose another type of SMS."
            ),
        ],
        links=("archive",),
    ),
    Answer(
        "is-a-number-reachable",
        _("Can I check numbers before I send?"),
        [
            _(
                "Yes: a lookup tells the present operator of a number, whether it was ported, and whether it can be reached; for one "
                "number or a whole group. It costs credits, and the cost is shown first."
            ),
        ],
        covers="F11",
        needs="lookup",
        links=("lookups",),
    ),
    Answer(
        "operator-of-a-number",
        _("How do I know which operator a number has, and what does it cost?"),
        [
            _(
                "While you type a number we show free which operator its range was given to. People take their number along when they "
                "change operator, so that says nothing certain: who has it now is told by the check (the trade calls it HLR lookup)."
            ),
            _(
                "You pay only for answers: “does not exist” is one too, for it spares you every SMS to that number. What gets no answer "
                "is given back. A result that is still fresh you may look at again free."
            ),
        ],
        covers="F11",
        needs="lookup",
        links=("lookups",),
    ),
]
