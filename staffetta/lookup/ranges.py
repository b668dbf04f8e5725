"""Whom the range of a number was given to at first: free, known without asking anybody, and never sold as a lookup."""

import phonenumbers
from phonenumbers import carrier


def operator_of_range(number: str, language: str = "it") -> str:
    """Return the operator that an E.164 number's range was given to; blank where the tables do not say.

    Numbers move between operators: who has it now only a lookup tells.
    """
    try:
        return str(carrier.name_for_number(phonenumbers.parse(number), language))
    except phonenumbers.NumberParseException:
        return ""
