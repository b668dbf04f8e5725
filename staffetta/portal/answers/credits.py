"""Answers: credits and costs."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.answers.answer import Answer

ANSWERS = [
    Answer(
        "why-credits",
        _("Why credits and not euro?"),
        [
            _(
                "Credits are not tied to a type of SMS. Each type costs its own number of them, also with decimals, and you pick the type "
                "at each send: a simple notice today, one with receipts tomorrow, from the same credit."
            ),
        ],
        covers="F13",
        links=("prices",),
    ),
    Answer(
        "how-many-sms-are-left",
        _("How many SMS can I still send?"),
        [
            _(
                "The first page of your account says it: the credit left, what an SMS of each type costs, and how many of each you can "
                "still send. It is right at once after every send."
            ),
            _("If you like, we write to you when the credit falls below a number that you choose."),
        ],
        covers="F7",
        links=("home",),
    ),
    Answer(
        "credit-too-small",
        _("What happens when my credit is too small for a group?"),
        [
            _(
                "Nothing is sent and nothing is charged behind your back. The page computes what is needed and how many recipients your "
                "credit covers, and you choose: send to the first ones, keep the others as a new group for later, download the list to "
                "trim it by hand, or stop."
            ),
            _(
                "An example: 100 contacts, a type that costs 1 credit, 85 credits left. 85 can be sent now; the other 15 become a group, "
                "so that you can go on from there."
            ),
        ],
        covers="F12",
        links=("compose",),
    ),
    Answer(
        "when-is-credit-given-back",
        _("When is credit given back?"),
        [
            _(
                "What the carrier never took is given back: messages it refused, those you took back before they left, and those whose "
                "validity ran out in our queue."
            ),
            _("What the carrier took is spent, also when the telephone stays off: the carrier does its work and is paid in any case."),
        ],
        covers="F9",
        links=("archive",),
    ),
    Answer(
        "can-credit-get-lost",
        _("Can credit get lost, or an SMS be charged twice?"),
        [
            _(
                "No. When you confirm a send its credits are set aside; at the end what left is charged and the rest is given back. The "
                "database itself refuses a balance below zero, a second charge and a changed line."
            ),
        ],
    ),
    Answer(
        "how-to-buy",
        _("How do I buy credits?"),
        [
            _(
                "Choose a package of the price list and press “Buy”: by card the credits are there at once; by bank transfer or postal "
                "slip you get a page with all data and a reason code, and the credits come as soon as the money is recognised by that "
                "code."
            ),
        ],
        covers="F4",
        needs="payments",
        links=("prices", "buy"),
    ),
    Answer(
        "the-more-the-cheaper",
        _("Does it cost less when I buy more?"),
        [
            _("Yes: the larger the package, the less each credit costs, and so each SMS of every type."),
        ],
        covers="F6",
        links=("prices",),
    ),
    Answer(
        "invoices",
        _("Do I get an invoice?"),
        [
            _(
                "For every purchase, by e-mail: as a PDF and as the electronic invoice sent to the exchange system, numbered per year "
                "without gaps."
            ),
        ],
        covers="F5",
        needs="payments",
        links=("orders", "profile"),
    ),
    Answer(
        "card-refused",
        _("My card was refused: why?"),
        [
            _(
                "The page tells the cause that the bank gives: not enough funds, a card that is not enabled for the internet, 3-D Secure "
                "that is not active or failed, or a bank that does not answer. Your order is kept: try again, take another card, or "
                "change to bank transfer or postal slip."
            ),
            _(
                "To switch on 3-D Secure: open your bank's app or site, look for “secure payments online”, “3-D Secure” or “SecureCode”, "
                "confirm your mobile number, and try again after some minutes."
            ),
        ],
        covers="F17",
        needs="payments",
        links=("ask",),
    ),
]
