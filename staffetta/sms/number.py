"""Telephone numbers: whatever people and spreadsheets write, turned into E.164 or refused with a reason. Never guessed.

Italian mobiles take a short way of one pattern; every other number goes through the phonenumbers tables.
"""

import re
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType, ValidationResult

from staffetta.sms.errors import NumberError

# Ten digits after the prefix. '39' without '+' is the prefix only when ten more follow: 393 1234567 is a mobile itself.
_ITALIAN_INTERNATIONAL: Final = re.compile(r"(?:\+39|0039)(3[1-9][0-9]{8})").fullmatch
_ITALIAN: Final = re.compile(r"(?:\+39|39|0039)?(3[1-9][0-9]{8})").fullmatch

_LETTER: Final = re.compile(r"[^\W\d_]")
_SCIENTIFIC: Final = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+").fullmatch
_WHOLE_FLOAT: Final = re.compile(r"(\+?[0-9]{7,})[.,]0{1,2}").fullmatch
_BROKEN_FLOAT: Final = re.compile(r"\+?[0-9]{8,}[.,][0-9]{1,3}").fullmatch

# Separators, and the invisible marks that come along when a number is copied from a contact or a web page.
_SEPARATORS: Final = re.compile("[\\s./()\\[\\]\\-‐‑‒–—−\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_DIGITS: Final = re.compile(r"\+?[0-9]+").fullmatch

# A sheet shows 393334567890 as 3,93335E+11, and saved as text the rest are zeros: at least six of them.
_ROUNDED: Final = "000000"
_DIGITS_MIN: Final = 5
_DIGITS_MAX: Final = 18  # E.164 has 15; three more may be an international prefix

_ITALY: Final = 39
_ITALIAN_MIN: Final = 9  # the first mobiles had nine digits, and some are still in use
_ITALIAN_MAX: Final = 10

_MOBILE: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_LENGTHS: Final = {
    ValidationResult.TOO_SHORT: "number_too_short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "number_too_short",
    ValidationResult.TOO_LONG: "number_too_long",
    ValidationResult.INVALID_COUNTRY_CODE: "number_country_unknown",
}
_PARSE_CODES: Final = {
    NumberParseException.INVALID_COUNTRY_CODE: "number_country_unknown",
    NumberParseException.TOO_SHORT_NSN: "number_too_short",
    NumberParseException.TOO_SHORT_AFTER_IDD: "number_too_short",
    NumberParseException.TOO_LONG: "number_too_long",
}


def parse(raw: str, country: str = "IT") -> str:
    """Return a mobile number in E.164 with its '+'.

    `country` (two letters) is that of numbers written without a prefix. Accepted: +39…, 0039…, 39…, the national form,
    with blanks, dots, dashes, slashes, brackets, a leading apostrophe, or the '.0' of a number read as a float.
    Raises NumberError with one of NUMBER_CODES.
    """
    match = _ITALIAN(raw) if country == "IT" else _ITALIAN_INTERNATIONAL(raw)
    if match and not raw.endswith(_ROUNDED):
        return "+39" + match[1]
    return _parse_any(raw, country)


def calling_code(country: str) -> str:
    """Return the calling code of a country (two letters) with its '+': "+39"; "+0" for a country that has none."""
    return f"+{phonenumbers.country_code_for_region(country)}"


def _parse_any(raw: str, country: str) -> str:
    if country not in phonenumbers.SUPPORTED_REGIONS:
        raise NumberError("number_country_unknown", raw, country=country)
    digits = _cleaned(raw)
    try:
        number = phonenumbers.parse(digits, country)
    except NumberParseException as error:
        raise NumberError(_PARSE_CODES.get(error.error_type, "number_invalid"), raw) from error
    if code := _length_code(number):
        raise NumberError(code, raw)
    kind = phonenumbers.number_type(number)
    if kind in _MOBILE:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if kind == PhoneNumberType.FIXED_LINE:
        raise NumberError("number_landline", raw)
    raise NumberError("number_invalid" if kind == PhoneNumberType.UNKNOWN else "number_not_mobile", raw)


def _length_code(number: phonenumbers.PhoneNumber) -> str | None:
    national = str(number.national_number)
    # The tables take 3xx with 6 digits for a fixed line and with 12 for a voice mail; to people both are slips.
    if number.country_code == _ITALY and national[0] == "3" and not number.italian_leading_zero:
        if len(national) < _ITALIAN_MIN:
            return "number_too_short"
        return "number_too_long" if len(national) > _ITALIAN_MAX else None
    return _LENGTHS.get(phonenumbers.is_possible_number_with_reason(number))


def _cleaned(raw: str) -> str:
    """Return only the digits of a number, with '+' where it is international; refuse what cannot be one."""
    text = raw.strip().lstrip("'’`").strip()
    if not text:
        raise NumberError("number_empty", raw)
    if _SCIENTIFIC(text):
        raise NumberError("number_lost_digits", raw)
    if whole := _WHOLE_FLOAT(text):
        text = whole[1]
    elif _BROKEN_FLOAT(text):
        raise NumberError("number_lost_digits", raw)
    # '+' or a separator was typed by a person: only bare digits can have been rounded by a sheet.
    if text.isdecimal() and not text.startswith("00") and text.endswith(_ROUNDED):
        raise NumberError("number_lost_digits", raw)
    digits = _SEPARATORS.sub("", text)
    if not digits:
        raise NumberError("number_empty", raw)
    if not _DIGITS(digits):
        raise NumberError("number_letters" if _LETTER.search(digits) else "number_characters", raw)
    bare = digits.lstrip("+")
    if len(bare) < _DIGITS_MIN:
        raise NumberError("number_too_short", raw)
    if len(bare) > _DIGITS_MAX:
        raise NumberError("number_too_long", raw)
    return "+" + digits[2:] if digits.startswith("00") else digits
