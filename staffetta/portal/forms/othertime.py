"""Another time for a planned send, as a person writes it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account
from staffetta.portal import localtime


class TimeForm(forms.Form):
    """A date and time in the account's zone."""

    send_at = forms.CharField(label=_("Date and time"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        """Read times in the account's zone."""
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(account.time_zone)

    def clean_send_at(self) -> datetime:
        """Return the moment that is meant."""
        return localtime.read(self.cleaned_data["send_at"], self._zone)
