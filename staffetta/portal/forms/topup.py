"""What a person fills in for an automatic top-up."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class TopUpForm(forms.Form):
    """Which package with which card, below how much credit, up to how much money a month, and the consent."""

    package = forms.TypedChoiceField(label=_("Buy this package"), coerce=int)
    card = forms.TypedChoiceField(label=_("with this card"), coerce=int)
    threshold = forms.CharField(
        label=_("when fewer credits are left than"),
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "placeholder": "200"}),
    )
    month_max = forms.CharField(
        label=_("at most so many euro a month"),
        help_text=_("With VAT. Above this nothing is bought until the next month."),
        max_length=20,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "placeholder": "200,00"}),
    )
    agreed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, packages: Iterable[tuple[int, str]], cards: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        """Offer these packages and cards."""
        super().__init__(*args, **kwargs)
        self.fields["package"].choices = list(packages)  # type: ignore[attr-defined]
        self.fields["card"].choices = list(cards)  # type: ignore[attr-defined]
