"""Answers: texts and sends."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.answers.answer import Answer

ANSWERS = [
    Answer(
        "long-texts",
        _("How long may a text be?"),
        [
            _(
                "An SMS carries 160 characters. A longer text travels as several SMS that the telephone joins again: 153 characters each, "
                "as 7 are needed for joining them. With the PRO type there can be four: 612 characters."
            ),
            _(
                "Some signs, such as € [ ] { } ~ ^ | and \\, count two. A character that is not in the alphabet of SMS, an emoji for "
                "instance, changes the whole text: then an SMS carries 70 characters, 67 when joined, 268 in all."
            ),
            _("While you write, the page counts, names the character that makes the text dearer, and replaces it with one click."),
        ],
        covers="F8",
        links=("compose",),
    ),
    Answer(
        "types-of-sms",
        _("Which type of SMS shall I choose?"),
        [
            _(
                "A simple notice for which the price matters: the cheapest one. A text with your name as sender, also a long one: PRO. If "
                "you must know when each telephone got it: PRO with notification."
            ),
        ],
        covers="F8",
        links=("prices",),
    ),
    Answer(
        "personal-texts",
        _("Can each person read their own name?"),
        [
            _(
                "Yes: write {nome} where the name goes, and any other column of your file in the same way. {nome|cliente} says what is "
                "read where the name is missing. Before you confirm you see the text and the cost of every recipient."
            ),
        ],
        links=("compose",),
    ),
    Answer(
        "sender-name",
        _("What stands as the sender?"),
        [
            _(
                "A name of at most 11 letters and digits, or a number. A name cannot be answered, and must not look like a telephone "
                "number. In Italy names are for holders of a partita IVA or codice fiscale of a business; a private person sends with a "
                "number."
            ),
        ],
        links=("compose-senders",),
    ),
    Answer(
        "schedule",
        _("Can I send later?"),
        [
            _(
                "Yes: choose day and hour when you write. The credits are set aside when you confirm, and until that moment you can "
                "cancel and have all of them back."
            ),
        ],
        covers="F1",
        links=("compose",),
    ),
    Answer(
        "recurring",
        _("Can a send repeat itself?"),
        [
            _(
                "Yes: every day, on some days of the week, each month or each year. Each time it is priced and charged by itself, and you "
                "get a mail if one could not leave, for example because credit was short."
            ),
        ],
        needs="recurring",
        links=("recurring",),
    ),
    Answer(
        "links",
        _("Can I see who opened a link?"),
        [
            _(
                "Yes: write {link} in the text and the address it leads to. Each recipient gets a short address of their own, and the "
                "page of the send shows who opened it."
            ),
        ],
        needs="links",
        links=("compose",),
    ),
    Answer(
        "pause-and-cancel",
        _("Can I stop a send that has begun?"),
        [
            _(
                "Yes: pause it, go on later, or cancel the rest. What has not left is given back at once; what the carrier has already "
                "taken is still delivered."
            ),
        ],
        links=("archive",),
    ),
    Answer(
        "file-without-saving",
        _("Can I send to a file without saving the contacts?"),
        [
            _(
                "Yes: choose the file when you write. Its columns can be used in the text, nobody is saved in the address book, and the "
                "file is forgotten after the send."
            ),
        ],
        links=("compose",),
    ),
]
