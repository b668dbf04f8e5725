"""Credits as integers of 1/10,000 (`_e4`). No floats, here or near here."""

from decimal import Decimal, InvalidOperation

from django.utils.formats import number_format

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
