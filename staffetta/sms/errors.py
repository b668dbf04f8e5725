"""What a number or a sender is refused for. Knows codes and values only: each face turns a code into its own sentence.

SmsError
├── NumberError     code is one of NUMBER_CODES
└── SenderError     code is one of SENDER_CODES
"""

from typing import Any, Final

NUMBER_CODES: Final = frozenset(
    {
        "number_empty",  # nothing left once blanks are taken off
        "number_letters",  # letters in it
        "number_characters",  # other characters that no telephone number has
        "number_too_short",
        "number_too_long",
        "number_landline",  # a fixed line, where only a mobile can get an SMS
        "number_not_mobile",  # free-phone, premium, voice over IP and the like
        "number_invalid",  # right length, but no such number is given out in its country
        "number_country_unknown",  # the prefix, or the default country, does not exist
        "number_lost_digits",  # a spreadsheet rounded it: what is missing cannot be known
    }
)

SENDER_CODES: Final = frozenset(
    {
        "sender_empty",
        "sender_edge_space",  # a space at the beginning or at the end
        "sender_too_long",  # `length` and `limit` say by how much
        "sender_too_short",  # digits too few to be a number or a short code
        "sender_characters",  # `characters` are those that cannot be shown everywhere
        "sender_no_letter",  # neither a number nor a name
        "sender_looks_like_number",  # could be taken for a telephone number
    }
)


class SmsError(ValueError):
    """A value that cannot be used: `code` is stable, `value` is what was given, `facts` are what a sentence may name."""

    def __init__(self, code: str, value: str, **facts: Any) -> None:
        super().__init__(f"{code}: {value!r}")
        self.code = code
        self.value = value
        self.facts = facts


class NumberError(SmsError):
    """A telephone number that cannot be sent to."""


class SenderError(SmsError):
    """A sender that cannot be shown on a handset."""
