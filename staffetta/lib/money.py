"""Credits as integers of 1/10,000 (`_e4`), euro as integers of cents (`_cents`). No floats, here or near here."""

import re
from decimal import Decimal, InvalidOperation

from babel.numbers import format_currency
from django.utils.formats import number_format
from django.utils.translation import get_language

CREDIT_E4 = 10_000


def credits_e4(value: str | int | Decimal) -> int:
    """Return credits written by a person ("1,5", "1.5", 20) in 1/10,000. Raises ValueError where that is not exact."""
    try:
        scaled = Decimal(str(value).strip().replace(",", ".")) * CREDIT_E4
    except InvalidOperation:
        raise ValueError(f"'{value}' is not a number of credits: write for example 100 or 1,5.") from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value() or abs(scaled) >= 2**63:
        raise ValueError(f"'{value}' is not a number of credits: at most four decimals, for example 1,5.")
    return int(scaled)


def fixed(amount_e4: int) -> str:
    """Return credits as programs read them, with a point and always four decimals: 16000 is "1.6000"."""
    whole, rest = divmod(abs(amount_e4), CREDIT_E4)
    return f"{'-' if amount_e4 < 0 else ''}{whole}.{rest:04d}"


def plain(amount_e4: int) -> str:
    """Return credits with a point and only the decimals that are there: 16000 is "1.6"."""
    whole, rest = divmod(abs(amount_e4), CREDIT_E4)
    decimals = f"{rest:04d}".rstrip("0")
    return ("-" if amount_e4 < 0 else "") + str(whole) + (f".{decimals}" if decimals else "")


def shown(amount_e4: int) -> str:
    """Return credits as the reader's language writes them: 12345000 is "1.234,5" in Italian."""
    decimals = len(plain(amount_e4).partition(".")[2])
    return number_format(Decimal(amount_e4) / CREDIT_E4, decimal_pos=decimals, force_grouping=True)


def editable(amount_e4: int) -> str:
    """Return credits as the reader's language has them typed into a field, without grouping: 12345000 is "1234,5" in Italian."""
    return plain(amount_e4).replace(".", number_format("0.1", decimal_pos=1)[1])


def cents(value: str) -> int:
    """Return euro written by a person ("1.234,50", "1,234.50", "12,5", "€ 9") in cents. Raises ValueError where that is not clear."""
    bare = re.sub(r"[\s€]|EUR", "", str(value), flags=re.IGNORECASE)
    match = re.fullmatch(r"(-?)(\d{1,3}(?:([.,'])\d{3})*|\d+)(?:([.,])(\d{1,2}))?", bare)
    if not match or (match[3] and match[3] == match[4]):
        raise ValueError(f"'{value}' is not a sum of euro: write for example 1.234,50.")
    euros = int(re.sub(r"\D", "", match[2]))
    return int(match[1] + "1") * (euros * 100 + int((match[5] or "").ljust(2, "0")))


def euro(amount_cents: int) -> str:
    """Return euro as the reader's language writes them: 123450 is "1.234,50 €" in Italian."""
    return str(format_currency(Decimal(amount_cents) / 100, "EUR", locale=(get_language() or "it")[:2]))


def euro_e4(amount_e4: int) -> str:
    """Return a small price of 1/10,000 of a euro with four decimals: 725 is "0,0725 €" in Italian."""
    pattern = "#,##0.0000 ¤" if (get_language() or "it")[:2] == "it" else "¤#,##0.0000"
    return str(format_currency(Decimal(amount_e4) / 10_000, "EUR", pattern, locale=(get_language() or "it")[:2], currency_digits=False))
