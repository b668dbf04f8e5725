"""Give the next number of a series: no gap, no double, dates that never go back. Must be called in the transaction that issues."""

from datetime import date

from staffetta.billing.invoices.errors import SeriesIsLater
from staffetta.billing.models import Invoice, Series

# No invoice prefix has an underscore, and no year is 0: the counter of file names shares the table.
_FILES = "_files"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def take(prefix: str, day: date) -> int:
    """Return the next number of the day's year; who comes meanwhile waits until the caller's transaction ends. Raises SeriesIsLater."""
    series = _locked(prefix, day.year)
    last = Invoice.objects.filter(prefix=prefix, year=day.year).order_by("-number").values_list("issued_on", flat=True).first()
    if last and last > day:
        raise SeriesIsLater(day=day.isoformat(), last=last.isoformat())
    return _next(series)


def take_progressive() -> str:
    """Return the next ProgressivoInvio, in five digits of base 36: each file that goes to SDI has its own."""
    number, digits = _next(_locked(_FILES, 0)), ""
    for _ in range(5):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _locked(prefix: str, year: int) -> Series:
    Series.objects.get_or_create(prefix=prefix, year=year)
    return Series.objects.select_for_update().get(prefix=prefix, year=year)


def _next(series: Series) -> int:
    series.last += 1
    series.save(update_fields=["last"])
    return series.last
