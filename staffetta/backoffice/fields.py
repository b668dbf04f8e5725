"""Form fields of the back office: money, credits and rates as people write them, kept as integers."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from staffetta.lib import money


class _WholeField(forms.Field):
    """An integer that people write with decimals."""

    wrong: Any = ""
    read: Callable[[str], int]
    written: Callable[[int], str]

    def __init__(self, **kwargs: Any) -> None:
        """Take a narrow input."""
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget({"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return the value as it stands in the field."""
        return type(self).written(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Return the integer; raises ValidationError with the rule."""
        text = str(value or "").strip()[:30]
        if not text:
            return None
        try:
            return type(self).read(text)
        except ValueError:
            raise forms.ValidationError(self.wrong, params={"value": text}) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as integers."""
        try:
            return bool(self.to_python(data) != initial)
        except forms.ValidationError:
            return True


def _basis_points(text: str) -> int:
    return money.cents(text.replace("%", "").replace(".", ","))


class EuroField(_WholeField):
    """Euro, kept in cents."""

    wrong = _("“%(value)s” is not a sum of euro: write for example 1.234,50.")
    read = staticmethod(money.cents)
    written = staticmethod(lambda cents: number_format(f"{cents // 100}.{cents % 100:02d}", 2, use_l10n=True))


class CreditsField(_WholeField):
    """Credits, kept in 1/10,000."""

    wrong = _("“%(value)s” is not a number of credits: write for example 100 or 1,5.")
    read = staticmethod(money.credits_e4)
    written = staticmethod(money.editable)


class PercentField(_WholeField):
    """A percentage, kept in hundredths of a percent."""

    wrong = _("“%(value)s” is not a percentage: write for example 22 or 7,5.")
    read = staticmethod(_basis_points)
    written = staticmethod(lambda bp: money.editable(bp * 100))
