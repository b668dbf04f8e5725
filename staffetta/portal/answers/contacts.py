"""Answers: contacts."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.answers.answer import Answer

ANSWERS = [
    Answer(
        "import-a-spreadsheet",
        _("How do I load my contacts?"),
        [
            _(
                "From a spreadsheet with one row per person: .xls, .xlsx, .ods or .csv. The headings (Nome, Cognome, Cellulare and so on) "
                "may be in any order and written as you like; other columns become fields for your texts, and what you do not need is "
                "left out. Sample files are on the import page."
            ),
            _(
                "Before anything is saved you see what was read, and for each row that cannot be used, what is wrong with it. The "
                "international prefix is added where it is missing. An import by mistake can be undone as a whole."
            ),
        ],
        covers="F16",
        links=("import",),
    ),
    Answer(
        "file-cannot-be-read",
        _("My file is refused: what can I do?"),
        [
            _(
                "The page says why: it is protected by a password, it is damaged, it is a web page saved with the name of a spreadsheet, "
                "or no column has mobile numbers. Open it in Excel or LibreOffice, take the password off if there is one, save it again "
                "as .xlsx and load it once more."
            ),
        ],
        covers="F16",
        links=("import",),
    ),
    Answer(
        "groups",
        _("How are contacts put in order?"),
        [
            _(
                "In groups: a contact can be in several. A send can go to some groups and leave out who is also in others. The same "
                "number is in the address book once, and people with the same name can be merged."
            ),
        ],
        links=("groups",),
    ),
    Answer(
        "take-contacts-away",
        _("Can I take my contacts away again?"),
        [
            _("Whenever you want: all of them, or a group, as Excel or CSV. The file can be imported back unchanged."),
        ],
        links=("contacts",),
    ),
]
