"""Why a number cannot be used: in sentences that stand beside a row of a file, and for a number by itself. Knows no files."""

from django.utils.translation import gettext_lazy as _

PROBLEMS = {
    "number_empty": _("The number is missing: write it, or remove the row."),
    "number_letters": _("There are letters in the number: leave only the number in this column."),
    "number_characters": _("There are characters that no number has: leave only digits, blanks and the initial +."),
    "number_too_short": _("Digits are missing: an Italian mobile has ten, without the prefix."),
    "number_too_long": _("There are too many digits: write one number only, in ten digits without the prefix."),
    "number_landline": _("This is a landline: SMS reach mobiles only."),
    "number_not_mobile": _("This is a service number: SMS reach mobiles only."),
    "number_invalid": _("No mobile has this number: check the digits."),
    "number_country_unknown": _("No country has this prefix: check the digits after the +."),
    "number_lost_digits": _("The spreadsheet has rounded the number and digits are lost: format the column as text and write it again."),
    "number_without_prefix": _(
        "The international prefix is missing: write it (+39 for Italy), or import the file again with “add the prefix”."
    ),
    "text_too_long": _("This text is too long: shorten it, or leave its column out."),
}

# Of a number that stands in no file: typed by somebody, or sent by a program.
ALONE = PROBLEMS | {
    "number_empty": _("The number is missing: write it."),
    "number_letters": _("There are letters in the number: leave only its digits and the initial +."),
    "number_lost_digits": _("It has been rounded and its last digits are lost: write all its digits."),
    "number_without_prefix": _("The international prefix is missing: write it (+39 for Italy)."),
}
